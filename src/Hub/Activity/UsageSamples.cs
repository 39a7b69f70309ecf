using Holdfast.Hub.Database;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Activity;

/// <summary>What a machine used.</summary>
/// <param name="Time">The minute, or after a day the first of ten.</param>
/// <param name="Cpu">Processors at work, 1 for one, on average.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Gpu">0 to 1; null without GPUs.</param>
/// <param name="GpuMemory">Bytes; null without GPUs.</param>
public sealed record UsageSample(DateTimeOffset Time, double Cpu, long Memory, double? Gpu, long? GpuMemory);

/// <summary>What machines have used: of the last day each minute, of a week each ten minutes.</summary>
internal sealed class UsageSamples(HubDatabase database)
{
    private const long TenMinutes = 600_000;
    private static readonly TimeSpan Fine = TimeSpan.FromDays(1), Kept = TimeSpan.FromDays(7);

    /// <summary>Of a machine, since a time, the oldest first.</summary>
    public IReadOnlyList<UsageSample> Read(string machine, DateTimeOffset since) => database.Query(
        "SELECT time, cpu, memory, gpu, gpu_memory FROM usage WHERE machine = $machine AND time >= $since ORDER BY time",
        row => new UsageSample(HubTime.Read(row, 0), row.GetDouble(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetDouble(3), row.IsDBNull(4) ? null : row.GetInt64(4)),
        ("$machine", machine), ("$since", since.ToUnixTimeMilliseconds()));

    /// <summary>Keeps samples, each its machine's; one whose machine has been deleted meanwhile is none.</summary>
    public void Add(IReadOnlyList<(string Machine, UsageSample Sample)> samples) => database.Transact(() => samples.Sum(each => database.Execute(
        "INSERT OR REPLACE INTO usage SELECT $machine, $time, $cpu, $memory, $gpu, $gpu_memory WHERE EXISTS (SELECT 1 FROM machines WHERE id = $machine)",
        ("$machine", each.Machine), ("$time", each.Sample.Time.ToUnixTimeMilliseconds()), ("$cpu", each.Sample.Cpu), ("$memory", each.Sample.Memory),
        ("$gpu", each.Sample.Gpu), ("$gpu_memory", each.Sample.GpuMemory))));

    /// <summary>Lets go of what is older than a week, and makes one of each ten that are older than a day.</summary>
    public void Thin(DateTimeOffset now) => database.Transact(() =>
    {
        var (fine, kept) = ((now - Fine).ToUnixTimeMilliseconds() / TenMinutes * TenMinutes, (now - Kept).ToUnixTimeMilliseconds());
        database.Execute("DELETE FROM usage WHERE time < $kept", ("$kept", kept));
        database.Execute(
            "INSERT OR REPLACE INTO usage SELECT machine, time / 600000 * 600000, avg(cpu), avg(memory), avg(gpu), CAST(avg(gpu_memory) AS INTEGER) FROM usage WHERE time < $fine GROUP BY machine, time / 600000",
            ("$fine", fine));
        return database.Execute("DELETE FROM usage WHERE time < $fine AND time % 600000 <> 0", ("$fine", fine));
    });
}
