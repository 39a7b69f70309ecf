using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Hub.Points;

/// <summary>A moment as people say it: <c>14:00</c>, <c>yesterday 14:00</c>, <c>2026-11-20 14:00</c>, <c>2h ago</c>, in the clock's time zone; a day alone is its end.</summary>
public static partial class PointTime
{
    /// <summary>The moment; null when the text is none. A clock time that is still to come today is one of today all the same.</summary>
    public static DateTimeOffset? Parse(string text, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(clock);
        var words = text.Trim().ToLowerInvariant();
        var now = clock.GetUtcNow();
        if (words == "now") return now;
        if (Ago().Match(words) is { Success: true } ago)
        {
            var number = double.Parse(ago.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            if (number > 100_000) return null;
            return now - ago.Groups[2].Value[0] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => TimeSpan.FromDays(7 * number),
            };
        }
        if (Moment().Match(words) is not { Success: true, Length: > 0 } moment) return null;
        var today = DateOnly.FromDateTime(clock.GetLocalNow().DateTime);
        var (day, time) = (today, TimeOnly.MinValue);
        if (moment.Groups[1].Value is "yesterday") day = today.AddDays(-1);
        else if (moment.Groups[1].Value is not ("" or "today") && !DateOnly.TryParseExact(moment.Groups[1].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)) return null;
        if (!moment.Groups[2].Success) return At(day.AddDays(1), time, clock);
        return TimeOnly.TryParseExact(moment.Groups[2].ValueSpan, ["H:mm", "H:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time) ? At(day, time, clock) : null;
    }

    private static DateTimeOffset At(DateOnly day, TimeOnly time, TimeProvider clock)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, clock.LocalTimeZone.GetUtcOffset(local));
    }

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)\s*(s|m|h|d|w|second|minute|hour|day|week|min|sec)s?\s+ago$")]
    private static partial Regex Ago();

    [GeneratedRegex(@"^(today|yesterday|[0-9]{4}-[0-9][0-9]-[0-9][0-9])?(?:[ t]*([0-9]{1,2}:[0-9][0-9](?::[0-9][0-9])?))?$")]
    private static partial Regex Moment();
}
