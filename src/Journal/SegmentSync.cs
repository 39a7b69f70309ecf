using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal;

/// <summary>
/// Brings what the writer made visible onto the disk: in groups, on a thread of its own, at most one interval after the flush; or at once.
/// </summary>
internal sealed class SegmentSync : IDisposable
{
    private const int RetryMilliseconds = 1000;
    private const int CopyBytes = 256 << 10;

    private readonly IDisk _disk;
    private readonly JournalMeasures? _measures;
    private readonly int _interval;
    private readonly Thread _thread;

    // Taken around a whole sync: the kernel tells an error once, to one caller, and it must not reach a caller who ignores it.
    private readonly Lock _syncing = new();

    // Guards the fields that follow; never held while the disk works.
    private readonly object _gate = new();
    private SafeFileHandle? _file;
    private string _path = "";
    private uint _mark;
    private long _goal;
    private long _goalOffset;
    private long _syncedOffset;
    private long _due;
    private bool _armed;
    private bool _stopping;

    private long _synced;
    private bool _failed;
    private volatile string? _error;
    private string? _lost;

    public SegmentSync(IDisk disk, TimeSpan interval, long synced, JournalMeasures? measures)
    {
        (_disk, _measures) = (disk, measures);
        _interval = (int)interval.TotalMilliseconds;
        _synced = synced;
        _thread = new Thread(Run, 128 << 10) { IsBackground = true, Name = "journal sync" };
        _thread.Start();
    }

    /// <summary>The number of the last record on the disk.</summary>
    public long Synced => Volatile.Read(ref _synced);

    /// <summary>What is wrong with the disk; null when nothing is.</summary>
    public string? Error
    {
        get => _error;
        private set
        {
            if (_error == value) return;
            _error = value;
            ErrorChanged?.Invoke(value);
        }
    }

    /// <summary>The error is another one, or none any more.</summary>
    public event Action<string?>? ErrorChanged;

    /// <summary>Goes over to a segment whose bytes before <paramref name="offset"/> are on the disk already.</summary>
    public void Begin(SafeFileHandle file, string path, uint mark, long offset)
    {
        lock (_syncing)
            lock (_gate)
            {
                (_file, _path, _mark) = (file, path, mark);
                _goalOffset = _syncedOffset = offset;
                _goal = Synced;
            }
    }

    /// <summary>Everything up to this record, which ends at this offset, is visible and wants to be synced within the interval.</summary>
    public void Arm(long sequence, long offset)
    {
        lock (_gate)
        {
            (_goal, _goalOffset) = (sequence, offset);
            if (!_armed) Schedule(_interval);
        }
    }

    /// <summary>Syncs what is visible and not synced.</summary>
    public FlushResult Now()
    {
        lock (_syncing)
        {
            SafeFileHandle? file;
            long goal, goalOffset;
            lock (_gate) (file, goal, goalOffset) = (_file, _goal, _goalOffset);
            if (file is null || goal == Synced) return FlushResult.Done;
            // After a failed sync the kernel takes the lost pages for clean, and the next sync would succeed without them.
            var began = Stopwatch.GetTimestamp();
            var errno = _failed ? WriteAgain(file, goal, goalOffset) : 0;
            if (errno == 0) errno = _disk.Sync(file);
            _failed = errno != 0;
            if (_failed)
            {
                var failure = Errno.Failure(errno, "could not be synced", _path);
                Error = failure.Error;
                lock (_gate) if (!_armed) Schedule(RetryMilliseconds);
                return failure;
            }
            _measures?.Synced(Stopwatch.GetElapsedTime(began));
            Error = _lost;
            _syncedOffset = goalOffset;
            Volatile.Write(ref _synced, goal);
            return FlushResult.Done;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join();
    }

    private void Schedule(int milliseconds)
    {
        _armed = true;
        _due = Environment.TickCount64 + milliseconds;
        Monitor.Pulse(_gate);
    }

    private void Run()
    {
        while (WaitUntilDue()) Now();
    }

    private bool WaitUntilDue()
    {
        lock (_gate)
        {
            while (!_stopping)
            {
                var wait = _armed ? _due - Environment.TickCount64 : Timeout.Infinite;
                if (_armed && wait <= 0)
                {
                    _armed = false;
                    return true;
                }
                Monitor.Wait(_gate, (int)wait);
            }
            return false;
        }
    }

    /// <summary>
    /// Writes the unsynced records to their places again, from the page cache, after checking that it still has them. The same bytes in the same
    /// places: a reader notices nothing.
    /// </summary>
    private int WriteAgain(SafeFileHandle file, long goal, long goalOffset)
    {
        try
        {
            using var records = SegmentReader.Within(_disk, file, Synced + 1, _syncedOffset, _mark);
            while (records.Position < goalOffset && records.TryRead(out _)) { }
            if (records.Position != goalOffset)
                _lost = $"{_path}: the disk failed and lost records from {records.Expected} to {goal}. Look at the disk ('dmesg' tells more).";
        }
        catch (IOException e)
        {
            return e.HResult;
        }
        var bytes = new byte[CopyBytes];
        for (var at = _syncedOffset; at < goalOffset;)
        {
            var read = _disk.Read(file, bytes.AsSpan(0, (int)Math.Min(CopyBytes, goalOffset - at)), at);
            if (read < 0) return -read;
            if (read == 0) break;
            var errno = _disk.Write(file, bytes.AsSpan(0, read), at);
            if (errno != 0) return errno;
            at += read;
        }
        return 0;
    }
}
