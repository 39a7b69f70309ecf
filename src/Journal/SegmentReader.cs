using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal;

/// <summary>
/// Goes through the records of one segment, which may still grow. Bytes that do not make a record are left where they are: only the caller
/// knows whether they are still to come, torn, or damaged.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    private const int WindowBytes = 64 << 10;
    private const int LargeWindowBytes = 2 << 20;
    private const int DiskBlock = 4096;

    /// <summary>
    /// Not the shared pool, which keeps a buffer of each size for every thread that a reader was ever on. A reader at the end of its journal has
    /// none: hundreds of them wait there.
    /// </summary>
    private static readonly ArrayPool<byte> Windows = ArrayPool<byte>.Create(4 << 20, 2);

    private readonly IDisk _disk;
    private readonly SafeFileHandle _file;
    private readonly bool _ownsFile;
    private byte[] _window = [];
    private long _windowAt;
    private int _windowLength;
    private uint _mark;
    private long _searchFrom;

    private SegmentReader(IDisk disk, SafeFileHandle file, bool ownsFile, long first, long offset)
    {
        _disk = disk;
        _file = file;
        _ownsFile = ownsFile;
        First = first;
        Expected = first;
        Position = offset;
    }

    /// <summary>The first number of the segment, as its name tells.</summary>
    public long First { get; }

    /// <summary>Where the next record is looked for.</summary>
    public long Position { get; private set; }

    /// <summary>The number that the next record should have.</summary>
    public long Expected { get; private set; }

    /// <summary>Null while the header is not there or not right.</summary>
    public SegmentHeader? Header { get; private set; }

    /// <summary>The number that the records of this segment bear; 0 while neither the header nor a record has told it.</summary>
    public uint Mark => _mark;

    /// <summary>Whether this program knows the segment's format, as far as the header tells.</summary>
    public bool IsKnown => Header is null or { Version: SegmentHeader.CurrentVersion };

    public long Length => RandomAccess.GetLength(_file);

    /// <summary>Opens a segment to be read from its start.</summary>
    public static SegmentReader Open(IDisk disk, string path, long first) =>
        new(disk, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), true, first, SegmentHeader.Size);

    /// <summary>Reads on in a segment that somebody else has open, from the record <paramref name="sequence"/> at <paramref name="offset"/>.</summary>
    public static SegmentReader Within(IDisk disk, SafeFileHandle file, long sequence, long offset, uint mark) =>
        new(disk, file, false, sequence, offset) { _mark = mark };

    /// <summary>Reads the next record; false when there is none, yet or any more.</summary>
    public bool TryRead(out JournalRecord record)
    {
        record = default;
        ReadHeader();
        if (IsKnown && TryReadAt(Position, Expected, long.MaxValue, out record, out _))
        {
            Position += RecordHeader.TotalOf(record.Payload.Length);
            Expected = record.Sequence + 1;
            _searchFrom = 0;
            return true;
        }
        // A writer that opens the journal may cut these bytes off and write others.
        _windowLength = 0;
        return false;
    }

    /// <summary>Goes to the record <paramref name="sequence"/> at <paramref name="offset"/>; false, and nothing has changed, when it does not stand there.</summary>
    public bool TryGo(long sequence, long offset)
    {
        ReadHeader();
        if (!IsKnown || offset < SegmentHeader.Size || !TryReadAt(offset, sequence, sequence, out _, out _)) return false;
        (Position, Expected, _searchFrom) = (offset, sequence, 0);
        return true;
    }

    /// <summary>
    /// Looks past bytes that are no record for the next one that is, at every multiple of 8, and goes there. Remembers how far it has looked.
    /// True without damage means that the bytes have become a record meanwhile.
    /// </summary>
    public bool TryPassDamage(out JournalDamage? damage)
    {
        damage = null;
        if (!IsKnown) return false;
        var unfinished = long.MaxValue;
        var at = Math.Max(_searchFrom, Position + 8);
        for (; Fill(at, RecordHeader.Size); at += 8)
        {
            // A record has at least 32 bytes, so the bytes passed over bound how many numbers can be missing.
            var most = Expected + (at - Position) / RecordHeader.Size;
            if (TryReadAt(at, Expected, most, out var record, out var incomplete))
            {
                // What stands before a whole record was written before it: if it is not whole now, it never will be.
                _windowLength = 0;
                if (TryReadAt(Position, Expected, long.MaxValue, out _, out _)) return true;
                damage = new JournalDamage(SegmentHeader.FileName(First), Position, Expected, record.Sequence - 1,
                    $"{at - Position} bytes are damaged.");
                (Position, Expected, _searchFrom) = (at, record.Sequence, 0);
                return true;
            }
            if (incomplete) unfinished = Math.Min(unfinished, at);
        }
        _searchFrom = Math.Min(unfinished, at);
        GiveWindowBack();
        return false;
    }

    public void Dispose()
    {
        GiveWindowBack();
        if (_ownsFile) _file.Dispose();
    }

    private void GiveWindowBack()
    {
        if (_window.Length > 0) Windows.Return(_window);
        (_window, _windowLength) = ([], 0);
    }

    private void ReadHeader()
    {
        if (_mark != 0 || !Fill(0, SegmentHeader.Size)) return;
        Header = SegmentHeader.Read(Window(0, SegmentHeader.Size).Span);
        if (Header is not null) _mark = Header.Mark;
    }

    private bool TryReadAt(long at, long least, long most, out JournalRecord record, out bool incomplete)
    {
        record = default;
        incomplete = false;
        if (!Fill(at, RecordHeader.Size)) return false;
        if (!RecordHeader.TryRead(Window(at, RecordHeader.Size).Span, out var header)) return false;
        if (header.Sequence < least || header.Sequence > most || (_mark != 0 && header.Mark != _mark)) return false;
        // A length that is damaged may be any: no room is made for more than the file has.
        if (header.Total > WindowBytes && at + header.Total > Length || !Fill(at, header.Total))
        {
            incomplete = true;
            return false;
        }
        var bytes = Window(at, header.Total);
        if (!RecordHeader.IsWhole(bytes.Span)) return false;
        _mark = header.Mark;
        record = new JournalRecord(header.Sequence, header.Timestamp, header.Kind, bytes.Slice(RecordHeader.Size, header.Length));
        return true;
    }

    private ReadOnlyMemory<byte> Window(long at, int count) => _window.AsMemory((int)(at - _windowAt), count);

    /// <summary>Brings these bytes into the window; false when the file ends before them.</summary>
    private bool Fill(long at, int count)
    {
        if (at >= _windowAt && at + count <= _windowAt + _windowLength) return true;
        var kept = at >= _windowAt && at < _windowAt + _windowLength ? (int)(_windowAt + _windowLength - at) : 0;
        var old = _window;
        var wanted = Math.Max(count, kept) <= WindowBytes ? WindowBytes : Math.Max(LargeWindowBytes, Math.Max(count, kept));
        if (old.Length < wanted || old.Length > 2 * wanted) _window = Windows.Rent(wanted);
        if (kept > 0) old.AsSpan((int)(at - _windowAt), kept).CopyTo(_window);
        if (old != _window && old.Length > 0) Windows.Return(old);
        (_windowAt, _windowLength) = (at, kept);
        while (_windowLength < count)
        {
            var read = Read(_window.AsSpan(_windowLength), at + _windowLength);
            if (read == 0) return false;
            _windowLength += read;
        }
        return true;
    }

    /// <summary>Reads what the disk gives. A block that it cannot give becomes zeros, which are no record, so that what follows is still found.</summary>
    private int Read(Span<byte> bytes, long offset)
    {
        var read = _disk.Read(_file, bytes, offset);
        if (read >= 0) return read;
        if (read != -Errno.InputOutput) throw new IOException($"Segment {First} could not be read: {Errno.Text(-read)}.", -read);
        var block = bytes[..(int)Math.Min(bytes.Length, DiskBlock - offset % DiskBlock)];
        if (block.Length < bytes.Length && (read = _disk.Read(_file, block, offset)) >= 0) return read;
        block.Clear();
        return (int)Math.Min(block.Length, Math.Max(0, Length - offset));
    }
}
