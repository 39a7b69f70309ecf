using Holdfast.Journal;
using Holdfast.Kernels;

namespace Holdfast.Lab.Recording;

/// <summary>
/// Keeps what a kernel's widgets are, as nbclient does (its client.py <c>handle_comm_msg</c> and output_widget.py): the latest value of every key
/// of every comm that says its <c>_model_name</c>, and what Output widgets capture. Not safe for concurrent calls.
/// </summary>
internal sealed class WidgetFold
{
    /// <summary>A value longer than this is read from the journal when it is needed, in bytes.</summary>
    public const int LongestValue = 4096;

    /// <summary>All small values together, in bytes: when there are more, those that were closed first are forgotten, then the oldest.</summary>
    public const int Capacity = 8 << 20;

    /// <summary>What is counted for a widget beside its values, in bytes.</summary>
    private const int Weight = 256;

    private readonly Dictionary<string, Widget> _byId = new(StringComparer.Ordinal);
    private readonly List<Widget> _all = [];
    private readonly List<Widget> _capturing = [];
    private readonly List<Widget> _captured = [];
    private long _size;

    /// <summary>All widgets, in the order they were made.</summary>
    public IReadOnlyList<Widget> All => _all;

    /// <summary>Number of the last record that changed one.</summary>
    public long Changed { get; private set; }

    /// <summary><see cref="Changed"/> when they were last written to a notebook.</summary>
    public long Written { get; set; }

    /// <summary>Whether notebooks lack something of them.</summary>
    public bool IsPending => Changed > Written;

    /// <summary>Number of the first record that is needed to write them; <see cref="long.MaxValue"/> for none.</summary>
    public long NeededFrom => _all.Select(widget => widget.NeededFrom).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>Whether an Output widget holds what no kernel keeps.</summary>
    public bool HasCaptured => _captured.Count > 0;

    /// <summary>Takes over what was kept.</summary>
    public void Restore(IEnumerable<Widget> widgets, long written)
    {
        foreach (var widget in widgets)
        {
            Add(widget);
            _size += widget.State.Length;
            if (widget.Captures is not null)
                _capturing.Add(widget);
            if (widget.Outputs.Count > 0)
                _captured.Add(widget);
        }
        (Changed, Written) = (_all.Select(widget => widget.Changed).DefaultIfEmpty(0).Max(), written);
    }

    /// <summary>The kernel is gone, and its widgets with it.</summary>
    public void End()
    {
        _capturing.Clear();
        foreach (var widget in _all)
            (widget.IsClosed, widget.Captures) = (true, null);
    }

    /// <summary>Folds one message of iopub; true when it is none of the cell's.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="request">msg_id of its parent.</param>
    /// <param name="message">The message.</param>
    /// <param name="place">Where it stands.</param>
    public bool Take(string type, string request, in KernelMessage message, JournalPlace place)
    {
        switch (type)
        {
            case "comm_open" or "comm_msg":
                Update(message, place.Sequence, type == "comm_open");
                return true;
            case "comm_close":
                if (Find(message.Content.Span) is { } closed)
                {
                    _capturing.Remove(closed);
                    (closed.IsClosed, closed.Captures) = (true, null);
                    closed.Changed = Changed = place.Sequence;
                }
                return true;
            case "stream" or "display_data" or "execute_result" or "error" or "clear_output":
                return Capture(type, request, message.Content.Span, place);
            default:
                return false;
        }
    }

    /// <summary>A page has changed a widget: kernels that do not say it again have it all the same. What a page shows of captured outputs does not count.</summary>
    public void TakeFromPage(in KernelMessage message, long sequence)
    {
        if (Find(message.Content.Span) is { IsClosed: false } widget && MessageJson.Slice(message.Content, "data"u8) is { IsEmpty: false } data
            && MessageJson.TextIs(data.Span, "method"u8, "update"u8))
            Set(widget, data, message.Buffers.Count, sequence, isEcho: true);
    }

    private Widget? Find(ReadOnlySpan<byte> content) =>
        MessageJson.Text(content, "comm_id"u8) is { } id ? _byId.GetValueOrDefault(id) : null;

