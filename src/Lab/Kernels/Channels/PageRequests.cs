using System.Buffers;
using Holdfast.Kernels;
using Holdfast.Lab.Http.WebSockets;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>From one page to the kernel. What is no Jupyter message is ignored, as jupyter_server does, and logged without its content.</summary>
internal sealed class PageRequests(string kernelId, KernelPage page, ChannelServices services)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    private readonly WidgetRequests _widgets = new(kernelId, page, services);
    private bool _ready;

    /// <summary>Checks the message and hands it to the keeper, which records it before it is sent.</summary>
    public async ValueTask ForwardAsync(SocketMessage message, CancellationToken cancellationToken)
    {
        services.Traffic.Received(message.Data.Length);
        if (!TryRead(message, out var channel, out var parts, out var reason) || !TryRemember(channel, parts, out reason))
        {
            KernelsLog.RequestIgnored(services.Log, kernelId, reason);
            return;
        }
        services.Input.Note(parts);
        if (_widgets.Take(channel, parts))
            return;
        // What is sent before the kernel's broadcasts are heard could lose its first outputs.
        if (!_ready)
            await services.Keeper.WaitReadyAsync(kernelId, cancellationToken);
        _ready = true;
        if (!page.IsLegacy)
        {
            await SendAsync(message.Data, cancellationToken);
            return;
        }
        var length = WebSocketV1.Measure(channel, parts);
        var converted = ArrayPool<byte>.Shared.Rent(length);
        WebSocketV1.Write(channel, parts, converted.AsSpan(0, length));
        await SendAsync(converted.AsMemory(0, length), cancellationToken);
        ArrayPool<byte>.Shared.Return(converted);
    }

    /// <summary>While the keeper is being started again the page's requests wait: one that vanished would leave a cell waiting for ever.</summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        while (!await services.Keeper.SendAsync(kernelId, message, cancellationToken))
            await Task.Delay(Retry, services.Time, cancellationToken);
    }

    private bool TryRead(SocketMessage message, out KernelChannel channel, out KernelMessage parts, out string? reason)
    {
        if (page.IsLegacy)
            return WebSocketLegacy.TryRead(message.Data, message.IsText, out channel, out parts, out reason);
        if (!message.IsText)
            return WebSocketV1.TryRead(message.Data, out channel, out parts, out reason);
        (channel, parts, reason) = (default, default, "text under a binary subprotocol");
        return false;
    }

    private bool TryRemember(KernelChannel channel, in KernelMessage parts, out string? reason)
    {
        reason = null;
        if (channel == KernelChannel.IOPub)
            reason = "pages do not send on iopub";
        else if (!MessageHeader.TryParse(parts.Header.Span, out var header) || header.MessageId.Length == 0)
            reason = "no msg_id in its header";
        else
            page.Audience.Requests.Add(header.MessageId, page.SessionId);
        return reason is null;
    }
}
