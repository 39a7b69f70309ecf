using System.CommandLine;
using System.Globalization;

namespace Holdfast.Cli;

/// <summary>An age or another span of time on the command line: <c>7d</c>, <c>12h</c>, <c>30m</c>, <c>90s</c>.</summary>
internal static class Age
{
    public static Option<TimeSpan?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var age = Parse(result.Tokens[0].Value);
            if (age is null) result.AddError($"{name} {Problem(result.Tokens[0].Value)}");
            return age;
        },
    };

    /// <summary>What is wrong with a text that is no span of time.</summary>
    public static string Problem(string text) => $"is a number and d, h, m or s, as in 7d, not '{text}'.";

    /// <summary>The span; null when the text is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1_000_000) return null;
        return text[^1] switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            's' => TimeSpan.FromSeconds(number),
            _ => null,
        };
    }
}
