using Holdfast.Notebooks.Comparing;

namespace Holdfast.History;

public sealed partial class HistoryStore
{
    private static readonly TimeSpan KeepAll = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepHourly = TimeSpan.FromDays(8);

    /// <summary>Bytes that the store uses.</summary>
    public long Size => Guarded(() => _database.Size);

    /// <summary>
    /// Lets versions go: of those older than a day each hour's last one stays, of those older than eight days each day's; then, while more than
    /// <paramref name="limit"/> bytes are used, the oldest ones of all notebooks, down to nine tenths of it. The newest version of a notebook
    /// always stays. Chunks that no version has go with them, in the same transaction.
    /// </summary>
    /// <returns>How many versions went.</returns>
    public int Thin(DateTimeOffset now, long limit) => Guarded(() =>
    {
        using var transaction = _database.Begin();
        // 1. By age.
        var kept = new List<(long Notebook, int Number, DateTimeOffset Time)>();
        var gone = new HashSet<(long Notebook, int Number)>();
        var seen = new HashSet<(long Notebook, long Slot)>();
        var all = _database.AllVersions();
        foreach (var version in all)
        {
            if (Slot(now, version.Time) is not { } slot || seen.Add((version.Notebook, slot)))
                kept.Add(version);
            else
                Remove(version);
        }
        if (gone.Count > 0)
            _database.DeleteUnusedChunks();
        // 2. By size: an eighth at a time, because what a version has to itself is known only when it has gone.
        var newest = all.DistinctBy(version => version.Notebook).ToHashSet();
        var oldest = new Queue<(long Notebook, int Number, DateTimeOffset Time)>(kept.Where(version => !newest.Contains(version)).OrderBy(version => version.Time).ThenBy(version => version.Number));
        for (var target = _database.Size > limit ? limit / 10 * 9 : limit; oldest.Count > 0 && _database.Size > target;)
        {
            for (var left = oldest.Count / 8 + 1; left > 0; left--)
                Remove(oldest.Dequeue());
            _database.DeleteUnusedChunks();
        }
        // 3. A version whose predecessor went is now different from another one.
        foreach (var (notebook, number, before) in Followers(all, gone))
            _database.SetChange(notebook, number, Words(notebook, before, number));
        transaction.Commit();
        if (gone.Count > 0)
            _database.Shrink();
        return gone.Count;

        void Remove((long Notebook, int Number, DateTimeOffset Time) version)
        {
            _database.Delete(version.Notebook, version.Number);
            gone.Add((version.Notebook, version.Number));
        }
    });

    /// <summary>Of the versions in one slot the last stays; null for a time of which all stay.</summary>
    private static long? Slot(DateTimeOffset now, DateTimeOffset time) =>
        now - time <= KeepAll ? null
        : now - time <= KeepHourly ? time.UtcTicks / TimeSpan.TicksPerHour
        : -time.UtcTicks / TimeSpan.TicksPerDay;

    /// <summary>The versions that stay behind one that went, each with the number of the one that is before it now; 0 for none.</summary>
    private static IEnumerable<(long Notebook, int Number, int Before)> Followers(List<(long Notebook, int Number, DateTimeOffset Time)> all, HashSet<(long, int)> gone)
    {
        for (var each = 0; each + 1 < all.Count; each++)
        {
            var (notebook, number, _) = all[each];
            if (gone.Contains((notebook, number)) || all[each + 1].Notebook != notebook || !gone.Contains((notebook, all[each + 1].Number)))
                continue;
            var before = all.Skip(each + 1).TakeWhile(version => version.Notebook == notebook).FirstOrDefault(version => !gone.Contains((notebook, version.Number)));
            yield return (notebook, number, before.Number);
        }
    }

    private string Words(long notebook, int before, int number) => before == 0
        ? OldestVersion
        : ChangeWords.Of(Document(_database.Row(notebook, before)!), Document(_database.Row(notebook, number)!));
}
