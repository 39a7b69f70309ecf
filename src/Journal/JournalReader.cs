namespace Holdfast.Journal;

/// <summary>
/// Reads a journal from any number on, in this or another process, while its writer writes. Never takes a lock, so it never blocks the writer.
/// Not safe for concurrent calls.
/// </summary>
public sealed class JournalReader : IDisposable
{
    /// <summary>Opens the journal in <paramref name="folder"/>; the folder may still be empty.</summary>
    public static JournalReader Open(string folder) => throw new NotImplementedException();

    /// <summary>The number of the next record that <see cref="TryRead"/> looks for.</summary>
    public long NextSequence => throw new NotImplementedException();

    /// <summary>Places passed over so far because they are damaged or were let go by retention.</summary>
    public IReadOnlyList<JournalDamage> Damage => throw new NotImplementedException();

    /// <summary>Goes to the first record whose number is <paramref name="sequence"/> or more.</summary>
    public void Seek(long sequence) => throw new NotImplementedException();

    /// <summary>Reads the next record; false when the end is reached for now. The payload is valid until the next call.</summary>
    public bool TryRead(out JournalRecord record) => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose() => throw new NotImplementedException();
}
