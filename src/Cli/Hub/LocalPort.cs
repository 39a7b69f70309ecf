using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Holdfast.Hub.Ports;

namespace Holdfast.Cli.Hub;

/// <summary>A port of this computer, on loopback alone, whose connections lead through the hub.</summary>
internal static class LocalPort
{
    private const int Backlog = 128;

    /// <summary>Takes it; why it cannot be taken, null when it was.</summary>
    /// <param name="listener">What listens.</param>
    /// <param name="port">Which; 0 for any.</param>
    public static string? Listen(Socket listener, int port)
    {
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen(Backlog);
            return null;
        }
        catch (SocketException fault)
        {
            return fault.Message;
        }
    }

    /// <summary>The port that was taken.</summary>
    public static int Of(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Each connection is a WebSocket of its own, until it is cancelled.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="path">Of the WebSocket, in the API.</param>
    /// <param name="what">What is at its other end, for messages.</param>
    /// <param name="listener">What listens.</param>
    /// <param name="cancellationToken">Ends it, and the connections.</param>
    public static async Task ServeAsync(HubClient hub, string path, string what, Socket listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            var accepted = await listener.AcceptAsync(cancellationToken);
            accepted.NoDelay = true;
            _ = ServeOneAsync(hub, path, what, accepted, cancellationToken);
        }
    }

    private static async Task ServeOneAsync(HubClient hub, string path, string what, Socket accepted, CancellationToken cancellationToken)
    {
        using var tcp = accepted;
        try
        {
            using var web = await hub.ConnectAsync(path, cancellationToken);
            await PortWire.RunAsync(web, tcp, null, cancellationToken);
        }
        catch (WebSocketException fault)
        {
            // A reset tells the client more than an end would.
            tcp.LingerState = new LingerOption(true, 0);
            await Console.Error.WriteLineAsync($"holdfast: {what} was not reached: {Output.Sentence(fault.Message)}");
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }
    }
}
