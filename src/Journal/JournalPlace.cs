namespace Holdfast.Journal;

/// <summary>Where a record stands, to come back to it with <see cref="JournalReader.Seek(JournalPlace)"/>. It costs nothing to keep and holds nothing open.</summary>
/// <param name="Sequence">The record's number.</param>
/// <param name="Segment">The first number of the segment that it stands in.</param>
/// <param name="Offset">Where in the segment's file it begins, in bytes.</param>
public readonly record struct JournalPlace(long Sequence, long Segment, long Offset);
