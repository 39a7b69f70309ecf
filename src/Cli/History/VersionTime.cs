using System.Globalization;

namespace Holdfast.Cli.History;

/// <summary>A moment in the past as people name it.</summary>
internal static class VersionTime
{
    /// <summary><c>30m</c>, <c>2h</c>, <c>3d</c> ago; <c>14:00</c>, which was yesterday when today's is still to come; a date with or without a time. Null for anything else.</summary>
    public static DateTimeOffset? Parse(string word, TimeProvider clock)
    {
        var unit = word[^1] switch { 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), 'd' => TimeSpan.FromDays(1), _ => TimeSpan.Zero };
        if (unit > TimeSpan.Zero)
            return ushort.TryParse(word.AsSpan(0, word.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? clock.GetUtcNow() - count * unit : null;
        var now = clock.GetLocalNow();
        if (TimeOnly.TryParseExact(word, ["H:mm", "H:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            var today = new DateTime(DateOnly.FromDateTime(now.DateTime), time);
            var local = today <= now.DateTime ? today : today.AddDays(-1);
            return new DateTimeOffset(local, clock.LocalTimeZone.GetUtcOffset(local));
        }

        return DateTime.TryParseExact(word, ["yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day, clock.LocalTimeZone.GetUtcOffset(day))
            : null;
    }
}
