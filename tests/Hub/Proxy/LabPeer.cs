using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Tests.Proxy;

/// <summary>A real Kestrel on a Unix socket, in the place of a lab.</summary>
internal sealed class LabPeer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LabPeer(WebApplication app) => _app = app;

    public static async Task<LabPeer> StartAsync(string socket, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
            kestrel.ListenUnixSocket(socket);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LabPeer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>A listener that hands each connection to a function: a lab that does what no server would do, or the way to ports inside.</summary>
internal sealed class SocketPeer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public SocketPeer(string socket, Func<Socket, CancellationToken, Task> serve)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _running.Add(AcceptAsync(serve));
    }

    /// <summary>The way to ports inside: a line with the port, a line with the answer, then bytes both ways.</summary>
    public static SocketPeer Ports(string socket) => new(socket, async (client, cancellationToken) =>
    {
        var line = new byte[16];
        var length = 0;
        while (await client.ReceiveAsync(line.AsMemory(length, 1), cancellationToken) == 1 && line[length] != '\n') length++;
        using var inside = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await inside.ConnectAsync(System.Net.IPAddress.Loopback, int.Parse(System.Text.Encoding.ASCII.GetString(line, 0, length), System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
        }
        catch (SocketException fault)
        {
            await client.SendAsync(System.Text.Encoding.UTF8.GetBytes($"{fault.Message}\n"), cancellationToken);
            return;
        }
        await client.SendAsync("ok\n"u8.ToArray(), cancellationToken);
        await Task.WhenAny(CopyAsync(client, inside, cancellationToken), CopyAsync(inside, client, cancellationToken));
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll(_running.ToArray()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> serve)
    {
        while (true)
        {
            var client = await _listener.AcceptAsync(_stop.Token);
            _running.Add(ServeAsync(client, serve));
        }
    }

    private async Task ServeAsync(Socket client, Func<Socket, CancellationToken, Task> serve)
    {
        using (client) await serve(client, _stop.Token);
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, cancellationToken) is var length and > 0) await to.SendAsync(buffer.AsMemory(0, length), cancellationToken);
    }
}
