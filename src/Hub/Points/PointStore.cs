using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Hub.Database;
using Holdfast.Hub.Loss;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Points;

/// <summary>The points as rows, the oldest first. Lists of packages are kept once.</summary>
internal sealed class PointStore(HubDatabase database)
{
    private const string Columns = "SELECT id, person, machine, machine_name, run, time, why, words, left_out, image, home, home_packages, system_packages, layer_mark, layer FROM points ";

    public IReadOnlyList<PointRecord> OfPerson(string person) => database.Query($"{Columns}WHERE person = $person ORDER BY id", Read, ("$person", person));

    public IReadOnlyList<PointRecord> OfMachine(string machine) => database.Query($"{Columns}WHERE machine = $machine ORDER BY id", Read, ("$machine", machine));

    public PointRecord? Find(long number) => database.Query($"{Columns}WHERE id = $id", Read, ("$id", number)) is [var point] ? point : null;

    public PointRecord? Newest(string machine) => database.Query($"{Columns}WHERE machine = $machine ORDER BY id DESC LIMIT 1", Read, ("$machine", machine)) is [var newest] ? newest : null;

    /// <summary>Those in which jobs run, or are to run.</summary>
    public IReadOnlySet<long> InUse() => database.Query("SELECT DISTINCT point FROM jobs WHERE over = 0 AND point IS NOT NULL", row => row.GetInt64(0)).ToHashSet();

    /// <summary>Who has any.</summary>
    public IReadOnlyList<string> People() => database.Query("SELECT DISTINCT person FROM points", row => row.GetString(0));

    /// <summary>Keeps a point; it with its number.</summary>
    public PointRecord Add(PointRecord point) => database.Transact(() =>
    {
        database.Execute(
            "INSERT INTO points (person, machine, machine_name, run, time, why, words, left_out, image, home, home_packages, system_packages, layer_mark, layer) "
            + "VALUES ($person, $machine, $name, $run, $time, $why, $words, $left, $image, $home, $homePackages, $systemPackages, $mark, $layer)",
            ("$person", point.Person), ("$machine", point.Machine), ("$name", point.MachineName), ("$run", point.Run), ("$time", point.Time.ToUnixTimeMilliseconds()),
            ("$why", point.Why.ToString()), ("$words", point.Words), ("$left", string.Join('\n', point.LeftOut)), ("$image", point.Image), ("$home", point.Home),
            ("$homePackages", point.HomePackages), ("$systemPackages", point.SystemPackages), ("$mark", point.LayerMark), ("$layer", point.Layer));
        return point with { Number = Convert.ToInt64(database.Value("SELECT last_insert_rowid()"), CultureInfo.InvariantCulture) };
    });

    public void Remove(PointRecord point) => database.Transact(() =>
    {
        database.Execute("DELETE FROM points WHERE id = $id", ("$id", point.Number));
        return database.Execute("DELETE FROM package_lists WHERE hash NOT IN (SELECT home_packages FROM points UNION SELECT system_packages FROM points WHERE system_packages IS NOT NULL)");
    });

    /// <summary>A machine is gone, and its layers with it: what its points have of the home stays.</summary>
    public void ForgetMachine(string machine) => database.Execute("UPDATE points SET machine = NULL, layer = NULL, layer_mark = NULL WHERE machine = $machine", ("$machine", machine));

    /// <summary>Keeps a list of packages; its hash.</summary>
    public string Keep(IReadOnlyList<Package> packages)
    {
        var list = JsonSerializer.SerializeToUtf8Bytes(packages, LossJson.Default.IReadOnlyListPackage);
        var hash = Convert.ToHexStringLower(SHA256.HashData(list));
        database.Execute("INSERT OR IGNORE INTO package_lists VALUES ($hash, $list)", ("$hash", hash), ("$list", System.Text.Encoding.UTF8.GetString(list)));
        return hash;
    }

    /// <summary>A list of packages; empty for none.</summary>
    public IReadOnlyList<Package> Packages(string? hash) =>
        hash is not null && database.Value("SELECT list FROM package_lists WHERE hash = $hash", ("$hash", hash)) is string list ? JsonSerializer.Deserialize(list, LossJson.Default.IReadOnlyListPackage)! : [];

    private static PointRecord Read(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), HubDatabase.Text(row, 2), row.GetString(3), row.GetInt32(4), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)), Enum.Parse<PointWhy>(row.GetString(6)),
        row.GetString(7), row.GetString(8).Split('\n', StringSplitOptions.RemoveEmptyEntries), HubDatabase.Text(row, 9), HubDatabase.Text(row, 10), row.GetString(11), HubDatabase.Text(row, 12), HubDatabase.Text(row, 13), HubDatabase.Text(row, 14));
}
