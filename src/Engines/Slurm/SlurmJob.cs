using System.Globalization;

namespace Holdfast.Engines.Slurm;

/// <summary>A job as <c>squeue</c> lists it.</summary>
/// <param name="Id">Slurm's number.</param>
/// <param name="Restarts">How often Slurm has begun it again.</param>
/// <param name="State">As <c>PENDING</c>, <c>RUNNING</c>, <c>NODE_FAIL</c>.</param>
/// <param name="Reason">Why it waits or ended, in Slurm's word; <c>None</c> for nothing.</param>
/// <param name="Start">When it has begun, or is planned to; null when Slurm does not say.</param>
/// <param name="Priority">Slurm's number: larger goes first.</param>
/// <param name="Name">Its name.</param>
/// <param name="Nodes">Where it runs; empty when it does not.</param>
/// <param name="End">When its limit of time ends it, or it has ended; null when Slurm does not say.</param>
internal sealed record SlurmJob(string Id, int Restarts, string State, string Reason, DateTimeOffset? Start, long Priority, string Name, string Nodes, DateTimeOffset? End = null)
{
    // Fields have fixed widths, in the order and of the names that squeue has had them in since 2017; its JSON has other ones in each release.
    private static readonly (string Field, int Width)[] Columns =
        [("JobID", 16), ("RestartCnt", 8), ("State", 20), ("Reason", 48), ("StartTime", 24), ("PriorityLong", 16), ("Name", 72), ("EndTime", 24), ("NodeList", 256)];

    /// <summary>What <c>squeue</c> is asked for.</summary>
    public static string Format { get; } = string.Join(',', Columns.Select(column => $"{column.Field}:{column.Width}"));

    /// <summary>Whether it is in the queue.</summary>
    public bool IsWaiting => State is "PENDING" or "CONFIGURING" or "REQUEUED" or "REQUEUE_FED" or "REQUEUE_HOLD" or "SPECIAL_EXIT" or "RESV_DEL_HOLD" or "SUSPENDED" or "STOPPED";

    /// <summary>Whether it has its nodes.</summary>
    public bool IsAtWork => State is "RUNNING" or "COMPLETING" or "STAGE_OUT" or "SIGNALING" or "RESIZING";

    /// <summary>A line of <c>squeue</c>; null when it is none.</summary>
    public static SlurmJob? Parse(string line)
    {
        var fields = new string[Columns.Length];
        var at = 0;
        foreach (var (column, index) in Columns.Select((column, index) => (column, index)))
        {
            if (at >= line.Length && index < Columns.Length - 1) return null;
            fields[index] = line[Math.Min(at, line.Length)..Math.Min(at + column.Width, line.Length)].TrimEnd();
            at += column.Width;
        }
        _ = int.TryParse(fields[1], CultureInfo.InvariantCulture, out var restarts);
        _ = long.TryParse(fields[5], CultureInfo.InvariantCulture, out var priority);
        return new SlurmJob(fields[0], restarts, fields[2], fields[3], Time(fields[4]), priority, fields[6], fields[8], Time(fields[7]));
    }

    /// <summary>Slurm's times are of this host's zone.</summary>
    public static DateTimeOffset? Time(string text) =>
        DateTime.TryParseExact(text, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? new DateTimeOffset(time) : null;
}
