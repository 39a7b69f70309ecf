using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Hub.Inside;

/// <summary>
/// The way to a mosh-server inside a machine, a part of <see cref="PortGate"/>: behind <c>ok</c> follow datagrams (<see cref="DatagramStream"/>), to its port on loopback and back, from an address of this
/// stream's own. The stream ends with the server. No other program is reached: on the host engine loopback is the whole computer's.
/// </summary>
internal static class MoshGate
{
    /// <summary>What asks for it, before the port.</summary>
    public const string Word = "mosh ";

    private const string Server = "mosh-server";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.5);

    /// <summary>What is said of a port that no mosh-server has.</summary>
    public static string NoServer(int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no {Server} listens on UDP port {port} of the machine");

    /// <summary>Serves a stream to its end.</summary>
    /// <param name="near">The stream.</param>
    /// <param name="port">Of the server.</param>
    /// <param name="mark">Which processes are the machine's (see <see cref="ListeningPorts.Read"/>).</param>
    /// <param name="ended">Breaks it off.</param>
    public static async Task ServeAsync(Socket near, int port, string? mark, CancellationToken ended)
    {
        if (ListeningPorts.SocketOf(port, Server, mark) is not { } socket)
        {
            await near.SendAsync(Encoding.UTF8.GetBytes($"{NoServer(port)}\n"), ended);
            return;
        }
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ended);
        await near.SendAsync("ok\n"u8.ToArray(), ended);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ended);
        Task[] all = [InAsync(near, far, over.Token), OutAsync(near, far, over.Token), WatchAsync(port, socket, over.Token)];
        await Task.WhenAny(all);
        await over.CancelAsync();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task InAsync(Socket near, Socket far, CancellationToken cancellationToken)
    {
        var buffer = new byte[DatagramStream.BufferSize];
        while (await DatagramStream.ReadAsync(near, buffer, cancellationToken) is >= 0 and var length) await far.SendAsync(buffer.AsMemory(0, length), cancellationToken);
    }

    private static async Task OutAsync(Socket near, Socket far, CancellationToken cancellationToken)
    {
        var buffer = new byte[DatagramStream.BufferSize];
        while (true) await DatagramStream.WriteAsync(near, buffer, await far.ReceiveAsync(buffer.AsMemory(DatagramStream.Head), cancellationToken), cancellationToken);
    }

    /// <summary>Nothing tells of the end of a process that is not one's own child, and a datagram that nobody takes is told of only when there is one.</summary>
    private static async Task WatchAsync(int port, string socket, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        while (ListeningPorts.HasUdp(port, socket)) await timer.WaitForNextTickAsync(cancellationToken);
    }
}
