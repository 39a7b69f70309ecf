using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Keeper;

/// <summary>Looks for the keeper without starting one.</summary>
internal static class KeeperContact
{
    /// <summary>The most bytes that a socket's path can have (sun_path, unix(7)).</summary>
    private const int LongestSocketPath = 107;

    /// <summary>The keeper that runs; null when none does, with a problem when there is one that cannot be spoken to.</summary>
    public static async Task<(KeeperClient? Keeper, string? Problem)> TryAsync(CancellationToken cancellationToken)
    {
        var home = Surroundings.Home;
        if (SocketProblem(home) is { } tooLong) return (null, tooLong);
        if (!File.Exists(home.SocketPath)) return (null, null);
        try
        {
            var found = await KeeperClient.FindAsync(home, cancellationToken);
            if (found.Ok) return (found.Value, null);
            if (found.Failure.Code == "refused") return (null, found.Failure.Message);
            if (!await AnswersAsync(home, cancellationToken)) return (null, null);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            // What answers there speaks, but not as a keeper does.
        }

        return (null, $"a keeper answers at {home.SocketPath}, but not in the protocol of this version. 'holdfast keeper stop' of the version that started it ends it.");
    }

    /// <summary>What is wrong with the place of the sockets, and the mend; null when nothing is.</summary>
    public static string? SocketProblem(KeeperHome home)
    {
        // The sockets of kernels have the longest names: a prefix and the channel's number.
        var longest = Encoding.UTF8.GetByteCount(home.IpcPrefix("")) + 2;
        return longest <= LongestSocketPath
            ? null
            : $"the sockets in {home.RuntimeFolder} would have paths of {longest} bytes, and the system takes {LongestSocketPath}. Set XDG_RUNTIME_DIR to a shorter folder.";
    }

    private static async Task<bool> AnswersAsync(KeeperHome home, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(home.SocketPath), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
