namespace Holdfast.Journal;

/// <summary>One record of a journal, as it was appended.</summary>
/// <param name="Sequence">Its number: the first record of a journal is 1, every next one is one more.</param>
/// <param name="Timestamp">When it was appended, in microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Kind">What it is; the journal gives no meaning to it.</param>
/// <param name="Payload">Its bytes. From a reader: valid until the next call on that reader.</param>
public readonly record struct JournalRecord(long Sequence, long Timestamp, byte Kind, ReadOnlyMemory<byte> Payload);
