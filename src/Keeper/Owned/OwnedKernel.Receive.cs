using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Keeper.Owned;

/// <summary>From the kernel into the journal: recorded first, then shown.</summary>
internal sealed partial class OwnedKernel : IKernelSink
{
    private static readonly TimeSpan HeldBackRetry = TimeSpan.FromSeconds(1);

    void IKernelSink.OnMessage(KernelChannel channel, in KernelMessage message)
    {
        Volatile.Write(ref _lastActivity, _time.GetUtcNow().UtcTicks);
        if (channel == KernelChannel.Shell && IsAnswerToUs(message)) return;

        lock (_journalGate)
        {
            NameGap();
            var length = WebSocketV1.Measure(channel, message);
            WebSocketV1.Write(channel, message, _journal.Reserve(RecordKind.FromKernel, length, out _));
        }

        if (channel == KernelChannel.IOPub) Observe(message);
    }

    ValueTask IKernelSink.OnDrainedAsync(KernelChannel channel)
    {
        var gather = channel == KernelChannel.IOPub && _pace.Note(_journal.PendingBytes);
        var flushed = FlushAsync();
        return gather && flushed.IsCompleted ? new ValueTask(Task.Delay(FloodPace.Gathering, _time)) : flushed;
    }

    /// <summary>Makes what is recorded visible. While the disk is full this does not complete, and so the kernel is held back.</summary>
    private ValueTask FlushAsync()
    {
        var result = Flush();
        return result.Ok || _closing ? ValueTask.CompletedTask : new ValueTask(HoldBackAsync(result));
    }

    void IKernelSink.OnRefused(KernelChannel channel, string reason) => KeeperLog.MessageRefused(_log, Id, channel, reason);

    private FlushResult Flush()
    {
        FlushResult result;
        var advanced = false;
        lock (_journalGate)
        {
            result = _journal.Flush();
            if (_journal.VisibleSequence > VisibleSequence)
            {
                Volatile.Write(ref _visible, _journal.VisibleSequence);
                advanced = true;
            }
        }

        if (advanced) Advanced?.Invoke(this);
        return result;
    }

    /// <summary>All channels wait for one and the same hold: who comes second must not take its note for the one to come back to.</summary>
    private Task HoldBackAsync(FlushResult result)
    {
        lock (_holdGate) return _hold is { IsCompleted: false } ? _hold : _hold = HoldAsync(result);
    }

    private async Task HoldAsync(FlushResult result)
    {
        await Task.Yield();
        var before = _record.Note == _syncNote ? null : _record.Note;
        KeeperLog.HeldBack(_log, Id, result.Error);
        Update(record => record with { Note = $"Held back: {result.Error}" });
        while (!result.Ok && !_closing)
        {
            await Task.Delay(HeldBackRetry, _time);
            result = Flush();
        }

        KeeperLog.GoesOn(_log, Id);
        Update(record => record with { Note = before ?? _syncNote });
    }

    /// <summary>A disk that does not sync holds nobody back, but people must know: a power cut would take more than the last moments.</summary>
    private void OnSyncError(string? error)
    {
        if (error is not null) KeeperLog.NotSynced(_log, Id, error);
        else KeeperLog.Synced(_log, Id);
        var before = _syncNote;
        _syncNote = error;
        Update(record => record with { Note = error is null && record.Note == before ? null : error ?? record.Note });
    }

    private bool IsAnswerToUs(in KernelMessage message)
    {
        if (!IsOurs(message)) return false;
        if (_run is { } run)
        {
            run.Answers++;
            NoteReady(run);
        }

        return true;
    }

    private static bool IsOurs(in KernelMessage message) =>
        message.ParentHeader.Span.IndexOf("holdfast-keeper"u8) >= 0 && MessageHeader.TryParse(message.ParentHeader.Span, out var parent) && parent.Session == OwnSession;

    private void Observe(in KernelMessage message)
    {
        if (_run is { Ready.Task.IsCompleted: false } run)
        {
            run.Broadcasts = true;
            NoteReady(run);
        }

        // Most broadcasts are outputs: only one that may be a status is looked at closely.
        if (message.Header.Span.IndexOf("\"status\""u8) < 0 || ReadExecutionState(message.Content.Span) is not { } state) return;
        // Our own question is nobody's work.
        if (state is not ("idle" or "busy" or "starting") || IsOurs(message)) return;
        _ = MessageHeader.TryParse(message.ParentHeader.Span, out var parent);
        if (IsOfControl(parent)) return;
        if (_run is { } current) current.StateSeen |= state != "starting";
        if (_run is null || _run.NoteWork(parent, state)) Become(state);
    }

    /// <summary>
    /// Whether a status tells of a request on the control channel, which a kernel answers beside its work: the idle behind it is not that of the cell
    /// that runs.
    /// </summary>
    private static bool IsOfControl(in MessageHeader parent) =>
        parent.MessageType is "debug_request" or "interrupt_request" or "usage_request" or "create_subshell_request" or "delete_subshell_request" or "list_subshell_request";

    private void Become(string state)
    {
        if (_record.ExecutionState == state) return;
        var now = _time.GetUtcNow();
        // Its answer on another channel may come before its first broadcast, or in just this moment: a ready kernel must not be taken for starting for ever.
        Update(record => state == "starting" && _run is { Ready.Task.IsCompleted: true } ? record : record with { ExecutionState = state, BusySince = state == "busy" ? now : null });
    }

    private void NoteReady(KernelRun run)
    {
        if (run.Answers == 0 || !run.Broadcasts || !run.Ready.TrySetResult(true)) return;
        run.ReadySince = _time.GetTimestamp();
        // It has worked off what came before our question, and nothing that came since has shown itself.
        if (!run.StateSeen)
        {
            run.IsMainBusy = false;
            Become("idle");
        }

        KeeperLog.KernelReady(_log, Id);
    }

    private static string? ReadExecutionState(ReadOnlySpan<byte> content)
    {
        try
        {
            var json = new Utf8JsonReader(content);
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1 || !json.ValueTextEquals("execution_state"u8)) continue;
                json.Read();
                return json.TokenType == JsonTokenType.String ? json.GetString() : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Content is the kernel's own affair; what is not JSON, or has half of a surrogate pair for a name, says no state.
        }

        return null;
    }
}
