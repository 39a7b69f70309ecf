using Holdfast.Kernels;
using Holdfast.Lab.Recording;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>
/// A page that is opened asks the kernel for its widgets (jupyterlab-manager: a comm of the target <c>jupyter.widget.control</c>, on it
/// <c>request_states</c>, then it closes it; where the notebook's metadata has widgets a <c>comm_info_request</c> too, and shows none before the reply).
/// A kernel that is busy would answer at the end of its cell: the lab answers then, and the kernel is not asked. Not safe for concurrent calls.
/// </summary>
internal sealed class WidgetRequests(string kernelId, KernelPage page, ChannelServices services)
{
    /// <summary>How many control comms a page can have here at once.</summary>
    private const int Most = 16;

    private readonly HashSet<string> _comms = new(StringComparer.Ordinal);

    /// <summary>Whether this message of the page is dealt with, and not for the kernel.</summary>
    public bool Take(KernelChannel channel, in KernelMessage message)
    {
        if (channel != KernelChannel.Shell || !MessageHeader.TryParse(message.Header.Span, out var header) || !header.MessageType.StartsWith("comm_", StringComparison.Ordinal))
            return false;
        if (header.MessageType == "comm_info_request")
        {
            if (!MessageJson.TextIs(message.Content.Span, "target_name"u8, "jupyter.widget"u8) || !services.Recorder.AnswersForWidgets(kernelId))
                return false;
            page.AskWidgets(new WidgetQuestion(null, message.Header.ToArray()));
            return true;
        }
        if (!MessageJson.TryFind(message.Content.Span, "comm_id"u8, out var id) || MessageJson.TextAt(ref id) is not { Length: <= RequestOwners.LongestId } comm)
            return false;
        switch (header.MessageType)
        {
            case "comm_open":
                return _comms.Count < Most && MessageJson.TextIs(message.Content.Span, "target_name"u8, "jupyter.widget.control"u8)
                    && services.Recorder.AnswersForWidgets(kernelId) && _comms.Add(comm);
            case "comm_close":
                return _comms.Remove(comm);
            case "comm_msg" when _comms.Contains(comm):
                if (MessageJson.TextIs(MessageJson.Slice(message.Content, "data"u8).Span, "method"u8, "request_states"u8))
                    page.AskWidgets(new WidgetQuestion(comm, message.Header.ToArray()));
                return true;
            default:
                return false;
        }
    }
}

/// <summary>A page's wish for all widgets of a kernel.</summary>
/// <param name="Comm">The control comm that they are to come on; null where their ids are asked for.</param>
/// <param name="Header">The header of its message.</param>
internal sealed record WidgetQuestion(string? Comm, ReadOnlyMemory<byte> Header);
