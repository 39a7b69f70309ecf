using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Holdfast.Hub.People;
using Holdfast.Hub.Tests.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Tests.Proxy;

public sealed class UpgradeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WebSocket_OfAnySize_GoesBothWaysAndCloses()
    {
        await using var place = await ProxyPlace.StartAsync(EchoAsync);
        using var socket = await OpenAsync(place);
        var sent = new byte[3_000_000];
        Random.Shared.NextBytes(sent);

        await socket.SendAsync(sent, WebSocketMessageType.Binary, true, Cancel);
        var received = await ReadAsync(socket, sent.Length);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Cancel);

        Assert.Equal("v1.kernel.websocket.jupyter.org", socket.SubProtocol);
        Assert.Equal(sent, received);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task WebSocket_ThatTheLabRefuses_GetsItsStatus()
    {
        await using var place = await ProxyPlace.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("no such kernel");
        });
        using var socket = NewSocket(place);

        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(place, socket));

        Assert.Equal(HttpStatusCode.NotFound, socket.HttpStatusCode);
    }

    [Fact]
    public async Task WebSocket_WhenItsTokenIsRevoked_Ends()
    {
        await using var place = await ProxyPlace.StartAsync(EchoAsync);
        using var socket = await OpenAsync(place);
        var tokens = place.Hub.Get<Tokens>();

        tokens.Revoke(new Caller("ada", false), tokens.List("ada").Single().Id);

        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[10], Cancel));
    }

    [Fact]
    public async Task WebSocket_OfALabThatDies_Ends()
    {
        await using var place = await ProxyPlace.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[10], context.RequestAborted);
            context.Abort();
        });
        using var socket = NewSocket(place);
        await ConnectAsync(place, socket);

        await socket.SendAsync(new byte[1], WebSocketMessageType.Binary, true, Cancel);

        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[10], Cancel));
    }

    [Fact]
    public async Task WebSocket_OfAnotherOriginsPage_IsRefused()
    {
        await using var place = await ProxyPlace.StartAsync(EchoAsync);
        var browser = place.Hub.LogIn("ada");
        await browser.FollowAsync(place.Address.ToString());
        foreach (var (origin, status) in new[] { ("http://evil.example", 403), ($"http://other.localhost:{place.Hub.Port}", 403), ($"http://6006--leaves.localhost:{place.Hub.Port}", 403), (place.Address.GetLeftPart(UriPartial.Authority), 101) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(place.Address, "/ws"));
            foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", origin) }) request.Headers.Add(name, value);
            using var answer = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Upgrade_ToAnything_IsBytesBothWaysUpToTheEnd()
    {
        var heard = new TaskCompletionSource<string>();
        await using var place = await ProxyPlace.StartAsync();
        place.Add(new SocketPeer(place.Socket, async (lab, cancellationToken) =>
        {
            var head = await ReadHeadAsync(lab);
            Assert.Contains("Upgrade: chat", head, StringComparison.Ordinal);
            await lab.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nfirst"), cancellationToken);
            heard.SetResult(await ReadToEndAsync(lab));
        }));
        using var page = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await page.ConnectAsync(IPAddress.Loopback, place.Hub.Port, Cancel);
        await page.SendAsync(Encoding.ASCII.GetBytes($"GET /chat HTTP/1.1\r\nHost: {place.Address.Authority}\r\nAuthorization: token {place.Hub.TokenOf("ada")}\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"), Cancel);

        Assert.StartsWith("HTTP/1.1 101", await ReadHeadAsync(page), StringComparison.Ordinal);
        // Before it ends its side: after that it gets no more.
        var first = new byte[5];
        for (var length = 0; length < first.Length;) length += await page.ReceiveAsync(first.AsMemory(length), Cancel);
        await page.SendAsync(Encoding.ASCII.GetBytes(" and last"), Cancel);
        page.Shutdown(SocketShutdown.Send);

        Assert.Equal("first", Encoding.ASCII.GetString(first));
        Assert.Equal("", await ReadToEndAsync(page));
        Assert.Equal(" and last", await heard.Task.WaitAsync(Cancel));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault());
        var buffer = new byte[50_000];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
        await socket.CloseAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, context.RequestAborted);
    }

    private static ClientWebSocket NewSocket(ProxyPlace place)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.AddSubProtocol("v1.kernel.websocket.jupyter.org");
        socket.Options.SetRequestHeader("Authorization", $"token {place.Hub.TokenOf("ada")}");
        return socket;
    }

    private static async Task<ClientWebSocket> OpenAsync(ProxyPlace place)
    {
        var socket = NewSocket(place);
        await ConnectAsync(place, socket);
        return socket;
    }

    private static async Task ConnectAsync(ProxyPlace place, ClientWebSocket socket)
    {
        using var invoker = new HttpMessageInvoker(place.Hub.NewHandler());
        await socket.ConnectAsync(new Uri($"ws://{place.Address.Authority}/api/kernels/1/channels"), invoker, Cancel);
    }

    private static async Task<byte[]> ReadAsync(ClientWebSocket socket, int length)
    {
        var all = new byte[length];
        for (var have = 0; have < length;) have += (await socket.ReceiveAsync(all.AsMemory(have), Cancel)).Count;
        return all;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var all = new StringBuilder();
        var piece = new byte[1000];
        while (await socket.ReceiveAsync(piece, Cancel) is var length and > 0) all.Append(Encoding.ASCII.GetString(piece, 0, length));
        return all.ToString();
    }

    private static async Task<string> ReadHeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await socket.ReceiveAsync(one, Cancel) == 1) head.Append((char)one[0]);
        return head.ToString();
    }
}
