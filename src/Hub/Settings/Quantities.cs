using System.Globalization;

namespace Holdfast.Hub.Settings;

/// <summary>Sizes and spans of time as settings and the command line have them.</summary>
public static class Quantities
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>Bytes of <c>32GB</c> (a billion each), <c>32GiB</c> (2³⁰ each) or a plain number; null when the text is none.</summary>
    public static long? Size(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (unit, bytes) = Units.FirstOrDefault(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        return decimal.TryParse(text[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 10_000_000_000_000_000m / bytes * 100
            ? (long)(number * bytes)
            : null;
    }

    /// <summary>The span of <c>90s</c>, <c>5m</c>, <c>12h</c> or <c>7d</c>; null when the text is none.</summary>
    public static TimeSpan? Span(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length < 2 || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1_000_000) return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    /// <summary>A span as <see cref="Span"/> reads it: in the largest unit of which it is whole numbers, in seconds at least.</summary>
    public static string Text(TimeSpan span) => span switch
    {
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerDay == 0 => $"{span.Days}d",
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerHour == 0 => $"{(int)span.TotalHours}h",
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerMinute == 0 => $"{(int)span.TotalMinutes}m",
        _ => $"{(int)span.TotalSeconds}s",
    };
}
