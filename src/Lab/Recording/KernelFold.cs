using System.Runtime.InteropServices;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Lab.Recording;

/// <summary>
/// Makes executions of a kernel's records, in their order: the rules of nbclient for outputs, of JupyterLab for text. Not safe for
/// concurrent calls.
/// </summary>
/// <param name="notebook">Which notebook a request without a known execution is for; null when the kernel has none.</param>
internal sealed class KernelFold(Func<ExecuteRequest, NotebookSession?> notebook)
{
    private readonly Dictionary<string, Execution> _executions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DisplayPlace>> _displays = new(StringComparer.Ordinal);
    private byte[] _lastParent = [];
    private string _lastRequest = "";
    private Execution? _lastExecution;

    /// <summary>All executions that are remembered, in no order.</summary>
    public IReadOnlyCollection<Execution> Executions => _executions.Values;

    /// <summary>The kernel's widgets.</summary>
    public WidgetFold Widgets { get; } = new();

    /// <summary>The displays by their ids.</summary>
    public IReadOnlyDictionary<string, List<DisplayPlace>> Displays => _displays;

    /// <summary>An execution that takes the place of an older one of its cell.</summary>
    public void Add(Execution execution)
    {
        if (execution.CellId is { } cell)
        {
            foreach (var older in _executions.Values.Where(other => other.CellId == cell && other.Path == execution.Path).ToList())
                Remove(older);
        }
        _executions[execution.MessageId] = execution;
        _lastParent = [];
    }

    /// <summary>Takes over what was kept of a display.</summary>
    public void AddDisplay(string id, DisplayPlace place) => (CollectionsMarshal.GetValueRefOrAddDefault(_displays, id, out _) ??= []).Add(place);

    /// <summary>Forgets an execution.</summary>
    public void Remove(Execution execution)
    {
        _executions.Remove(execution.MessageId);
        ForgetDisplays(execution);
        _lastParent = [];
    }

    /// <summary>The execution with this msg_id, or null.</summary>
    public Execution? Find(string messageId) => _executions.GetValueOrDefault(messageId);

    /// <summary>Folds one record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="place">Where it stands.</param>
    public void Apply(in JournalRecord record, JournalPlace place)
    {
        if (record.Kind == RecordKind.Event)
            ApplyEvent(record);
        else if (WebSocketV1.TryRead(record.Payload, out var channel, out var message, out _))
        {
            if (record.Kind == RecordKind.ToKernel)
                ApplyRequest(record, channel, message);
            else if (record.Kind == RecordKind.FromKernel && channel != KernelChannel.Control)
                ApplyAnswer(record, place, channel, message);
        }
    }

    private void ApplyEvent(in JournalRecord record)
    {
        switch (KeeperEvent.NameOf(record.Payload.Span))
        {
            case "restarting" or "dead" or "shutdown":
                Widgets.End();
                foreach (var execution in _executions.Values)
                    execution.Lose(record.Sequence);
                break;
            case "gap":
                foreach (var execution in _executions.Values.Where(execution => !execution.IsOver))
                    execution.HasGap = true;
                break;
        }
    }

    private void ApplyRequest(in JournalRecord record, KernelChannel channel, in KernelMessage message)
    {
        if (channel == KernelChannel.Stdin)
        {
            foreach (var execution in _executions.Values.Where(execution => execution.Input != 0))
                (execution.Input, execution.Changed) = (0, record.Sequence);
        }
        else if (channel == KernelChannel.Shell && MessageHeader.TryParse(message.Header.Span, out var header) && header.MessageType == "comm_msg")
            Widgets.TakeFromPage(message, record.Sequence);
        else if (channel == KernelChannel.Shell && ExecuteRequest.Read(message) is { } request && notebook(request) is { } session)
        {
            Add(new Execution
            {
                MessageId = request.MessageId,
                Request = record.Sequence,
                Sent = Time(record),
                Source = request.Code,
                CellId = request.CellId,
                Place = request.Place,
                IsOfNotebook = request.IsOfNotebook,
                Session = session.Id,
                Path = session.Path,
                Changed = record.Sequence,
            });
        }
    }

    private void ApplyAnswer(in JournalRecord record, JournalPlace place, KernelChannel channel, in KernelMessage message)
    {
        var execution = FindParent(message.ParentHeader.Span);
        if ((execution is null && channel != KernelChannel.IOPub) || !MessageHeader.TryParse(message.Header.Span, out var header))
            return;
        if (channel == KernelChannel.IOPub && Widgets.Take(header.MessageType, _lastRequest, message, place))
        {
            if (execution is not null && header.MessageType == "stream")
                execution.Skip(record.Sequence, execution.MessageId);
            if (execution is not null)
                execution.LastOutput = Time(record);
            return;
        }
        if (execution is null)
            return;
        switch (channel, header.MessageType)
        {
            case (KernelChannel.IOPub, "status"):
                ApplyStatus(execution, record, message.Content.Span);
                return;
            case (KernelChannel.IOPub, "execute_input"):
                Begin(execution, record);
                execution.Count = MessageJson.Number(message.Content.Span, "execution_count"u8) ?? execution.Count;
                break;
            case (KernelChannel.IOPub, "clear_output"):
                if (MessageJson.IsTrue(message.Content.Span, "wait"u8))
                    execution.ClearNext = true;
                else
                    Clear(execution);
                break;
            case (KernelChannel.IOPub, "stream"):
                AddStream(execution, place, record, message.Content.Span);
                break;
            case (KernelChannel.IOPub, "display_data" or "execute_result" or "error"):
                AddOutput(execution, OutputPiece.KindOf(header.MessageType), place, record, message.Content.Span);
                break;
            case (KernelChannel.IOPub, "update_display_data"):
                Update(MessageJson.DisplayId(message.Content.Span), place);
                return;
            case (KernelChannel.Shell, "execute_reply"):
                ApplyReply(execution, record, message.Content.Span);
                break;
            case (KernelChannel.Stdin, "input_request"):
                execution.Input = record.Sequence;
                break;
            default:
                return;
        }
        execution.Changed = record.Sequence;
    }

