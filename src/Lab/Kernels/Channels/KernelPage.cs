using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http.WebSockets;
using Holdfast.Lab.Recording;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>One page's connection to a kernel.</summary>
internal sealed class KernelPage(KernelRecord kernel, string sessionId, bool isLegacy, KernelAudience audience, ServerSocket socket, ChannelServices services)
{
    private readonly Lock _gate = new();
    private PageFeed? _feed;
    // A page asks as soon as its socket is open, and its feed begins with files.
    private FoldRequest? _early;

    /// <summary>The session_id that the page connected with: it stays the same when the page comes back.</summary>
    public string SessionId => sessionId;

    /// <summary>True when the page chose no subprotocol.</summary>
    public bool IsLegacy => isLegacy;

    /// <summary>How many records there are that this page has not been sent.</summary>
    public long Lag => _feed?.Lag ?? 0;

    /// <summary>The kernel's pages, of which this is one.</summary>
    public KernelAudience Audience => audience;

    /// <summary>Serves the page until it goes, the kernel is gone or <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (audience.Enter(this) is { } older)
        {
            KernelsLog.PageReplaced(services.Log, kernel.Id);
            await older.CloseAsync(CloseCode.Normal, "A newer connection of the same session has taken over.");
        }
        // Not 1000 or 1001: after those JupyterLab does not come back.
        await using var stop = stopping.Register(() => _ = CloseAsync(CloseCode.ServiceRestart, "The lab is restarting."));
        try
        {
            using var feed = new PageFeed(kernel, this, socket, services);
            lock (_gate)
            {
                _feed = feed;
                if (_early is not null)
                    feed.AskFold(_early);
            }
            var pulse = new SocketPulse(socket, services.Time);
            var beating = pulse.RunAsync(feed.PingAsync);
            var feeding = feed.RunAsync();
            await ReceiveAsync(feed, pulse);
            socket.Abort();
            await Task.WhenAll(beating, feeding);
        }
        finally
        {
            audience.Leave(this);
        }
    }

    /// <summary>The page wants the record of a notebook, in its place among the kernel's messages.</summary>
    public void AskFold(FoldRequest request)
    {
        lock (_gate)
        {
            if (_feed is null)
                _early = request;
            else
                _feed.AskFold(request);
        }
    }

    /// <summary>The page wants the kernel's widgets, in their place among its messages.</summary>
    public void AskWidgets(WidgetQuestion question) => _feed?.AskWidgets(question);

    private Task CloseAsync(ushort code, string reason) => socket.CloseAsync(code, reason).AsTask();

    private async Task ReceiveAsync(PageFeed feed, SocketPulse pulse)
    {
        var requests = new PageRequests(kernel.Id, this, services);
        while (await socket.ReceiveAsync() is { } message)
        {
            pulse.Holding = true;
            try
            {
                feed.Expect();
                await requests.ForwardAsync(message, socket.Ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            pulse.Holding = false;
        }
    }
}
