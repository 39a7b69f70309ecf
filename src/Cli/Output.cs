using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Cli;

/// <summary>How verbs write: text for people, or JSON for programs.</summary>
internal static class Output
{
    /// <summary>Whether text may have colours: on a terminal, and not with NO_COLOR (no-color.org).</summary>
    private static bool Coloured { get; } = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Surroundings.Variables.GetValueOrDefault("NO_COLOR")) && Surroundings.Variables.GetValueOrDefault("TERM") != "dumb";

    /// <summary>The option <c>-o</c> of verbs that list something.</summary>
    /// <param name="json">What the JSON is, when it is not one value.</param>
    public static Option<string> Format(string json = "json") => new("--output", "-o")
    {
        Description = $"text or {json}. Default text.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "text",
        CustomParser = result =>
        {
            var format = result.Tokens[0].Value;
            if (format is not ("text" or "json")) result.AddError($"--output is text or json, not '{format}'.");
            return format;
        },
    };

    /// <summary>Says what went wrong on stderr and gives the exit code 1.</summary>
    public static int Fail(string message)
    {
        Console.Error.WriteLine($"holdfast: {message}");
        return 1;
    }

    /// <summary>Writes one JSON value, indented.</summary>
    public static void Json(Action<Utf8JsonWriter> write)
    {
        using var stdout = new StandardOutput();
        using (var json = new Utf8JsonWriter(stdout, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(json);
        stdout.WriteByte((byte)'\n');
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

    /// <summary>The text in one of the terminal's colours (31 red, 32 green, 33 yellow), where colours are wanted.</summary>
    public static string Paint(string text, int colour) => Coloured ? $"\e[{colour}m{text}\e[0m" : text;

    /// <summary>A text that another sentence can follow.</summary>
    public static string Sentence(string text) => text is "" or [.., '.' or '!' or '?'] ? text : $"{text}.";

    /// <summary>A number and its noun: <c>1 kernel</c>, <c>2 kernels</c>.</summary>
    public static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>A time as people say it: the clock time today, else with the date.</summary>
    public static string Clock(DateTimeOffset time, TimeProvider clock)
    {
        var local = TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone);
        var format = local.Date == clock.GetLocalNow().Date ? "HH:mm" : "yyyy-MM-dd HH:mm";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }
}
