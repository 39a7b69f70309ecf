namespace Holdfast.Journal;

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

    /// <summary>Where is counted what is written and synced. Default nowhere.</summary>
    public JournalMeasures? Measures { get; init; }

    /// <summary>What touches the disk; tests put faults here.</summary>
    internal IDisk Disk { get; init; } = UnixDisk.Instance;
}
