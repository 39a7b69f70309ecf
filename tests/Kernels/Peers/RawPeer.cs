using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Kernels.Tests.Peers;

/// <summary>The other end of a socket, written by hand: it sends exactly the bytes a test wants.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hfz");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public RawPeer()
    {
        Address = new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "s"));
        _listener.Bind(Address);
        _listener.Listen();
    }

    public UnixDomainSocketEndPoint Address { get; }

    public static byte[] Greeting(byte major = 3, byte minor = 1, string mechanism = "NULL")
    {
        var greeting = new byte[64];
        (greeting[0], greeting[9], greeting[10], greeting[11]) = (0xFF, 0x7F, major, minor);
        Encoding.ASCII.GetBytes(mechanism, greeting.AsSpan(12));
        return greeting;
    }

    public static byte[] Ready(string type) => Command([5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, (byte)type.Length, .. Encoding.ASCII.GetBytes(type)]);

    public static byte[] Command(byte[] body) => [4, (byte)body.Length, .. body];

    public static byte[] Ping(string context) => Command([4, .. "PING"u8, 0, 100, .. Encoding.ASCII.GetBytes(context)]);

    public static byte[] Frame(byte[] body, bool more = false, bool isLong = false)
    {
        var prefix = new byte[isLong || body.Length > 255 ? 9 : 2];
        prefix[0] = (byte)((more ? 1 : 0) | (prefix.Length == 9 ? 2 : 0));
        if (prefix.Length == 9) BinaryPrimitives.WriteInt64BigEndian(prefix.AsSpan(1), body.Length);
        else prefix[1] = (byte)body.Length;
        return [.. prefix, .. body];
    }

    public async Task<Socket> AcceptAsync() =>
        await _listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    /// <summary>Accepts and shakes hands as a peer of the type given.</summary>
    public async Task<Socket> AcceptAsync(string type, byte minor = 1)
    {
        var socket = await AcceptAsync();
        await SendAsync(socket, (byte[])[.. Greeting(minor: minor), .. Ready(type)]);
        await ReadAsync(socket, 64);
        var head = await ReadAsync(socket, 2);
        await ReadAsync(socket, head[1]);
        return socket;
    }

    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
    }

    public static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(at), TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            if (read == 0) throw new EndOfStreamException();
            at += read;
        }

        return bytes;
    }

    /// <summary>Waits for the other side to close.</summary>
    public static async Task AssertClosedAsync(Socket socket)
    {
        var rest = new byte[4096];
        while (await socket.ReceiveAsync(rest, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) > 0)
        {
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Delete(true);
    }
}
