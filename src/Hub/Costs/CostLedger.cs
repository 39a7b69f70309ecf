using System.Globalization;
using Holdfast.Hub.Database;
using Holdfast.Hub.People;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Costs;

/// <summary>The charges as they are kept. Of one machine or volume there is at most one at any time, and none lies in the future, wherever the clock was set.</summary>
internal sealed class CostLedger(HubDatabase database, TimeProvider time)
{
    private const string Columns = "SELECT id, subject, name, owner, type, bytes, price, currency, began, seen, ended FROM charges";

    /// <summary>Those that go on.</summary>
    public IReadOnlyList<Charge> Open() => database.Query($"{Columns} WHERE ended IS NULL", Read);

    /// <summary>Those of which something lies in a span of time, by their beginning.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="until">Where it ends.</param>
    /// <param name="owner">Only theirs; null for all.</param>
    public IReadOnlyList<Charge> Between(DateTimeOffset from, DateTimeOffset until, string? owner) => [.. database.Query(
        // Of all that ever was, the index of ends finds what is not over. That of beginnings, which + keeps out, would find the years before; so would an order.
        $"{Columns} WHERE {Of(owner)} AND ended > $from AND +began < $until UNION ALL {Columns} WHERE {Of(owner)} AND ended IS NULL AND +began < $until", Read,
        ("$from", Milliseconds(from)), ("$until", Milliseconds(until)), ("$owner", owner)).OrderBy(charge => charge.Began).ThenBy(charge => charge.Id)];

    /// <summary>Those of one machine or volume of which something lies after a time.</summary>
    public IReadOnlyList<Charge> Of(string subject, DateTimeOffset from) => database.Query(
        $"{Columns} WHERE subject = $subject AND (ended > $from OR ended IS NULL)", Read, ("$subject", subject), ("$from", Milliseconds(from)));

    /// <summary>When the first charge began, of one owner or of all; null when there was none.</summary>
    public DateTimeOffset? First(string? owner) => database.Value($"SELECT began FROM charges WHERE {Of(owner)} ORDER BY began LIMIT 1", ("$owner", owner)) is long first
        ? DateTimeOffset.FromUnixTimeMilliseconds(first)
        : null;

    /// <summary>A machine runs from now on; one that does already goes on as it is.</summary>
    public void BeginRun(string machine, string name, string owner, string type, decimal price, string currency) => database.Transact(() =>
    {
        if (Current(machine) is null) Begin(machine, name, owner, type, null, price, currency);
        return true;
    });

    /// <summary>A volume holds so many bytes from now on; where nothing is different, nothing is written.</summary>
    public void Store(string volume, string name, string? owner, long bytes, decimal price, string currency) => database.Transact(() =>
    {
        if (Current(volume) is { } now)
        {
            if ((now.Bytes, now.Price, now.Currency, now.Owner) == (bytes, price, currency, owner)) return false;
            End(now.Id, time.GetUtcNow());
        }
        if (bytes > 0) Begin(volume, name, owner, null, bytes, price, currency);
        return true;
    });

    /// <summary>It goes on as of now.</summary>
    public void See(long id) => database.Execute("UPDATE charges SET seen = $now WHERE id = $id AND ended IS NULL", ("$id", id), ("$now", Now));

    /// <summary>It has ended; not before it began, and not later than now. One that has ended already stays as it is.</summary>
    public void End(long id, DateTimeOffset end) => database.Execute("UPDATE charges SET ended = max(began, min($end, $now)) WHERE id = $id AND ended IS NULL", ("$id", id), ("$end", Milliseconds(end)), ("$now", Now));

    /// <summary>The one that goes on of a machine or a volume; null when none does.</summary>
    public Charge? Current(string subject) => database.Query($"{Columns} WHERE subject = $subject AND ended IS NULL", Read, ("$subject", subject)).SingleOrDefault();

    private void Begin(string subject, string name, string? owner, string? type, long? bytes, decimal price, string currency)
    {
        // Of a clock that was set back: what would lie in the future from here is cut, so that the same hour is not charged twice.
        database.Execute("UPDATE charges SET ended = max(began, $now) WHERE subject = $subject AND ended > $now", ("$subject", subject), ("$now", Now));
        database.Execute(
            """
            INSERT INTO charges (subject, name, owner, type, bytes, price, currency, began, seen)
            VALUES ($subject, $name, $owner, $type, $bytes, $price, $currency, $now, $now)
            """,
            ("$subject", subject), ("$name", name), ("$owner", owner), ("$type", type), ("$bytes", bytes), ("$price", price.ToString(CultureInfo.InvariantCulture)), ("$currency", currency), ("$now", Now));
    }

    /// <summary>Two statements, so that each has its index.</summary>
    private static string Of(string? owner) => owner is null ? "$owner IS NULL" : "owner = $owner";

    private long Now => Milliseconds(time.GetUtcNow());

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static Charge Read(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), HubDatabase.Text(row, 3), HubDatabase.Text(row, 4), row.IsDBNull(5) ? null : row.GetInt64(5),
        decimal.Parse(row.GetString(6), CultureInfo.InvariantCulture), row.GetString(7), HubTime.Read(row, 8), HubTime.Read(row, 9), HubTime.ReadOptional(row, 10));
}
