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
        var (folder, name) = (Path.GetDirectoryName(Socket)!, Path.GetFileName(Socket));
        var socket = Machine.Node is null ? await ConnectAsync(folder, name, cancellationToken) : await NodeWay.ConnectAsync(folder, name, cancellationToken);
        try
        {
            if (Port is { } port) await OpenAsync(socket, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to what is in the folder itself: a link that somebody inside has put there would lead to a socket of this host's, which obeys root.</summary>
    private static async Task<Socket> ConnectAsync(string folder, string name, CancellationToken cancellationToken)
    {
        using var root = Posix.OpenRoot(folder);
        using var entry = Posix.OpenBelow(root, name, pathOnly: true);
        if (entry.IsInvalid || Posix.Status(entry) is not { IsSocket: true }) throw new SocketException((int)SocketError.ConnectionRefused);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Posix.NameOf(entry)), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
