namespace Holdfast.Journal;

/// <summary>What writers have done since they were given this; many journals share one. Safe for concurrent calls.</summary>
public sealed class JournalMeasures
{
    /// <summary>Upper bounds of <see cref="Syncs"/> in seconds; the last place counts what took longer.</summary>
    public static readonly IReadOnlyList<double> SyncBounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];

    private readonly long[] _syncs = new long[SyncBounds.Count + 1];
    private long _syncTicks;
    private long _records;
    private long _bytes;

    /// <summary>How many syncs took at most the bound of the same place and longer than the one before.</summary>
    public IReadOnlyList<long> Syncs => Array.ConvertAll(_syncs, count => count);

    /// <summary>How long all syncs took, in seconds.</summary>
    public double SyncSeconds => TimeSpan.FromTicks(Volatile.Read(ref _syncTicks)).TotalSeconds;

    /// <summary>Records that were handed to the operating system.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Their bytes in the files.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    internal void Flushed(long records, long bytes)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
    }

    internal void Synced(TimeSpan took)
    {
        var at = 0;
        while (at < SyncBounds.Count && took.TotalSeconds > SyncBounds[at]) at++;
        Interlocked.Increment(ref _syncs[at]);
        Interlocked.Add(ref _syncTicks, took.Ticks);
    }
}
