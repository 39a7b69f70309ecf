using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Proxy;

/// <summary>
/// Sends a request to a machine and its answer back, in this order: 1 the request's head, 2 its body, while 3 the answer's head comes, 4 its body. Nothing is held whole;
/// who is slow holds the other side back. Trailers are dropped, as RFC 9110, 6.5.1, lets a proxy do. With an upgrade, 4 is bytes both ways (<see cref="Tunnel"/>).
/// </summary>
internal sealed class Forwarder : IDisposable
{
    private static readonly HttpRequestOptionsKey<Upstream> UpstreamKey = new("upstream");
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _client;
    private readonly CancellationToken _stopping;
    private readonly ILogger<Forwarder> _log;

    public Forwarder(IHostApplicationLifetime lifetime, ILogger<Forwarder> log)
    {
        _stopping = lifetime.ApplicationStopping;
        _log = log;
        _client = new HttpMessageInvoker(NewHandler(async (connect, cancellationToken) =>
        {
            connect.InitialRequestMessage.Options.TryGetValue(UpstreamKey, out var upstream);
            return new NetworkStream(await upstream!.ConnectAsync(cancellationToken), ownsSocket: true);
        }));
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    /// <summary>Forwards a request. What goes wrong before the answer has begun is returned, for a page or JSON; later on the connection is cut, so that nobody takes a part for the whole.</summary>
    /// <param name="context">The request.</param>
    /// <param name="upstream">Where it goes.</param>
    /// <param name="ended">Cuts it: the login or the link is over, or the client has gone.</param>
    public async Task<string?> ForwardAsync(HttpContext context, Upstream upstream, CancellationToken ended)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade && context.Request.Headers.Upgrade.Count > 0)
            return await UpgradeAsync(context, upstream, upgrade, ended);

        // 1, 2
        using var body = RequestBody.Of(context);
        using var request = RequestHead.Make(context, upstream, RequestHead.Target(context), body, upgrade: false);
        request.Options.Set(UpstreamKey, upstream);
        try
        {
            // 3
            using var response = await _client.SendAsync(request, ended);
            ResponseHead.Copy(response, context);
            // 4
            await CopyBodyAsync(context, response, ended);
            return null;
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            return Settle(context, upstream, fault, ended);
        }
        finally
        {
            if (body is not null) await body.EndAsync();
        }
    }

    private async Task<string?> UpgradeAsync(HttpContext context, Upstream upstream, IHttpUpgradeFeature upgrade, CancellationToken ended)
    {
        Socket? socket = null;
        // A handler of its own: the connection is known, and is nobody else's before or after.
        using var client = new HttpMessageInvoker(NewHandler(async (_, cancellationToken) => new NetworkStream(socket = await upstream.ConnectAsync(cancellationToken), ownsSocket: true)));
        using var request = RequestHead.Make(context, upstream, RequestHead.Target(context), null, upgrade: true);
        try
        {
            using var response = await client.SendAsync(request, ended);
            ResponseHead.Copy(response, context);
            if ((int)response.StatusCode != StatusCodes.Status101SwitchingProtocols)
            {
                await CopyBodyAsync(context, response, ended);
                return null;
            }
            context.Response.Headers.Upgrade = response.Headers.Upgrade.ToString();
            await using var machine = await response.Content.ReadAsStreamAsync(ended);
            await using var page = await upgrade.UpgradeAsync();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended, _stopping);
            await Tunnel.RunAsync(page, machine, socket!, stop.Token);
            return null;
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            return Settle(context, upstream, fault, ended);
        }
    }

    private async Task CopyBodyAsync(HttpContext context, HttpResponseMessage response, CancellationToken ended)
    {
        if (HttpMethods.IsHead(context.Request.Method) || (int)response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified) return;
        await using var body = await response.Content.ReadAsStreamAsync(ended);
        // Events go on for ever: they end with the hub, where others are let finish.
        using var stop = response.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? CancellationTokenSource.CreateLinkedTokenSource(ended, _stopping)
            : null;
        var cancellationToken = stop?.Token ?? ended;
        // Head and first bytes leave as one where both are there; else the head does not wait.
        var first = body.ReadAsync(Memory<byte>.Empty, cancellationToken);
        if (!first.IsCompleted) await context.Response.Body.FlushAsync(cancellationToken);
        _ = await first;
        // Straight into what is sent: nothing is copied in between.
        var writer = context.Response.BodyWriter;
        while (await body.ReadAsync(writer.GetMemory(RequestBody.BufferSize), cancellationToken) is var length and > 0)
        {
            writer.Advance(length);
            await writer.FlushAsync(cancellationToken);
        }
    }

    /// <summary>What the client is told; null when there is nobody to tell, or it is too late.</summary>
    private string? Settle(HttpContext context, Upstream upstream, Exception fault, CancellationToken ended)
    {
        if (context.RequestAborted.IsCancellationRequested) return null;
        if (context.Response.HasStarted || ended.IsCancellationRequested)
        {
            if (fault is not OperationCanceledException) ProxyLog.BrokeOff(_log, upstream.Machine.Spec.Name, fault.GetBaseException().Message);
            context.Abort();
            return null;
        }
        var reason = fault.GetBaseException();
        if (reason is BadHttpRequestException bad) throw bad;
        ProxyLog.NoAnswer(_log, upstream.Machine.Spec.Name, upstream.Port, reason.Message);
        return upstream.Port is { } port ? $"Nothing answers on port {port} inside {upstream.Machine.Spec.Name}: {reason.Message}" : $"The lab of {upstream.Machine.Spec.Name} does not answer: {reason.Message}";
    }

    private static bool IsExpected(Exception fault) => fault is HttpRequestException or IOException or SocketException or OperationCanceledException;

    [SuppressMessage("Reliability", "CA2000", Justification = "The invoker disposes it")]
    private static SocketsHttpHandler NewHandler(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => new()
    {
        ConnectCallback = connect,
        ConnectTimeout = ConnectTimeout,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        // Kestrel reads and writes the same bytes: headers go through as they are.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };
}
