using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Tests;

/// <summary>
/// Stands before a keeper and makes it one of the first release: it says nothing of what came later, and hangs up on whoever asks for that, as
/// that release did.
/// </summary>
internal sealed class OlderKeeper : IDisposable
{
    /// <summary>What the first release knew.</summary>
    private static readonly string[] Known = ["Start", "Interrupt", "Restart", "Shutdown", "SetSessions", "WaitReady", "Stop", "Allow", "Prune", "Hear"];

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly KeeperHome _behind;

    public OlderKeeper(KeeperHome behind)
    {
        _behind = behind;
        Home = behind with { RuntimeFolder = behind.RuntimeFolder + "-old" };
        Assert.Null(Home.Prepare());
        _listener.Bind(new UnixDomainSocketEndPoint(Home.SocketPath));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>Where clients find it.</summary>
    public KeeperHome Home { get; }

    /// <summary>How often somebody asked for what it does not know.</summary>
    public int HungUp { get; private set; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var keeper = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await keeper.ConnectAsync(new UnixDomainSocketEndPoint(_behind.SocketPath));
        await using var near = new NetworkStream(client, ownsSocket: true);
        await using var far = new NetworkStream(keeper, ownsSocket: false);
        await Task.WhenAny(PassAsync(near, far, Asked), PassAsync(far, near, Told));
    }

    /// <summary>Passes frames on; ends when one side has closed or <paramref name="change"/> gives null.</summary>
    private static async Task PassAsync(NetworkStream from, NetworkStream to, Func<FrameType, byte[], byte[]?> change)
    {
        try
        {
            var head = new byte[9];
            while (true)
            {
                await from.ReadExactlyAsync(head);
                var payload = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
                await from.ReadExactlyAsync(payload);
                if (change((FrameType)head[4], payload) is not { } changed) return;
                BinaryPrimitives.WriteInt32LittleEndian(head, changed.Length);
                await to.WriteAsync((byte[])[.. head, .. changed]);
            }
        }
        catch (IOException)
        {
            // One of them has gone.
        }
    }

    private byte[]? Asked(FrameType type, byte[] payload)
    {
        switch (type)
        {
            case FrameType.Follow:
                // It looked at nothing behind this frame's head.
                return [];
            case FrameType.Send:
                return payload;
            case FrameType.Request when Known.Contains(JsonNode.Parse(payload)!["op"]!.GetValue<string>()):
                return payload;
            default:
                HungUp++;
                return null;
        }
    }

    private static byte[]? Told(FrameType type, byte[] payload)
    {
        if (type != FrameType.Hello) return payload;
        var hello = JsonNode.Parse(payload)!.AsObject();
        foreach (var later in (string[])["terminals", "version", "knows"]) hello.Remove(later);
        return JsonSerializer.SerializeToUtf8Bytes(hello);
    }
}
