namespace Holdfast.Journal;

/// <summary>Where a record stands, to come back to it with <see cref="JournalReader.Seek(JournalPlace)"/>. It costs nothing to keep and holds nothing open.</summary>
public readonly record struct JournalPlace
{
    /// <summary>The record's number.</summary>
    public long Sequence { get; internal init; }

    /// <summary>The first number of the segment that it stands in.</summary>
    internal long Segment { get; init; }

    /// <summary>Where in the file it begins, in bytes.</summary>
    internal long Offset { get; init; }
}
