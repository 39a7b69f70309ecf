namespace Holdfast.Journal;

/// <summary>What opening a journal found.</summary>
/// <param name="TornBytes">Bytes of a torn last record that were cut off; 0 when the journal ended whole.</param>
/// <param name="Damage">Damaged places, each named; empty when there is none.</param>
public sealed record JournalRecovery(long TornBytes, IReadOnlyList<JournalDamage> Damage);

/// <summary>
/// A damaged place: the records from <paramref name="FromSequence"/> to <paramref name="ToSequence"/> cannot be read.
/// When <paramref name="ToSequence"/> is the smaller one, bytes are damaged and no record is lost.
/// </summary>
/// <param name="Segment">The file's name in the journal's folder.</param>
/// <param name="Offset">Where in the file the damage begins, in bytes.</param>
/// <param name="FromSequence">The first number that cannot be read.</param>
/// <param name="ToSequence">The last number that cannot be read.</param>
/// <param name="Reason">What is wrong, for people.</param>
public sealed record JournalDamage(string Segment, long Offset, long FromSequence, long ToSequence, string Reason);
