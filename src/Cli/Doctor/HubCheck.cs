using System.Net;
using System.Net.Sockets;
using Holdfast.Cli.Hub;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Hub;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Doctor;

/// <summary>What a hub on this computer needs. A lab needs none of it, so whatever is missing is a note.</summary>
internal static class HubCheck
{
    private const int Port = 8800;

    /// <summary>Whether the host engine can run machines with their layers where the hub's data is.</summary>
    public static async Task<IReadOnlyList<Finding>> EngineAsync(CancellationToken cancellationToken)
    {
        // A look leaves nothing behind, above all no data folder where nobody wants a hub.
        var index = Path.Combine(Surroundings.Home.StateFolder, $".doctor-{Guid.NewGuid():N}");
        try
        {
            IEngine host = new HostEngine(index, TimeProvider.System);
            return await EngineCheck.RunAsync(host, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [new Finding(Grade.Note, "host", fault.Message)];
        }
        finally
        {
            if (Directory.Exists(index)) Directory.Delete(index, recursive: true);
        }
    }

    /// <summary>Whether a hub runs, and if not, whether one could.</summary>
    public static async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        var place = HubPlace.Default;
        if (place.Address is { } address)
        {
            return await AnswersAsync(address, place.At, cancellationToken)
                ? new Finding(Grade.Good, "hub", $"{address}, data in {place.Folder}")
                : new Finding(Grade.Note, "hub", $"the hub of {place.Folder} has ended without a word and left {address}; its machines go on.", $"{Surroundings.Program} hub starts it again");
        }
        if (HubSettings.Read(place.Folders.Settings).Fault is { } fault) return new Finding(Grade.Note, "hub", fault.Message);
        return IsFree(Port)
            ? new Finding(Grade.Good, "hub", $"none runs; '{Surroundings.Program} hub' starts one, with its data in {place.Folder}")
            : new Finding(Grade.Note, "hub", $"none runs, and another program listens on its port {Port}.", $"{Surroundings.Program} hub --port 8801");
    }

    /// <summary>Whether the stores of the hub that runs here answer to this user's keys; nothing where none does.</summary>
    public static async Task<IReadOnlyList<Finding>> StoresAsync(CancellationToken cancellationToken)
    {
        var place = HubPlace.Default;
        if (place.Address is not { } address || !File.Exists(place.TokenFile)) return [];
        try
        {
            using var hub = HubClient.Of(address, (await File.ReadAllTextAsync(place.TokenFile, cancellationToken)).Trim(), place.At);
            var reply = await hub.GetAsync("stores", cancellationToken);
            return reply.Fault is not null ? [] : [.. reply.Read(HubJson.Default.StoreViewArray).Select(store => new Finding(store.Problem is null ? Grade.Good : Grade.Note, $"store {store.Name}", store.Problem ?? $"{store.Place} answers."))];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // That it does not answer is said of the hub.
            return [];
        }
    }

    private static async Task<bool> AnswersAsync(Uri address, IPEndPoint? at, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await (at is null ? socket.ConnectAsync(address.Host, address.Port, cancellationToken) : socket.ConnectAsync(at, cancellationToken));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