    private void Update(in KernelMessage message, long sequence, bool isOpen)
    {
        if (MessageJson.Slice(message.Content, "data"u8) is not { IsEmpty: false } data || MessageJson.Slice(data, "state"u8) is not { IsEmpty: false } state)
            return;
        var widget = Find(message.Content.Span);
        if (widget is null)
        {
            if (!MessageJson.TryFind(state.Span, "_model_name"u8, out _) || MessageJson.Text(message.Content.Span, "comm_id"u8) is not { } id)
                return;
            Add(widget = new Widget(id));
        }
        if (isOpen)
            widget.IsClosed = false;
        Set(widget, data, message.Buffers.Count, sequence, MessageJson.TextIs(data.Span, "method"u8, "echo_update"u8));
        if (!isOpen && widget.IsOutput && MessageJson.TryFind(state.Span, "msg_id"u8, out _))
        {
            _capturing.Remove(widget);
            (widget.Captures, widget.CapturesSince) = (MessageJson.Text(state.Span, "msg_id"u8) is { Length: > 0 } captured ? captured : null, sequence);
            if (widget.Captures is not null)
                _capturing.Add(widget);
        }
    }

    private void Set(Widget widget, ReadOnlyMemory<byte> data, int buffers, long sequence, bool isEcho)
    {
        var state = MessageJson.Slice(data, "state"u8);
        var values = MessageJson.Members(widget.State);
        foreach (var (key, value) in MessageJson.Members(state))
        {
            // An echo is what a page shows: it may lack what the page has not seen.
            if (key == "outputs" && widget.IsOutput)
            {
                if (isEcho)
                    continue;
                widget.Clear();
                _captured.Remove(widget);
            }
            widget.Buffers.RemoveAll(buffer => WidgetPaths.Key(buffer.Path) == key);
            values.Remove(key);
            widget.Large.Remove(key);
            if (value.Length > LongestValue)
                widget.Large[key] = sequence;
            else
                values[key] = value;
        }
        var paths = WidgetPaths.Read(MessageJson.Slice(data, "buffer_paths"u8));
        for (var index = 0; index < paths.Count && index < buffers; index++)
        {
            var path = paths[index];
            widget.Buffers.RemoveAll(buffer => buffer.Path == path);
            widget.Buffers.Add(new WidgetBuffer(path, sequence, index));
        }
        var old = widget.State.Length;
        widget.State = MessageJson.Object(values);
        _size += widget.State.Length - old;
        widget.Changed = Changed = sequence;
        while (_size > Capacity && _all.Count > 1)
            Forget(_all.Find(each => each.IsClosed) ?? _all[0]);
    }

    private bool Capture(string type, string request, ReadOnlySpan<byte> content, JournalPlace place)
    {
        var widget = _capturing.Count == 0 ? null : _capturing.Where(each => each.Captures == request).MaxBy(each => each.CapturesSince);
        if (type == "stream")
        {
            foreach (var other in _captured)
            {
                if (other != widget)
                    other.Skip(place.Sequence, request);
            }
        }
        if (widget is null)
            return false;
        if (widget.ClearNext && type != "clear_output")
            Empty(widget);
        if (type == "stream")
            widget.AddStream(content, place, request);
        else if (type != "clear_output")
            widget.Add(OutputPiece.KindOf(type), place, request);
        else if (MessageJson.IsTrue(content, "wait"u8))
            widget.ClearNext = true;
        else
            Empty(widget);
        if (widget.Outputs.Count > 0 && !_captured.Contains(widget))
            _captured.Add(widget);
        widget.Changed = Changed = place.Sequence;
        return true;
    }

    /// <summary>Takes away what it captured, and what the kernel gave it as outputs.</summary>
    private void Empty(Widget widget)
    {
        widget.Clear();
        widget.Large.Remove("outputs");
        var values = MessageJson.Members(widget.State);
        values["outputs"] = "[]"u8.ToArray();
        _size -= widget.State.Length;
        widget.State = MessageJson.Object(values);
        _size += widget.State.Length;
    }

    private void Add(Widget widget)
    {
        _byId[widget.Id] = widget;
        _all.Add(widget);
        _size += Weight;
    }

    private void Forget(Widget widget)
    {
        _byId.Remove(widget.Id);
        _all.Remove(widget);
        _capturing.Remove(widget);
        _captured.Remove(widget);
        _size -= Weight + widget.State.Length;
    }
}
