using System.Net.Sockets;
using System.Text;
using Holdfast.Kernels.Tests.Peers;

namespace Holdfast.Kernels.Tests;

/// <summary>The wire against a peer that does what no ZeroMQ does.</summary>
public sealed class WireTests : IDisposable
{
    private readonly RawPeer _peer = new();

    public void Dispose() => _peer.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_SplitAtEveryByte_GivesTheMessagesWhole()
    {
        await using var frames = new Frames(_peer.Address);
        using var socket = await _peer.AcceptAsync();
        var longer = Enumerable.Range(0, 700).Select(i => (byte)i).ToArray();
        byte[] stream =
        [
            .. RawPeer.Greeting(), .. RawPeer.Ready("ROUTER"),
            .. RawPeer.Frame([], more: true), .. RawPeer.Frame(longer, more: true), .. RawPeer.Ping("in the middle"), .. RawPeer.Frame([7], isLong: true),
            .. RawPeer.Ping("between"),
            .. RawPeer.Frame([8, 9]),
        ];

        for (var i = 0; i < stream.Length; i++) await RawPeer.SendAsync(socket, stream.AsMemory(i, 1));

        Assert.Equal([[], longer, [7]], await frames.MessageAsync());
        Assert.Equal([[8, 9]], await frames.MessageAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef")]
    public async Task Ping_AnyContext_IsAnsweredWithIt(string context)
    {
        await using var frames = new Frames(_peer.Address);
        using var socket = await _peer.AcceptAsync("ROUTER");

        await RawPeer.SendAsync(socket, RawPeer.Ping(context));

        Assert.Equal(RawPeer.Command([4, .. "PONG"u8, .. Encoding.ASCII.GetBytes(context)]), await RawPeer.ReadAsync(socket, 7 + context.Length));
    }

    [Theory]
    [InlineData(0, "000101")]
    [InlineData(1, "040a09535542534352494245")]
    public async Task Subscription_ByThePeersVersion_IsMessageOrCommand(byte minor, string hex)
    {
        await using var frames = new Frames(_peer.Address, "SUB");
        using var socket = await _peer.AcceptAsync("XPUB", minor);

        Assert.Equal(hex, Convert.ToHexStringLower(await RawPeer.ReadAsync(socket, hex.Length / 2)));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request", "does not speak ZMTP")]
    [InlineData("old", "speaks ZMTP 2")]
    [InlineData("plain", "PLAIN")]
    [InlineData("error", "no entry")]
    [InlineData("type", "is a PULL")]
    [InlineData("message", "before the end of the handshake")]
    [InlineData("cut", "cut off")]
    [InlineData("flags", "flags 0x48")]
    [InlineData("huge", "limit of a message")]
    public async Task Peer_ThatBreaksTheProtocol_IsNamedClosedAndTriedAgain(string fault, string part)
    {
        byte[] bytes = fault switch
        {
            "old" => RawPeer.Greeting(major: 2),
            "plain" => RawPeer.Greeting(mechanism: "PLAIN"),
            "error" => [.. RawPeer.Greeting(), .. RawPeer.Command([5, .. "ERROR"u8, 8, .. "no entry"u8])],
            "type" => [.. RawPeer.Greeting(), .. RawPeer.Ready("PULL")],
            "message" => [.. RawPeer.Greeting(), .. RawPeer.Frame([1])],
            "cut" => [.. RawPeer.Greeting(), .. RawPeer.Command([5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 200, 1])],
            "flags" => [.. RawPeer.Greeting(), .. RawPeer.Ready("ROUTER"), 0x48, 1, 2],
            "huge" => [.. RawPeer.Greeting(), .. RawPeer.Ready("ROUTER"), 2, 0, 0, 0, 0, 0x80, 0, 0, 0],
            _ => Encoding.ASCII.GetBytes(fault),
        };
        await using var frames = new Frames(_peer.Address);
        using (var broken = await _peer.AcceptAsync())
        {
            await RawPeer.SendAsync(broken, bytes);
            Assert.Contains(part, Assert.IsType<string>(await frames.NextAsync()), StringComparison.Ordinal);
            await RawPeer.AssertClosedAsync(broken);
        }

        using var socket = await _peer.AcceptAsync("ROUTER");
        await RawPeer.SendAsync(socket, RawPeer.Frame([1]));
        Assert.Equal([[1]], await frames.MessageAsync());
    }

    [Fact]
    public async Task Receive_ManySmallMessagesAtOnce_AreDrainedTogether()
    {
        await using var frames = new Frames(_peer.Address);
        using var socket = await _peer.AcceptAsync("ROUTER");

        await RawPeer.SendAsync(socket, Enumerable.Repeat(RawPeer.Frame([1]), 1000).SelectMany(f => f).ToArray());

        var (messages, drains) = (0, 0);
        while (messages < 1000)
        {
            if (await frames.NextAsync() == Frames.Drained) drains++;
            else messages++;
        }

        Assert.Equal(Frames.Drained, await frames.NextAsync());
        Assert.InRange(drains, 0, 10);
    }

    [Fact]
    public async Task Drain_ThatWaits_HoldsThePeerBack()
    {
        var gate = new TaskCompletionSource();
        await using var frames = new Frames(_peer.Address) { Gate = gate.Task };
        using var socket = await _peer.AcceptAsync("ROUTER");
        var frame = RawPeer.Frame(new byte[1000]);
        var all = Enumerable.Repeat(frame, 20_000).SelectMany(f => f).ToArray();

        await RawPeer.SendAsync(socket, frame);
        await frames.MessageAsync();
        Assert.Equal(Frames.Drained, await frames.NextAsync());
        socket.Blocking = false;
        var sent = 0;
        while (sent < all.Length)
        {
            sent += socket.Send(all, sent, all.Length - sent, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) break;
        }

        Assert.InRange(sent, 1, 4_000_000);
        gate.SetResult();
        socket.Blocking = true;
        await RawPeer.SendAsync(socket, all.AsMemory(sent));
        for (var i = 0; i < 20_000; i++) Assert.Equal(1000, (await frames.MessageAsync())[0].Length);
    }

    [Fact]
    public async Task Receive_FiftyMegabytes_ArriveAndTheNextSmallOneToo()
    {
        await using var frames = new Frames(_peer.Address);
        using var socket = await _peer.AcceptAsync("ROUTER");
        var large = Messages.Bytes(new Random(6), 50_000_000);

        await RawPeer.SendAsync(socket, (byte[])[.. RawPeer.Frame([1], more: true), .. RawPeer.Frame(large), .. RawPeer.Frame([2])]);

        var received = (await frames.MessageAsync())[1];
        Assert.True(large.AsSpan().SequenceEqual(received));
        Assert.Equal([[2]], await frames.MessageAsync());
    }

    [Fact]
    public async Task Send_CutOffByALostConnection_IsSentWholeOnTheNext()
    {
        await using var frames = new Frames(_peer.Address);
        var large = Messages.Bytes(new Random(7), 5_000_000);
        var sending = frames.Socket.SendAsync(["a"u8.ToArray(), large], Cancel).AsTask();
        using (var first = await _peer.AcceptAsync("ROUTER")) await RawPeer.ReadAsync(first, 100_000);

        using var second = await _peer.AcceptAsync("ROUTER");

        Assert.Equal([1, 1, (byte)'a', 2], await RawPeer.ReadAsync(second, 4));
        Assert.Equal(large, (await RawPeer.ReadAsync(second, 8 + large.Length))[8..]);
        await sending;
    }

    [Fact]
    public async Task Stop_WhileASendWaits_EndsIt()
    {
        var frames = new Frames(new UnixDomainSocketEndPoint(_peer.Address + "none"));
        var sending = frames.Socket.SendAsync(["a"u8.ToArray()], Cancel).AsTask();
        await frames.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sending);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => frames.Socket.WaitConnectedAsync(Cancel));
    }

    [Fact]
    public async Task Send_CancelledWhileItWaits_LeavesTheSocketUsable()
    {
        await using var frames = new Frames(_peer.Address);
        using var cancel = new CancellationTokenSource();
        var sending = frames.Socket.SendAsync(["a"u8.ToArray()], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);

        var next = frames.Socket.SendAsync(["b"u8.ToArray()], Cancel);
        using var socket = await _peer.AcceptAsync("ROUTER");
        Assert.Equal([0, 1, (byte)'b'], await RawPeer.ReadAsync(socket, 3));
        await next;
    }
}
