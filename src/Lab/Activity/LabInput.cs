using Holdfast.Kernels;
using Holdfast.Lab.Access;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Activity;

/// <summary>When a person last did something here: a request that changes something, or what a page sends a kernel. Pages that only look, ask again or come back are none. Safe for concurrent calls.</summary>
internal sealed class LabInput(TimeProvider time)
{
    private long _last;

    /// <summary>When; null when nobody has done anything since the lab was started.</summary>
    public DateTimeOffset? Last => Volatile.Read(ref _last) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Somebody does something now.</summary>
    public void Note() => Volatile.Write(ref _last, time.GetUtcNow().UtcTicks);

    /// <summary>Notes a request of somebody who is logged in, unless pages and the hub send it by themselves.</summary>
    public void Note(HttpRequest request)
    {
        if (request.IsRead() || HttpMethods.IsOptions(request.Method) || request.Path == CspReport.Route) return;
        if (!request.Path.StartsWithSegments("/api/recording") && !request.Path.StartsWithSegments("/api/activity")) Note();
    }

    /// <summary>Notes what a page sends a kernel, unless pages send it when they open, come back or are alive.</summary>
    public void Note(in KernelMessage message)
    {
        if (!MessageHeader.TryParse(message.Header.Span, out var header)) return;
        var isInput = header.MessageType switch
        {
            "kernel_info_request" or "comm_info_request" or "comm_open" or "comm_close" or "history_request" => false,
            "debug_request" => !MessageJson.TextIs(message.Content.Span, "command"u8, "debugInfo"u8),
            "comm_msg" => IsOperated(message.Content),
            "execute_request" => !MessageJson.IsTrue(message.Content.Span, "silent"u8),
            _ => true,
        };
        if (isInput) Note();
    }

    /// <summary>A widget that was moved or clicked; acknowledgements and heartbeats of widgets have neither (ipywidgets, messages.md), and those of Bokeh no events.</summary>
    private static bool IsOperated(ReadOnlyMemory<byte> content)
    {
        var data = MessageJson.Slice(content, "data"u8);
        return MessageJson.TextIs(data.Span, "method"u8, "update"u8) || MessageJson.TryFind(data.Span, "events"u8, out _)
            || (MessageJson.TextIs(data.Span, "method"u8, "custom"u8) && MessageJson.TryFind(MessageJson.Slice(data, "content"u8).Span, "event"u8, out _));
    }
}
