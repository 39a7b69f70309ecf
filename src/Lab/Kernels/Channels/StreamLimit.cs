using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Kernels;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>
/// How much of a cell's streams one page gets: rule 7 of docs/recording.md. What is over the limit is shown as a display with the newest lines,
/// at most once a second. Not safe for concurrent calls.
/// </summary>
internal sealed class StreamLimit(TimeProvider time)
{
    private const int Capacity = 64;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, LimitedStream> _streams = new(StringComparer.Ordinal);
    private byte[] _parent = [];
    private LimitedStream? _current;

    /// <summary>Whether something was left out that is not shown yet.</summary>
    public bool IsBehind => _streams.Values.Any(stream => stream.IsBehind);

    /// <summary>Whether this message of iopub is to be sent; what is not is remembered.</summary>
    public bool Takes(in KernelMessage message)
    {
        if (message.Header.Span.IndexOf("\"stream\""u8) < 0 || Of(message.ParentHeader.Span) is not { } stream)
            return true;
        if (stream.Sent + message.Content.Length <= OutputLimit.Page.Whole)
        {
            stream.Sent += message.Content.Length;
            return true;
        }
        stream.Sent = OutputLimit.Page.Whole;
        stream.LeaveOut(message);
        return false;
    }

    /// <summary>A page was shown so much of an execution's streams already.</summary>
    public void Shown(string messageId, long bytes) => Entry(messageId).Sent = bytes;

    /// <summary>The next message that shows what was left out; null when there is none yet.</summary>
    /// <param name="kernelSession">The session of the kernel's messages.</param>
    /// <param name="endOf">The parent header of an execution that ends: its last lines are shown at once; empty for none.</param>
    public byte[]? Next(string kernelSession, ReadOnlySpan<byte> endOf)
    {
        var now = time.GetUtcNow();
        foreach (var (id, stream) in _streams)
        {
            if (!stream.IsBehind || (stream.Due > now && !(endOf.Length > 0 && endOf.SequenceEqual(stream.Parent.Span))))
                continue;
            stream.Due = now + Interval;
            return Show(id, stream, kernelSession, now);
        }
        return null;
    }

    private static byte[] Show(string id, LimitedStream stream, string kernelSession, DateTimeOffset now)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, MessageJson.Relaxed))
        {
            json.WriteStartObject();
            json.WriteStartObject("data"u8);
            json.WriteString("text/plain"u8, stream.Tail());
            json.WriteEndObject();
            json.WriteStartObject("metadata"u8);
            json.WriteEndObject();
            json.WriteStartObject("transient"u8);
            json.WriteString("display_id"u8, $"holdfast-tail-{id}");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        var type = stream.IsShown ? "update_display_data" : "display_data";
        (stream.IsShown, stream.IsBehind) = (true, false);
        var message = new KernelMessage(MessageHeader.Create(type, kernelSession, "holdfast", now, out _), stream.Parent, "{}"u8.ToArray(), content.WrittenMemory, []);
        var bytes = new byte[WebSocketV1.Measure(KernelChannel.IOPub, message)];
        WebSocketV1.Write(KernelChannel.IOPub, message, bytes);
        return bytes;
    }

    private LimitedStream? Of(ReadOnlySpan<byte> parentHeader)
    {
        if (_parent.Length > 0 && parentHeader.SequenceEqual(_parent))
            return _current;
        if (!MessageHeader.TryParse(parentHeader, out var parent) || parent.MessageId.Length == 0)
            return null;
        _parent = parentHeader.ToArray();
        _current = Entry(parent.MessageId);
        _current.Parent = _parent;
        return _current;
    }

    private LimitedStream Entry(string messageId)
    {
        if (_streams.TryGetValue(messageId, out var known))
            return known;
        if (_streams.Count >= Capacity && _streams.FirstOrDefault(each => !each.Value.IsBehind && each.Value != _current).Key is { } old)
            _streams.Remove(old);
        return _streams[messageId] = new LimitedStream();
    }

    /// <summary>The streams of one execution on one page.</summary>
    private sealed class LimitedStream
    {
        private readonly Queue<byte[]> _last = new();
        private long _kept;
        private long _leftOut;

        public long Sent { get; set; }
        public ReadOnlyMemory<byte> Parent { get; set; }
        public bool IsBehind { get; set; }
        public bool IsShown { get; set; }
        public DateTimeOffset Due { get; set; }

        public void LeaveOut(in KernelMessage message)
        {
            var content = message.Content.ToArray();
            _last.Enqueue(content);
            _kept += content.Length;
            _leftOut += content.Length;
            while (_kept - _last.Peek().Length >= OutputLimit.Page.Tail)
                _kept -= _last.Dequeue().Length;
            IsBehind = true;
        }

        public ReadOnlySpan<byte> Tail()
        {
            var text = new ArrayBufferWriter<byte>();
            var folded = new StreamText(text);
            foreach (var content in _last)
                new PrintedText(content).AppendTo(folded);
            folded.Finish();
            var tail = text.WrittenSpan;
            if (tail.Length > OutputLimit.Page.Tail)
                tail = tail[^(int)OutputLimit.Page.Tail..];
            // Where much was left out the first line is part of one.
            if (_leftOut > _kept || tail.Length < text.WrittenCount)
                tail = tail[(tail.IndexOf((byte)'\n') + 1)..];
            var note = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"[… {_leftOut / 1e6:0.0} MB more were printed; a page is sent the newest lines only. All of it: holdfast outputs …]\n"));
            return (byte[])[.. note, .. tail];
        }
    }
}
