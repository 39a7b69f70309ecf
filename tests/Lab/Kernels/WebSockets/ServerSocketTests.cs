using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Lab.Tests.Kernels.WebSockets;

public sealed class ServerSocketTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(3_000_001)]
    public async Task Echo_MessageOfAnyLength_ComesBackWhole(int length)
    {
        await using var host = await SocketHost.EchoAsync();
        using var client = await host.ConnectAsync();
        var sent = RandomNumberGenerator.GetBytes(length);
        await client.SendAsync(sent, WebSocketMessageType.Binary, true, Token);
        Assert.Equal(sent, (await ReceiveAsync(client)).Data);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task Echo_FragmentedText_ComesBackAsOneMessage()
    {
        await using var host = await SocketHost.EchoAsync();
        using var client = await host.ConnectAsync();
        var text = Encoding.UTF8.GetBytes("fünf Wörter über 🦀 Meer");
        for (var i = 0; i < text.Length; i++)
            await client.SendAsync(text.AsMemory(i, 1), WebSocketMessageType.Text, i == text.Length - 1, Token);
        var (type, data) = await ReceiveAsync(client);
        Assert.Equal(WebSocketMessageType.Text, type);
        Assert.Equal(text, data);
    }

    [Fact]
    public async Task Echo_BytesOneAtATime_ComesBackWhole()
    {
        await using var host = await SocketHost.EchoAsync();
        await using var stream = await host.ConnectRawAsync();
        var payload = RandomNumberGenerator.GetBytes(300);
        foreach (var value in (byte[])[.. RawFrame.Client(9, [1, 2, 3]), .. RawFrame.Client(2, payload)])
        {
            await stream.WriteAsync(new[] { value }, Token);
            await stream.FlushAsync(Token);
        }
        Assert.Equal((10, new byte[] { 1, 2, 3 }), await RawFrame.ReadAsync(stream));
        var (opcode, data) = (await RawFrame.ReadAsync(stream))!.Value;
        Assert.Equal(2, opcode);
        Assert.Equal(payload, data);
    }

    [Fact]
    public async Task Echo_PingBetweenFragments_IsAnsweredAtOnceAndLeavesTheMessageWhole()
    {
        await using var host = await SocketHost.EchoAsync();
        await using var stream = await host.ConnectRawAsync();
        await stream.WriteAsync(RawFrame.Client(1, "ab"u8.ToArray(), final: false), Token);
        await stream.WriteAsync(RawFrame.Client(9, "now"u8.ToArray()), Token);
        Assert.Equal((10, "now"u8.ToArray()), await RawFrame.ReadAsync(stream));
        await stream.WriteAsync(RawFrame.Client(0, "cd"u8.ToArray()), Token);
        Assert.Equal((1, "abcd"u8.ToArray()), await RawFrame.ReadAsync(stream));
    }

    [Fact]
    public async Task Echo_ManyConnectionsAtOnce_EachGetsItsOwn()
    {
        await using var host = await SocketHost.EchoAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async index =>
        {
            using var client = await host.ConnectAsync();
            for (var round = 0; round < 50; round++)
            {
                var sent = Encoding.UTF8.GetBytes($"{index}:{round}:{new string('x', round * 97)}");
                await client.SendAsync(sent, WebSocketMessageType.Text, true, Token);
                Assert.Equal(sent, (await ReceiveAsync(client)).Data);
            }
        }));
    }

    public static TheoryData<string, byte[], int> BrokenFrames() => new()
    {
        { "not masked", RawFrame.Client(1, [65], masked: false), 1002 },
        { "reserved bit (compression was declined)", RawFrame.Client(1, [65], reserved: 4), 1002 },
        { "unknown data opcode", RawFrame.Client(3, [65]), 1002 },
        { "unknown control opcode", RawFrame.Client(11, []), 1002 },
        { "fragmented ping", RawFrame.Client(9, [], final: false), 1002 },
        { "long ping", RawFrame.Client(9, new byte[126]), 1002 },
        { "continuation of nothing", RawFrame.Client(0, [65]), 1002 },
        { "message inside a message", [.. RawFrame.Client(1, [65], final: false), .. RawFrame.Client(1, [65])], 1002 },
        { "length longer than needed (2)", RawFrame.Client(2, new byte[5], lengthBytes: 2), 1002 },
        { "length longer than needed (8)", RawFrame.Client(2, new byte[300], lengthBytes: 8), 1002 },
        { "length of 2^63", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 1002 },
        { "text not UTF-8", RawFrame.Client(1, [0xC3, 0x28]), 1007 },
        { "text cut inside a character", RawFrame.Client(1, [0xF0, 0x9F]), 1007 },
        { "longer than allowed", RawFrame.Client(2, new byte[1001]), 1009 },
        { "longer than allowed in parts", [.. RawFrame.Client(2, new byte[600], final: false), .. RawFrame.Client(0, new byte[600])], 1009 },
        { "announced longer than allowed", [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], 1009 },
        { "close of one byte", RawFrame.Client(8, [3]), 1002 },
        { "close with a code nobody may send", RawFrame.Client(8, [0x03, 0xED]), 1002 },
        { "close", RawFrame.Client(8, [0x03, 0xE9]), 1001 },
        { "close without a code", RawFrame.Client(8, []), 1000 },
    };

    [Theory]
    [MemberData(nameof(BrokenFrames))]
    public async Task Receive_FrameThatEndsTheSocket_ClosesWithTheFittingCode(string what, byte[] frames, int code)
    {
        await using var host = await SocketHost.EchoAsync(longest: 1000);
        await using var stream = await host.ConnectRawAsync();
        await stream.WriteAsync(frames, Token);
        Assert.True(code == await RawFrame.ReadCloseCodeAsync(stream), what);
    }

    [Theory]
    [InlineData("GET /socket HTTP/1.1\r\nHost: {0}\r\n\r\n", "400")]
    [InlineData("GET /socket HTTP/1.1\r\nHost: {0}\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "400")]
    [InlineData("GET /socket HTTP/1.1\r\nHost: {0}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", "400")]
    [InlineData("GET /socket HTTP/1.1\r\nHost: {0}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "426")]
    public async Task Handshake_NotAWebSocket_IsRefused(string request, string status)
    {
        await using var host = await SocketHost.EchoAsync();
        await using var stream = await host.OpenRawAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Format(null, request, host.Address.Authority)), Token);
        using var reader = new StreamReader(stream);
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Handshake_SubprotocolAndCompressionOffered_TakesTheFirstAndDeclinesTheSecond()
    {
        await using var host = await SocketHost.EchoAsync();
        using var client = await host.ConnectAsync(options =>
        {
            options.AddSubProtocol("other");
            options.AddSubProtocol("chat");
            options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        });
        Assert.Equal("chat", client.SubProtocol);
        await client.SendAsync("plain"u8.ToArray(), WebSocketMessageType.Text, true, Token);
        Assert.Equal("plain"u8.ToArray(), (await ReceiveAsync(client)).Data);
    }

    [Fact]
    public async Task Pong_OfAPing_ShowsWhatThePeerHas()
    {
        var shown = new TaskCompletionSource<byte[]>();
        await using var host = await SocketHost.StartAsync(null, async socket =>
        {
            socket.OnPong = payload => shown.TrySetResult(payload.ToArray());
            await socket.PingAsync("417"u8.ToArray());
            await socket.ReceiveAsync();
        });
        using var client = await host.ConnectAsync();
        var receiving = ReceiveAsync(client);
        Assert.Equal("417"u8.ToArray(), await shown.Task.WaitAsync(TimeSpan.FromSeconds(60), Token));
        client.Abort();
        await Assert.ThrowsAnyAsync<Exception>(() => receiving);
    }

    [Fact]
    public async Task Close_PeerThatDoesNotAnswer_EndsAfterTheLimit()
    {
        var ended = new TaskCompletionSource();
        await using var host = await SocketHost.StartAsync(
            (stream, connection) => new Lab.Http.WebSockets.ServerSocket(stream, connection) { CloseLimit = TimeSpan.FromMilliseconds(50) },
            async socket =>
            {
                await socket.CloseAsync(1012, "again later");
                Assert.Null(await socket.ReceiveAsync());
                ended.SetResult();
            });
        await using var stream = await host.ConnectRawAsync();
        Assert.Equal(1012, await RawFrame.ReadCloseCodeAsync(stream));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    [Fact]
    public async Task Send_PeerThatReadsNothing_WaitsAndHoldsNothing()
    {
        var sent = 0;
        var ended = new TaskCompletionSource();
        await using var host = await SocketHost.StartAsync(null, async socket =>
        {
            var payload = new byte[64 << 10];
            try
            {
                // Until the end is told: what is sent into an aborted connection before that is dropped without an error.
                while (true)
                {
                    await socket.SendAsync(false, payload, flush: true);
                    Interlocked.Increment(ref sent);
                }
            }
            catch (Exception exception) when (Lab.Http.WebSockets.ServerSocket.IsEnd(exception))
            {
                ended.SetResult();
            }
        });
        await using (await host.ConnectRawAsync())
        {
            // The buffers of both systems take some MB and then the writer waits.
            var before = -1;
            for (var quiet = 0; quiet < 5; quiet = before == Volatile.Read(ref sent) ? quiet + 1 : 0)
            {
                before = Volatile.Read(ref sent);
                await Task.Delay(20, Token);
            }
            Assert.InRange(before, 1, 5_000);
        }
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<(WebSocketMessageType Type, byte[] Data)> ReceiveAsync(ClientWebSocket client)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (true)
        {
            var part = await client.ReceiveAsync(buffer, Token);
            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return (part.MessageType, whole.ToArray());
        }
    }
}
