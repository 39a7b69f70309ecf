using System.Threading.Channels;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Owned;

namespace Holdfast.Keeper.Terminals;

/// <summary>The terminal's thread: from the program into the journal, and from the clients to the program.</summary>
internal sealed partial class OwnedTerminal
{
    /// <summary>What is read together becomes one record.</summary>
    private const int MostAtOnce = 64 << 10;
    private const int HeldBackRetry = 1000, LookAgain = 200, LastWords = 100;
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(2);

    private readonly FloodPace _pace;
    private readonly Channel<byte[]> _typed = Channel.CreateBounded<byte[]>(64);
    private ReadOnlyMemory<byte> _typing;
    private string? _held;
    private long _sinceLook;
    private bool _ended;

    private void Carry()
    {
        try
        {
            CarryUntilEnd();
        }
        catch (Exception e)
        {
            // A broken promise: the terminal ends, the keeper and its kernels go on.
            KeeperLog.Unforeseen(_log, e);
        }
        finally
        {
            End();
        }
    }

    private void CarryUntilEnd()
    {
        var buffer = new byte[MostAtOnce];
        var (filled, gathering, abandoned) = (0, false, false);
        long gatheringSince = 0, exitedAt = 0, quietSince = 0;
        while (true)
        {
            // :: 1. Flush what came; while the disk is full nothing more is read, and so the program is held back.
            if (filled > 0 && (!gathering || filled == buffer.Length || _time.GetElapsedTime(gatheringSince) >= FloodPace.Gathering))
            {
                lock (_journalGate) _journal.Append(TerminalRecordKind.Output, buffer.AsSpan(0, filled));
                _sinceLook += filled;
                filled = 0;
            }

            if (filled == 0) gathering = false;
            Flush();
            if (_sinceLook >= TerminalRetention.LookEvery)
            {
                _sinceLook = 0;
                _retention.LetExcessGo(_record);
            }

            // :: 2. The program has ended: its last words are still to be read.
            var exited = _process.Exited.IsCompleted;
            if (exited && exitedAt == 0) exitedAt = quietSince = _time.GetTimestamp();
            if (exited && filled == 0 && (abandoned || _held is not null && _endReason is not null || _time.GetElapsedTime(exitedAt) > LastWordsLimit)) return;

            // :: 3. Wait for whatever comes first.
            var writing = HasTyping();
            var limit = _held is not null ? HeldBackRetry : gathering ? Remaining(gatheringSince) : exited ? LastWords : abandoned ? LookAgain : -1;
            var (readable, writable) = _terminal.Wait(reading: _held is null && !abandoned, writing, limit);
            if (writable) _typing = _typing[_terminal.Write(_typing.Span)..];

            // :: 4. Read all there is, so that it becomes one record.
            if (abandoned && !readable) abandoned = false;
            else if (!readable && exited && filled == 0 && _held is null && _time.GetElapsedTime(quietSince).TotalMilliseconds >= LastWords) return;
            var count = 0;
            while (readable && filled < buffer.Length && (count = _terminal.Read(buffer.AsSpan(filled))) > 0) filled += count;
            if (count < 0) abandoned = true;
            if (filled == 0) continue;
            if (readable)
            {
                Volatile.Write(ref _lastActivity, _time.GetUtcNow().UtcTicks);
                quietSince = _time.GetTimestamp();
            }

            if (!gathering && !abandoned && _pace.Note(filled)) (gathering, gatheringSince) = (true, _time.GetTimestamp());
        }
    }

    /// <summary>Closes everything; afterwards the terminal is only a record.</summary>
    private void End()
    {
        // Whoever is left on the terminal gets SIGHUP.
        _typed.Writer.TryComplete();
        _terminal.Dispose();
        var exit = _process.Exited.Result;
        Append(new TerminalEvent(TerminalEvent.Exited, _endReason, _process.Id, exit.Code));
        Flush();
        lock (_journalGate)
        {
            _ended = true;
            _journal.Dispose();
        }

        var note = _endReason ?? (exit.Code is > 128 ? $"It {exit}." : null);
        Update(record => record with { ProcessId = null, Ended = _time.GetUtcNow(), ExitCode = exit.Code, Note = note });
        Save();
        KeeperLog.TerminalEnded(_log, Id, exit.ToString());
        _closed.TrySetResult();
    }

    private bool HasTyping()
    {
        while (_typing.IsEmpty)
        {
            if (!_typed.Reader.TryRead(out var next)) return false;
            _typing = next;
        }

        return true;
    }

    private int Remaining(long since) => (int)Math.Clamp((FloodPace.Gathering - _time.GetElapsedTime(since)).TotalMilliseconds, 0, 1000);

    private void Flush()
    {
        FlushResult result;
        var advanced = false;
        lock (_journalGate)
        {
            if (_ended) return;
            result = _journal.Flush();
            if (_journal.VisibleSequence > VisibleSequence)
            {
                Volatile.Write(ref _visible, _journal.VisibleSequence);
                advanced = true;
            }
        }

        if (advanced) Advanced?.Invoke(this);
        if (_held is null && !result.Ok)
        {
            KeeperLog.TerminalHeldBack(_log, Id, result.Error);
            SetNote($"Held back: {result.Error}");
        }
        else if (_held is not null && result.Ok)
        {
            KeeperLog.TerminalGoesOn(_log, Id);
            SetNote(_journal.SyncError);
        }

        _held = result.Ok ? null : result.Error;
    }
}
