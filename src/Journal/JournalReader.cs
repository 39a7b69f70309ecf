namespace Holdfast.Journal;

/// <summary>
/// Reads a journal from any number on, in this or another process, while its writer writes. Never takes a lock, so it never blocks the writer.
/// Not safe for concurrent calls.
/// </summary>
public sealed class JournalReader : IDisposable
{
    private readonly SegmentFolder _folder;
    private readonly List<JournalDamage> _damage = [];
    private SegmentReader? _segment;
    private long _following;

    private JournalReader(string folder) => _folder = new SegmentFolder(folder);

    /// <summary>Opens the journal in <paramref name="folder"/> at its first number; the folder may be empty or not exist yet.</summary>
    public static JournalReader Open(string folder) => new(folder);

    /// <summary>The number of the next record that <see cref="TryRead"/> looks for.</summary>
    public long NextSequence { get; private set; } = 1;

    /// <summary>Places passed over so far because they are damaged or were let go by retention.</summary>
    public IReadOnlyList<JournalDamage> Damage => _damage;

    /// <summary>Goes to the first record whose number is <paramref name="sequence"/> or more.</summary>
    public void Seek(long sequence)
    {
        NextSequence = Math.Max(1, sequence);
        Leave();
    }

    /// <summary>Reads the next record; false when the end is reached for now. The payload is valid until the next call.</summary>
    /// <exception cref="IOException">A segment cannot be opened, for another reason than that it was let go.</exception>
    public bool TryRead(out JournalRecord record)
    {
        record = default;
        while (_segment is not null || Enter(_folder.Holding(NextSequence)))
        {
            while (_segment!.TryRead(out record))
            {
                if (record.Sequence < NextSequence) continue;
                NextSequence = record.Sequence + 1;
                return true;
            }
            if (_segment.TryPassDamage(out var damage))
            {
                if (damage is not null && damage.ToSequence >= NextSequence) _damage.Add(damage);
                continue;
            }
            if (_following == 0)
            {
                // A segment is whole before the next one exists: when there is a next one, read once more and what is missing then is damage.
                _following = _folder.After(_segment.First);
                if (_following == 0) return false;
                continue;
            }
            Close(_segment, _following);
        }
        return false;
    }

    /// <inheritdoc />
    public void Dispose() => Leave();

    private bool Enter(long first)
    {
        while (first != 0)
        {
            try
            {
                _segment = SegmentReader.Open(_folder.FileOf(first), first);
                if (first > NextSequence) Missed(first);
                return true;
            }
            catch (FileNotFoundException)
            {
                first = _folder.After(first);
            }
        }
        return false;
    }

    private void Missed(long first)
    {
        _damage.Add(new JournalDamage(SegmentHeader.FileName(first), 0, NextSequence, first - 1, JournalGap.Missing));
        NextSequence = first;
    }

    private void Close(SegmentReader segment, long following)
    {
        var end = segment.Position;
        if (segment.Length > end && following > NextSequence)
        {
            _damage.Add(new JournalDamage(SegmentHeader.FileName(segment.First), end, NextSequence, following - 1, "The file is damaged from here to its end."));
            NextSequence = following;
        }
        Leave();
        Enter(following);
    }

    private void Leave()
    {
        _segment?.Dispose();
        (_segment, _following) = (null, 0);
    }
}
