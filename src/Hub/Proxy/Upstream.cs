using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Proxy;

/// <summary>What answers at a machine's origin: its lab, or a port inside.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Port">The port inside; null for the lab.</param>
/// <param name="Socket">The Unix socket that leads there; of a machine on another computer a path that stands for the way to it.</param>
internal sealed record Upstream(MachineRecord Machine, int? Port, string Socket)
{
    private const int LongestAnswer = 256;

    /// <summary>Names its connections; those of another run of the machine are others.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Machine.Id}-{Machine.Run}-{Port ?? 0}");

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">The machine refuses the port; the message has its words.</exception>
    /// <exception cref="SocketException">Nothing listens at the socket.</exception>
    public async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = Machine.Node is null ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : await NodeWay.ConnectAsync(Path.GetDirectoryName(Socket)!, Path.GetFileName(Socket), cancellationToken);
        try
        {
            if (Machine.Node is null) await ConnectAsync(socket, Socket, cancellationToken);
            if (Port is { } port) await OpenAsync(socket, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to what is at the path itself: a link that somebody inside has put there would lead to a socket of this host's, which obeys root.</summary>
    private static async Task ConnectAsync(Socket socket, string path, CancellationToken cancellationToken)
    {
        using var folder = Posix.OpenRoot(Path.GetDirectoryName(path)!);
        using var entry = Posix.OpenBelow(folder, Path.GetFileName(path), pathOnly: true);
        if (entry.IsInvalid || Posix.Status(entry) is not { IsSocket: true }) throw new SocketException((int)SocketError.ConnectionRefused);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Posix.NameOf(entry)), cancellationToken);
    }

    /// <summary>See <see cref="Fleet.PortSocketOf"/>.</summary>
    private static async Task OpenAsync(Socket socket, int port, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{port}\n")), cancellationToken);
        var answer = new byte[LongestAnswer];
        // Byte by byte: what follows the line is the port's.
        for (var length = 0; length < answer.Length; length++)
        {
            if (await socket.ReceiveAsync(answer.AsMemory(length, 1), cancellationToken) == 0) throw new IOException("The machine closed the connection.");
            if (answer[length] != '\n') continue;
            if (answer.AsSpan(0, length).SequenceEqual("ok"u8)) return;
            throw new IOException(Encoding.UTF8.GetString(answer, 0, length));
        }
        throw new IOException("The machine does not answer as it should.");
    }
}