    private void ApplyStatus(Execution execution, in JournalRecord record, ReadOnlySpan<byte> content)
    {
        if (MessageJson.TextIs(content, "execution_state"u8, "idle"u8))
            (execution.HasIdle, execution.Changed) = (true, record.Sequence);
        else if (MessageJson.TextIs(content, "execution_state"u8, "busy"u8))
        {
            Begin(execution, record);
            execution.Changed = record.Sequence;
        }
    }

    private void Begin(Execution execution, in JournalRecord record)
    {
        // A reply may come before the busy that was sent first: they come on two sockets.
        if (execution.HasBegun || execution.State == ExecutionState.Lost)
            return;
        if (execution.State == ExecutionState.Queued)
            execution.State = ExecutionState.Running;
        execution.Started = Time(record);
        // A kernel works on one request after the other: what came before is over, even when its end was not heard.
        foreach (var before in _executions.Values.Where(other => other.Request < execution.Request && !other.IsOver))
        {
            before.HasIdle |= before.HasReply;
            if (before.HasGap)
                before.Lose(record.Sequence);
        }
    }

    private void ApplyReply(Execution execution, in JournalRecord record, ReadOnlySpan<byte> content)
    {
        if (!MessageJson.TextIs(content, "status"u8, "aborted"u8))
            Begin(execution, record);
        execution.HasReply = true;
        execution.Input = 0;
        execution.Count = MessageJson.Number(content, "execution_count"u8) ?? execution.Count;
        if (MessageJson.TextIs(content, "status"u8, "ok"u8))
            execution.State = ExecutionState.Done;
        else if (MessageJson.TextIs(content, "status"u8, "aborted"u8))
        {
            // Begun only for the wire: the kernel says busy and idle around a refusal too.
            (execution.State, execution.Started, execution.Count) = (ExecutionState.Lost, null, null);
        }
        else
            execution.State = ExecutionState.Error;
    }

    private void AddOutput(Execution execution, OutputKind kind, JournalPlace place, in JournalRecord record, ReadOnlySpan<byte> content)
    {
        if (execution.ClearNext)
            Clear(execution);
        execution.LastOutput = Time(record);
        var output = execution.Add(kind, place, execution.MessageId);
        if (MessageJson.DisplayId(content) is { } id)
            AddDisplay(id, new DisplayPlace(execution, output));
    }

    private void AddStream(Execution execution, JournalPlace place, in JournalRecord record, ReadOnlySpan<byte> content)
    {
        var clears = execution.ClearNext;
        if (!execution.AddStream(content, place, execution.MessageId))
            return;
        execution.LastOutput = Time(record);
        if (clears)
            ForgetDisplays(execution);
    }

    private void Clear(Execution execution)
    {
        execution.Clear();
        ForgetDisplays(execution);
    }

    private void Update(string? displayId, JournalPlace record)
    {
        if (displayId is null || !_displays.TryGetValue(displayId, out var places))
            return;
        foreach (var place in places)
        {
            ref var piece = ref CollectionsMarshal.AsSpan(place.Execution.Outputs)[place.Output];
            piece = piece with { Place = record, Last = record.Sequence };
            place.Execution.Changed = record.Sequence;
        }
    }

    private void ForgetDisplays(Execution execution)
    {
        foreach (var (id, places) in _displays)
        {
            if (places.RemoveAll(place => place.Execution == execution) > 0 && places.Count == 0)
                _displays.Remove(id);
        }
    }

    /// <summary>The parent headers of one execution's messages are the same bytes: nearly always the last one's.</summary>
    private Execution? FindParent(ReadOnlySpan<byte> parentHeader)
    {
        if (_lastParent.Length > 0 && parentHeader.SequenceEqual(_lastParent))
            return _lastExecution;
        _ = MessageHeader.TryParse(parentHeader, out var parent);
        _lastParent = parentHeader.ToArray();
        _lastRequest = parent.MessageId ?? "";
        return _lastExecution = _executions.GetValueOrDefault(_lastRequest);
    }

    private static DateTimeOffset Time(in JournalRecord record) => DateTimeOffset.UnixEpoch.AddTicks(record.Timestamp * TimeSpan.TicksPerMicrosecond);
}

/// <summary>An output that has a display_id.</summary>
internal readonly record struct DisplayPlace(Execution Execution, int Output);

/// <summary>A notebook's session on a kernel.</summary>
/// <param name="Id">The session's id; null when only the path is known.</param>
/// <param name="Path">The notebook, relative to the root.</param>
internal sealed record NotebookSession(string? Id, string Path);
