using System.Runtime.CompilerServices;
using Holdfast.Hub.Database;
using Holdfast.Hub.People;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Events;

/// <summary>What happened to machines, volumes, budgets and the hub, in words: the newest 50,000. An administrator sees all, a member their own.</summary>
internal sealed class EventLog(HubDatabase database, TimeProvider time)
{
    /// <summary>So many are kept.</summary>
    public const int Most = 50_000;

    private const int ForgetEvery = 1000, LongestText = 2000, AtOnce = 500;

    private const string Visible = "SELECT id, time, kind, machine, owner, text FROM events WHERE ($owner IS NULL OR owner = $owner) AND ($machine IS NULL OR machine = $machine)";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Adds an event.</summary>
    /// <param name="kind">As <c>machine.stopped</c>.</param>
    /// <param name="machine">The machine's name; null when it is about none.</param>
    /// <param name="owner">Who sees it besides administrators; null for nobody.</param>
    /// <param name="text">It in words; what is longer than 2,000 characters is cut.</param>
    public void Add(string kind, string? machine, string? owner, string text)
    {
        var line = text.ReplaceLineEndings(" ");
        database.Transact(() =>
        {
            database.Execute("INSERT INTO events (time, kind, machine, owner, text) VALUES ($time, $kind, $machine, $owner, $text)",
                ("$time", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$kind", kind), ("$machine", machine), ("$owner", owner), ("$text", line.Length > LongestText ? line[..LongestText] : line));
            var id = (long)database.Value("SELECT last_insert_rowid()")!;
            return id % ForgetEvery == 0 ? database.Execute("DELETE FROM events WHERE id <= $old", ("$old", id - Most)) : 0;
        });
        Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }

    /// <summary>The newest events that somebody may see, the newest first.</summary>
    /// <param name="caller">Who looks.</param>
    /// <param name="before">Only events with a smaller id; null for the newest.</param>
    /// <param name="machine">Of this machine only; null for all.</param>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<HubEvent> Read(Caller caller, long? before = null, string? machine = null, int most = 100) => database.Query(
        $"{Visible} AND id < $id ORDER BY id DESC LIMIT $most", Row, ("$owner", OwnerOf(caller)), ("$machine", machine), ("$id", before ?? long.MaxValue), ("$most", most));

    /// <summary>The id of the newest event, whoever may see it; 0 when there was none.</summary>
    public long Newest() => database.Value("SELECT seq FROM sqlite_sequence WHERE name = 'events'") as long? ?? 0;

    /// <summary>The events after an id that somebody may see, the oldest first, and those to come, until it is cancelled. None is left out, none comes twice. Null when there was none for
    /// half a minute: a proxy closes what says nothing.</summary>
    /// <param name="caller">Who looks.</param>
    /// <param name="after">The id.</param>
    /// <param name="machine">Of this machine only; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<HubEvent?> WatchAsync(Caller caller, long after, string? machine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the look: what comes between the two is seen by the next one.
            var changed = Volatile.Read(ref _changed).Task;
            var rows = database.Query($"{Visible} AND id > $id ORDER BY id LIMIT $most", Row, ("$owner", OwnerOf(caller)), ("$machine", machine), ("$id", after), ("$most", AtOnce));
            foreach (var row in rows)
            {
                yield return row;
                after = row.Id;
            }
            if (rows.Count == AtOnce) continue;
            var isSilent = false;
            try
            {
                await changed.WaitAsync(Silence, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                isSilent = true;
            }
            if (isSilent) yield return null;
        }
    }

    private static string? OwnerOf(Caller caller) => caller.IsAdmin ? null : caller.Name;

    private static HubEvent Row(SqliteDataReader row) => new(row.GetInt64(0), HubTime.Read(row, 1), row.GetString(2), HubDatabase.Text(row, 3), HubDatabase.Text(row, 4), row.GetString(5));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
