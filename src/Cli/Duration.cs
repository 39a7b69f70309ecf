using System.Globalization;

namespace Holdfast.Cli;

/// <summary>A span of time as people say it: <c>0.4 s</c>, <c>12 s</c>, <c>3:05</c>, <c>2:03:05</c>.</summary>
internal static class Duration
{
    public static string Of(TimeSpan span) => span switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 1 } => span.ToString(@"m\:ss", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalHours}:{span:mm\\:ss}"),
    };
}
