namespace Holdfast.Journal;

/// <summary>
/// Reads a journal from any number on, in this or another process, while its writer writes. Never takes a lock, so it never blocks the writer.
/// Not safe for concurrent calls.
/// </summary>
public sealed class JournalReader : IDisposable
{
    private readonly IDisk _disk;
    private readonly SegmentFolder _folder;
    private readonly DamageLog _damage = new();
    private SegmentReader? _segment;
    private bool _begun;
    private long _following;

    private JournalReader(string folder, IDisk disk)
    {
        _folder = new SegmentFolder(folder);
        _disk = disk;
    }

    /// <summary>Opens the journal in <paramref name="folder"/> at its first number; the folder may be empty or not exist yet.</summary>
    public static JournalReader Open(string folder) => new(folder, UnixDisk.Instance);

    internal static JournalReader Open(string folder, IDisk disk) => new(folder, disk);

    /// <summary>The number of the next record that <see cref="TryRead"/> looks for.</summary>
    public long NextSequence { get; private set; } = 1;

    /// <summary>Places passed over so far because they are damaged or were let go by retention. At most 1,000; then the last one is widened.</summary>
    public IReadOnlyList<JournalDamage> Damage => _damage.Places;

    /// <summary>Where the record stands that <see cref="TryRead"/> gave last.</summary>
    public JournalPlace Place { get; private set; }

    /// <summary>Goes to the first record whose number is <paramref name="sequence"/> or more. Reads the segment that holds it from its start.</summary>
    public void Seek(long sequence)
    {
        NextSequence = Math.Max(1, sequence);
        Leave();
    }

    /// <summary>
    /// Comes back to a record of this journal that a reader gave before, without reading what stands before it. When it is not there any more this is
    /// <see cref="Seek(long)"/> with its number.
    /// </summary>
    public void Seek(JournalPlace place)
    {
        try
        {
            if (_segment?.First != place.Segment)
            {
                Leave();
                _segment = SegmentReader.Open(_disk, _folder.FileOf(place.Segment), place.Segment);
            }
            if (_segment.TryGo(place.Sequence, place.Offset))
            {
                (NextSequence, _following) = (place.Sequence, 0);
                return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Let go, or not to be read: the next TryRead finds that out and says it.
        }
        Seek(place.Sequence);
    }

    /// <summary>Reads the next record; false when the end is reached for now. The payload is valid until the next call.</summary>
    /// <exception cref="IOException">A segment cannot be opened or read. The call can be repeated.</exception>
    /// <exception cref="UnauthorizedAccessException">A segment belongs to somebody else.</exception>
    public bool TryRead(out JournalRecord record)
    {
        record = default;
        while (_segment is not null || Enter(_folder.Holding(NextSequence), NextSequence))
        {
            while (_segment!.TryRead(out record))
            {
                if (!_begun) Begin(_segment);
                if (record.Sequence < NextSequence) continue;
                NextSequence = record.Sequence + 1;
                Place = new JournalPlace(record.Sequence, _segment.First, _segment.Position - RecordHeader.TotalOf(record.Payload.Length));
                return true;
            }
            if (_segment.TryPassDamage(out var damage))
            {
                if (damage is not null) Pass(damage);
            }
            else if (_following != 0)
            {
                Close(_segment, _following);
            }
            else
            {
                // A segment is whole before the next one exists: when there is one, read once more, and what is missing then is damage.
                _following = _folder.After(_segment.First);
                if (_following == 0) return false;
            }
        }
        return false;
    }

    /// <inheritdoc />
    public void Dispose() => Leave();

    /// <summary>Opens a segment; <paramref name="end"/> is the number after the last one of the segment before it.</summary>
    private bool Enter(long first, long end)
    {
        while (first != 0)
        {
            try
            {
                _segment = SegmentReader.Open(_disk, _folder.FileOf(first), first);
                if (first <= NextSequence) return true;
                foreach (var gap in JournalGap.Between(_folder.Path, NextSequence, first - 1, end)) Pass(gap);
                return true;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Retention has let it go since the folder was listed.
                first = _folder.After(first);
            }
        }

        // Of a journal that has ended everything may have been let go.
        if (LetGo.LastOf(_folder.Path) is var last && last >= NextSequence)
            foreach (var gap in JournalGap.Between(_folder.Path, NextSequence, last, end)) Pass(gap);
        return false;
    }

    private void Begin(SegmentReader segment)
    {
        _begun = true;
        if (segment.Header is null) _damage.Add(JournalGap.Header(segment.First));
    }

    private void Pass(JournalDamage damage)
    {
        if (Math.Max(damage.FromSequence, damage.ToSequence) < NextSequence) return;
        _damage.Add(damage);
        NextSequence = Math.Max(NextSequence, damage.ToSequence + 1);
    }

    private void Close(SegmentReader segment, long following)
    {
        if (segment.Length > segment.Position) Pass(JournalGap.Tail(segment, following - 1));
        var end = segment.Expected;
        Leave();
        Enter(following, end);
    }

    private void Leave()
    {
        _segment?.Dispose();
        (_segment, _begun, _following) = (null, false, 0);
    }
}
