using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Holdfast.Lab.Http.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Tests.Kernels.WebSockets;

/// <summary>A real server on a free port whose only address is a WebSocket.</summary>
internal sealed class SocketHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SocketHost(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First().Replace("http://", "ws://", StringComparison.Ordinal) + "/socket");

    /// <summary>Serves every connection with <paramref name="serve"/>.</summary>
    public static async Task<SocketHost> StartAsync(Func<Stream, CancellationToken, ServerSocket>? make, Func<ServerSocket, Task> serve)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var app = builder.Build();
        app.Map("/socket", (RequestDelegate)(async context =>
        {
            using var socket = await SocketHandshake.AcceptAsync(context, SocketHandshake.Offers(context.Request, "chat") ? "chat" : null, make);
            if (socket is not null)
                await serve(socket);
        }));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SocketHost(app);
    }

    /// <summary>A server that sends back what it receives.</summary>
    public static Task<SocketHost> EchoAsync(long? longest = null) => StartAsync(
        longest is null ? null : (stream, connection) => new ServerSocket(stream, connection) { LongestMessage = longest.Value },
        async socket =>
        {
            while (await socket.ReceiveAsync() is { } message)
                await socket.SendAsync(message.IsText, message.Data, flush: true);
        });

    public async Task<ClientWebSocket> ConnectAsync(Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new ClientWebSocket();
        configure?.Invoke(client.Options);
        await client.ConnectAsync(Address, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>A connection after the handshake, for frames no proper client sends.</summary>
    public async Task<NetworkStream> ConnectRawAsync()
    {
        var stream = await OpenRawAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /socket HTTP/1.1\r\nHost: {Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
            TestContext.Current.CancellationToken);
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)await ReadByteAsync(stream));
        Assert.StartsWith("HTTP/1.1 101", head.ToString());
        // The example of RFC 6455 §1.3.
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head.ToString());
        return stream;
    }

    public async Task<NetworkStream> OpenRawAsync()
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, Address.Port, TestContext.Current.CancellationToken);
        return tcp.GetStream();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<byte> ReadByteAsync(Stream stream)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
        return one[0];
    }
}
