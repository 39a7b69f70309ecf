using System.Globalization;

namespace Holdfast.Hub.Costs;

/// <summary>A month of the calendar, in UTC.</summary>
/// <param name="From">Its first moment.</param>
internal readonly record struct CostMonth(DateTimeOffset From)
{
    /// <summary>The first moment of the next one.</summary>
    public DateTimeOffset End => From.AddMonths(1);

    /// <summary>The month that a moment lies in.</summary>
    public static CostMonth Of(DateTimeOffset time) => new(new DateTimeOffset(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The month of a text as <c>2026-11</c>; this one for null. Fault for another text, and for a month that has not begun.</summary>
    public static HubResult<CostMonth> Read(string? text, DateTimeOffset now)
    {
        if (text is null) return Of(now);
        if (!DateTimeOffset.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from))
            return new HubFault("bad-request", $"A month is written as 2026-11, not '{text}'.");
        return from <= now ? new CostMonth(from) : new HubFault("bad-request", $"{text} has not begun.");
    }

    /// <inheritdoc />
    public override string ToString() => From.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
