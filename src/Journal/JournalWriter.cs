namespace Holdfast.Journal;

/// <summary>
/// The only writer of one journal: a folder of append-only segments. Not safe for concurrent calls; its owner serialises them.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    /// <summary>Opens or creates the journal in <paramref name="folder"/>, repairing a torn last record.</summary>
    public static JournalWriter Open(string folder, JournalOptions? options = null) => throw new NotImplementedException();

    /// <summary>What was found and mended while opening.</summary>
    public JournalRecovery Recovery => throw new NotImplementedException();

    /// <summary>The number of the last record appended, 0 when there is none.</summary>
    public long LastSequence => throw new NotImplementedException();

    /// <summary>The number of the last record that readers can see (it has been handed to the operating system).</summary>
    public long VisibleSequence => throw new NotImplementedException();

    /// <summary>The number of the last record that survives a power cut.</summary>
    public long SyncedSequence => throw new NotImplementedException();

    /// <summary>Bytes appended and not yet visible. The owner flushes before this passes <see cref="JournalOptions.BufferBytes"/>.</summary>
    public int PendingBytes => throw new NotImplementedException();

    /// <summary>Adds a record to the buffer and returns its number. Never touches the disk; visible after <see cref="Flush"/>.</summary>
    public long Append(byte kind, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    /// <summary>Reserves a record of <paramref name="length"/> bytes to be filled in place before the next call on this writer.</summary>
    public Span<byte> Reserve(byte kind, int length, out long sequence) => throw new NotImplementedException();

    /// <summary>
    /// Hands what is buffered to the operating system, so that readers see it, and arms the sync that follows within
    /// <see cref="JournalOptions.SyncInterval"/>. When the disk is full nothing is lost or torn: the buffer is kept and the call can be repeated.
    /// </summary>
    public FlushResult Flush() => throw new NotImplementedException();

    /// <summary>Flushes and waits until everything is on the disk.</summary>
    public FlushResult Sync() => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>How a flush ended. An expected failure is a value: the owner holds its source back and tries again.</summary>
/// <param name="Ok">Whether everything that was buffered is visible now.</param>
/// <param name="Error">Null when ok, else what went wrong, naming the file and the mend.</param>
/// <param name="DiskFull">Whether the reason is a full disk or quota.</param>
public readonly record struct FlushResult(bool Ok, string? Error, bool DiskFull);

/// <summary>What opening a journal found.</summary>
/// <param name="TornBytes">Bytes of a torn last record that were cut off; 0 when the journal ended whole.</param>
/// <param name="Damage">Damaged places, each named; empty when there is none.</param>
public sealed record JournalRecovery(long TornBytes, IReadOnlyList<JournalDamage> Damage);

/// <summary>A damaged place: the records from <paramref name="FromSequence"/> to <paramref name="ToSequence"/> cannot be read.</summary>
public sealed record JournalDamage(string Segment, long Offset, long FromSequence, long ToSequence, string Reason);

/// <summary>How a journal is written.</summary>
public sealed record JournalOptions
{
    /// <summary>A segment is closed when it has grown past this many bytes. Default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Longest time between a flush and its sync. Default 50 ms.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The buffer's size in bytes; it grows for one larger record and shrinks again. Default 256 KiB.</summary>
    public int BufferBytes { get; init; } = 256 << 10;

    /// <summary>The clock for timestamps. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
