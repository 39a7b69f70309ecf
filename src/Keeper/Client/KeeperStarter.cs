using System.Net.Sockets;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Client;

/// <summary>Finds the keeper of a home, and starts one when none answers.</summary>
internal static class KeeperStarter
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>Connects to a keeper that runs; null when none does.</summary>
    public static async Task<Socket?> TryConnectAsync(KeeperHome home, CancellationToken cancellationToken)
    {
        // Asking the file system first spares an exception, the first of which takes a tenth of a lab's start.
        if (!File.Exists(home.SocketPath)) return null;
        Socket? socket = null;
        try
        {
            // Without descriptors there is none.
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(home.SocketPath), cancellationToken);
            return socket;
        }
        catch (Exception e)
        {
            socket?.Dispose();
            if (e is SocketException) return null;
            throw;
        }
    }

    /// <summary>Connects, starting a keeper first when none runs.</summary>
    public static async Task<(Socket? Socket, KeeperFailure? Failure)> ConnectAsync(KeeperHome home, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await TryConnectAsync(home, cancellationToken) is { } running) return (running, null);
        if (home.Prepare() is { } fault) return (null, new KeeperFailure("unreachable", fault));

        var program = home.Program ?? Environment.ProcessPath!;
        // The folder of sockets is derived from the environment: both sides must see the same.
        var (keeper, error) = DetachedProgram.Start(
            [program, "keeper", "run", "--state", home.StateFolder], new Dictionary<string, string> { ["HOLDFAST_STATE"] = home.StateFolder }, "/", home.LogPath);
        if (keeper is null) return (null, new KeeperFailure("unreachable", $"The keeper could not be started: {error}"));

        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < StartLimit)
        {
            if (await TryConnectAsync(home, cancellationToken) is { } socket) return (socket, null);
            // Ended: another keeper was faster, and answers; or this one cannot run, and its log says why.
            if (keeper.ExitCode is not null && !AnotherHoldsTheLock(home)) break;
            await Task.Delay(Look, time, cancellationToken);
        }

        return (null, new KeeperFailure("unreachable", $"The keeper did not start. {home.LogPath} says why; its last line: {LastLine(home.LogPath)}"));
    }

    private static bool AnotherHoldsTheLock(KeeperHome home)
    {
        try
        {
            using var free = new FileStream(home.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string LastLine(string path)
    {
        try
        {
            return File.ReadLines(path).LastOrDefault() ?? "(nothing)";
        }
        catch (IOException)
        {
            return "(nothing)";
        }
    }
}
