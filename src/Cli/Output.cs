using System.CommandLine;
using System.Globalization;

namespace Holdfast.Cli;

/// <summary>How verbs write: text for people, or JSON for programs.</summary>
internal static class Output
{
    /// <summary>The option <c>-o</c> of verbs that list something.</summary>
    public static Option<string> Format()
    {
        var option = new Option<string>("--output", "-o") { Description = "text or json", DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }

    /// <summary>Says what went wrong on stderr and gives the exit code 1.</summary>
    public static int Fail(string message)
    {
        Console.Error.WriteLine($"holdfast: {message}");
        return 1;
    }

    /// <summary>Writes rows in columns as wide as their widest cell, the last one unpadded.</summary>
    public static void Table(IReadOnlyList<string> head, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, head.Count).Select(column => rows.Select(row => row[column].Length).Append(head[column].Length).Max()).ToArray();
        foreach (var row in rows.Prepend([.. head]))
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => column == head.Count - 1 ? cell : cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>A time as people say it: the clock time today, else with the date.</summary>
    public static string Clock(DateTimeOffset time, TimeProvider clock)
    {
        var local = TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone);
        var format = local.Date == clock.GetLocalNow().Date ? "HH:mm" : "yyyy-MM-dd HH:mm";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }
}
