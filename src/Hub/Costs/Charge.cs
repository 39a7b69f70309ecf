namespace Holdfast.Hub.Costs;

/// <summary>A stretch of time in which a machine or a job ran, or a volume held so many bytes.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="Subject">A machine's or a job's id; <c>storage</c>, <c>home/PERSON</c> or <c>notebooks/ID</c>.</param>
/// <param name="Name">What it was called then.</param>
/// <param name="Owner">Whose it was then; null for the team's.</param>
/// <param name="Type">Of a machine or job; null for a volume.</param>
/// <param name="Bytes">Of a volume; null for a machine.</param>
/// <param name="Price">Per hour of a machine or job, per GB (10⁹ bytes) and month of a volume.</param>
/// <param name="Currency">Of the price.</param>
/// <param name="Began">When it began.</param>
/// <param name="Seen">When the hub last knew that it went on.</param>
/// <param name="Ended">When it ended; null while it goes on.</param>
internal sealed record Charge(
    long Id, string Subject, string Name, string? Owner, string? Type, long? Bytes, decimal Price, string Currency, DateTimeOffset Began, DateTimeOffset Seen, DateTimeOffset? Ended)
{
    /// <summary>Whether it is a job's, and no machine's or volume's.</summary>
    public bool IsJob => Bytes is null && Subject[0] == 'j';

    private const decimal Gigabyte = 1_000_000_000;

    /// <summary>What of it lies in a span of time, a day of UTC each; of a clock that was set back nothing, never less.</summary>
    /// <param name="from">Where the span begins.</param>
    /// <param name="until">Where it ends; what goes on counts to there.</param>
    public IEnumerable<Share> Shares(DateTimeOffset from, DateTimeOffset until)
    {
        var at = Began > from ? Began : from;
        var end = Ended < until ? Ended.Value : until;
        while (at < end)
        {
            var day = DateOnly.FromDateTime(at.UtcDateTime);
            var next = new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
            var to = next < end ? next : end;
            // Divided is last, once: an hour and a half at 0.30 is 0.45, not nearly.
            var (amount, unit) = Bytes is { } bytes ? (bytes / Gigabyte, TimeSpan.TicksPerDay * DateTime.DaysInMonth(day.Year, day.Month)) : (1, TimeSpan.TicksPerHour);
            var length = (to - at).Ticks * amount;
            yield return new Share(this, day, length / unit, length * Price / unit);
            at = to;
        }
    }
}

/// <summary>What a charge comes to on a day.</summary>
/// <param name="Of">The charge.</param>
/// <param name="Day">Of UTC.</param>
/// <param name="Quantity">Hours of a machine, GB-months of a volume; not rounded.</param>
/// <param name="Cost">In the charge's currency; not rounded.</param>
internal readonly record struct Share(Charge Of, DateOnly Day, decimal Quantity, decimal Cost);
