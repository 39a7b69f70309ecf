using System.Numerics;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal;

/// <summary>
/// The only writer of one journal: a folder of append-only segments. Not safe for concurrent calls; its owner serialises them.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    /// <summary>The largest buffer that is kept for the next large record.</summary>
    private const int KeptBytes = 4 << 20;
    private static readonly long UnixEpochTicks = DateTimeOffset.UnixEpoch.Ticks;

    private readonly JournalOptions _options;
    private readonly JournalOpening _opening;
    private readonly SegmentSync _sync;
    private readonly byte[] _ownBuffer;
    private byte[] _buffer;
    private byte[]? _spare;
    private int _pending;
    private int _sealed;
    private long _next;
    private long _visible;
    private SafeFileHandle? _segment;
    private string _path = "";
    private uint _mark;
    private long _position;
    private SegmentHeader? _begun;
    private bool _disposed;

    private JournalWriter(JournalOpening opening, JournalOptions options)
    {
        _options = options;
        _opening = opening;
        _ownBuffer = _buffer = GC.AllocateUninitializedArray<byte>(options.BufferBytes);
        _visible = LastSequence = opening.Last;
        _next = opening.Next;
        _sync = new SegmentSync(options.Disk, options.SyncInterval, opening.Last, options.Measures);
        if (opening.Segment is { } segment) Use(segment, opening.Path, opening.Mark, opening.End);
    }

    /// <summary>Opens or creates the journal in <paramref name="folder"/>, repairing a torn last record.</summary>
    /// <exception cref="IOException">The folder or its last segment cannot be opened or mended, or another writer has it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or a file in it belongs to somebody else.</exception>
    public static JournalWriter Open(string folder, JournalOptions? options = null)
    {
        options ??= new JournalOptions();
        return new JournalWriter(JournalOpening.Of(folder, options.Disk), options);
    }

    /// <summary>What was found and mended while opening.</summary>
    public JournalRecovery Recovery => _opening.Recovery;

    /// <summary>The number of the last record appended, 0 when there is none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>The number of the last record that readers can see (it has been handed to the operating system).</summary>
    public long VisibleSequence => Volatile.Read(ref _visible);

    /// <summary>The number of the last record that survives a power cut.</summary>
    public long SyncedSequence => _sync.Synced;

    /// <summary>
    /// What is wrong with the disk: the last sync failed (it is tried again every second), or it has lost records. Null when nothing is.
    /// </summary>
    public string? SyncError => _sync.Error;

    /// <summary><see cref="SyncError"/> has changed. Raised on the thread that syncs, which waits meanwhile.</summary>
    public event Action<string?>? SyncErrorChanged
    {
        add => _sync.ErrorChanged += value;
        remove => _sync.ErrorChanged -= value;
    }

    /// <summary>Bytes appended and not yet visible. The owner flushes before this passes <see cref="JournalOptions.BufferBytes"/>.</summary>
    public int PendingBytes => _pending;

    /// <summary>Adds a record to the buffer and returns its number. Never touches the disk; visible after <see cref="Flush"/>.</summary>
    public long Append(byte kind, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(Reserve(kind, payload.Length, out var sequence));
        return sequence;
    }

    /// <summary>Reserves a record of <paramref name="length"/> bytes (at most 1 GiB) to be filled in place before the next call on this writer.</summary>
    public Span<byte> Reserve(byte kind, int length, out long sequence)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, RecordHeader.MaxPayload);
        MakeRoom(RecordHeader.TotalOf(length));
        LastSequence = sequence = _next++;
        var header = new RecordHeader(length, sequence, Now(), kind, 0);
        var record = _buffer.AsSpan(_pending, header.Total);
        header.Write(record);
        _pending += header.Total;
        return record.Slice(RecordHeader.Size, length);
    }

    /// <summary>
    /// Hands what is buffered to the operating system, so that readers see it, and arms the sync that follows within
    /// <see cref="JournalOptions.SyncInterval"/>. When the disk is full nothing is lost or torn: the buffer is kept and the call can be repeated.
    /// </summary>
    public FlushResult Flush()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_pending == 0) return FlushResult.Done;
        // The numbers that a power cut can take back are bounded, so that opening can pass them all over.
        if (LastSequence - _sync.Synced >= JournalOpening.PassedOver && _sync.Now() is { Ok: false } unsynced) return unsynced;
        if (_sealed == 0 && (_segment is null || _position >= _options.SegmentBytes) && BeginSegment() is { Ok: false } closed) return closed;
        Seal();
        var errno = _options.Disk.Write(_segment!, _buffer.AsSpan(0, _pending), _position);
        // Some of it may be written now. The next flush writes the same bytes to the same place.
        if (errno != 0) return Errno.Failure(errno, "could not be written", _path);
        _position += _pending;
        _options.Measures?.Flushed(LastSequence - _visible, _pending);
        _pending = _sealed = 0;
        Volatile.Write(ref _visible, LastSequence);
        _sync.Arm(LastSequence, _position);
        if (_buffer != _ownBuffer)
        {
            // One is kept for the next large record. A shared pool would keep one for every thread that comes by.
            _spare = _buffer.Length <= KeptBytes ? _buffer : null;
            _buffer = _ownBuffer;
        }
        return FlushResult.Done;
    }

    /// <summary>Flushes and waits until everything is on the disk.</summary>
    public FlushResult Sync() => Flush() is { Ok: false } failure ? failure : _sync.Now();

    /// <summary>Syncs and closes. Records that cannot be written now are lost; see <see cref="Flush"/> to know.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        var whole = Sync().Ok;
        _disposed = true;
        _sync.Dispose();
        _segment?.Dispose();
        _opening.Close(whole && _sync.Error is null, LastSequence);
    }

    /// <summary>Begins the next segment. Everything before it is on the disk by then, so that only the last segment can ever be torn.</summary>
    private FlushResult BeginSegment()
    {
        // While the disk does not sync, the old segment grows on. An attempt that got further is always finished: nothing is unsynced then.
        if (_sync.Now() is { Ok: false }) return FlushResult.Done;
        var first = RecordHeader.SequenceOf(_buffer);
        var path = _opening.Folder.FileOf(first);
        var file = _options.Disk.Create(path, out var errno);
        if (file is null) return Errno.Failure(errno, "could not be created", path);
        // A reader may have seen the header of an attempt that failed: another attempt writes the same one.
        _begun ??= new SegmentHeader(SegmentHeader.CurrentVersion, NewMark(), first, Now(), Boot.Current);
        Span<byte> header = stackalloc byte[SegmentHeader.Size];
        _begun.Write(header);
        // A file of this name can only be what a failed or cut-off attempt has left.
        errno = _options.Disk.Cut(file, 0);
        if (errno == 0) errno = _options.Disk.Write(file, header, 0);
        if (errno == 0) errno = _options.Disk.Sync(file);
        if (errno == 0) errno = _options.Disk.SyncFolder(_opening.Lock);
        if (errno != 0)
        {
            file.Dispose();
            return Errno.Failure(errno, "could not be begun", path);
        }
        _segment?.Dispose();
        Use(file, path, _begun.Mark, SegmentHeader.Size);
        _begun = null;
        return FlushResult.Done;
    }

    private static uint NewMark() => (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);

    private long Now() => (_options.Time.GetUtcNow().Ticks - UnixEpochTicks) / TimeSpan.TicksPerMicrosecond;

    private void Use(SafeFileHandle file, string path, uint mark, long position)
    {
        (_segment, _path, _mark, _position) = (file, path, mark, position);
        _sync.Begin(file, path, mark, position);
    }

    private void Seal()
    {
        while (_sealed < _pending)
        {
            var record = _buffer.AsSpan(_sealed);
            var total = RecordHeader.TotalOf(RecordHeader.LengthOf(record));
            RecordHeader.Seal(record[..total], _mark);
            _sealed += total;
        }
    }

    private void MakeRoom(int total)
    {
        var needed = checked(_pending + total);
        if (needed <= _buffer.Length) return;
        // Steps of two, so that a slightly larger record next time finds room in the spare one.
        var larger = _spare?.Length >= needed ? _spare : GC.AllocateUninitializedArray<byte>((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)needed), (uint)Array.MaxLength));
        _spare = null;
        _buffer.AsSpan(0, _pending).CopyTo(larger);
        _buffer = larger;
    }
}
