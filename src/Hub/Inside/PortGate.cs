using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Hub.Inside;

/// <summary>
/// The way to ports inside a machine: a Unix socket in the meeting folder. Who connects writes the port in decimal and a line feed, reads a line, <c>ok</c> or why not, and
/// is then connected to <c>localhost:PORT</c>, also where that listens on the machine's loopback only. Who writes <c>ports</c> reads a line for each port that something listens on, port, space and
/// program, and then the end. Who writes <c>mosh PORT</c> reaches a mosh-server (<see cref="MoshGate"/>).
/// </summary>
public sealed class PortGate : IAsyncDisposable
{
    /// <summary>What asks for the list.</summary>
    public const string List = "ports";

    private const int LongestLine = 16;
    private const int Backlog = 128;
    private static readonly IPAddress[] Loopbacks = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    private readonly Socket _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _accepting;
    private readonly string? _mark;
    private readonly int? _own;

    private PortGate(Socket listener, string? mark, int? own)
    {
        (_listener, _mark, _own) = (listener, mark, own);
        _accepting = Accepting.RunAsync(listener, ServeAsync, _ended.Token);
    }

    /// <summary>Listens, 0600.</summary>
    /// <param name="path">Of the socket.</param>
    /// <param name="mark">Which processes are the machine's (see <see cref="ListeningPorts.Read"/>).</param>
    /// <param name="own">A port that is the machine's way out and not in the list; null for none.</param>
    public static PortGate Open(string path, string? mark, int? own = null)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
        return new PortGate(listener, mark, own);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ended.Dispose();
    }

    private async Task ServeAsync(Socket client)
    {
        using var near = client;
        try
        {
            await using var said = new NetworkStream(near, ownsSocket: false);
            var line = Encoding.Latin1.GetString(await FirstLine.ReadAsync(said, LongestLine, _ended.Token));
            if (line == List)
            {
                await near.SendAsync(Encoding.UTF8.GetBytes(string.Concat(ListeningPorts.Read(_mark).Where(each => each.Port != _own).Select(each => $"{each.Port} {each.Program}\n"))), _ended.Token);
                return;
            }
            var isMosh = line.StartsWith(MoshGate.Word, StringComparison.Ordinal);
            var (port, problem) = PortIn(isMosh ? line[MoshGate.Word.Length..] : line);
            if (isMosh && problem is null)
            {
                await MoshGate.ServeAsync(near, port, _mark, _ended.Token);
                return;
            }
            using var far = problem is null ? await ConnectAsync(port) : null;
            if (far is null)
            {
                await near.SendAsync(Encoding.UTF8.GetBytes($"{problem ?? $"nothing listens on port {port} of the machine"}\n"), _ended.Token);
                return;
            }
            await near.SendAsync("ok\n"u8.ToArray(), _ended.Token);
            Task[] both = [PumpAsync(near, far), PumpAsync(far, near)];
            // One that is broken takes the other with it: nobody is left to wait.
            if (await Task.WhenAny(both) is { IsCompletedSuccessfully: true }) await Task.WhenAll(both);
            else far.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // One of both has gone; the other one is closed with it.
        }
    }

    private static (int Port, string? Problem) PortIn(string line) =>
        int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort ? (port, null) : (0, "that is no port");

    private async Task<Socket?> ConnectAsync(int port)
    {
        foreach (var address in Loopbacks)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), _ended.Token);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }
        return null;
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await from.ReceiveAsync(buffer, _ended.Token)) > 0)
        {
            for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _ended.Token);
        }
        // Half closed: the other direction may still have something to say.
        to.Shutdown(SocketShutdown.Send);
    }
}
