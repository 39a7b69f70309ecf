using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Lab.Runs;

/// <summary>Something that runs or has run, as the run panel shows it.</summary>
/// <param name="Usage">What its processes use; null when that is not known.</param>
internal abstract partial record Run(ProcessUsage? Usage)
{
    /// <summary>Names it in requests: a kernel's id, or <c>terminals/NAME</c>.</summary>
    public abstract string Id { get; }

    /// <summary>running, asks (waits for input), done, failed, stopped, died, or idle when it has nothing to do.</summary>
    public abstract string Word { get; }

    /// <summary>What people know it by.</summary>
    public abstract string Name { get; }

    /// <summary>The last line that it has put out; null when nothing is known.</summary>
    public abstract string? LastLine { get; }

    /// <summary>When it was last seen to do something.</summary>
    public abstract DateTimeOffset LastSeen { get; }

    /// <summary>Whether it is at work.</summary>
    public bool IsBusy => Word is "running" or "asks";

    /// <summary>How far it says that it is, from 0 to 1, where its last line has a percentage or <c>n/m</c>, as progress bars have; null else.</summary>
    public double? Progress
    {
        get
        {
            if (LastLine is not { Length: > 0 and < 10_000 } line)
                return null;
            if (Percent().Match(line) is { Success: true } percent)
                return double.Parse(percent.Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 100;
            if (Part().Match(line) is not { Success: true } part)
                return null;
            var (done, all) = (double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture), double.Parse(part.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
            return all > 0 && done <= all ? done / all : null;
        }
    }

    /// <summary>What it is in one line, as chat services show it.</summary>
    public string Text => TextOf(Name, Word, LastLine);

    /// <summary>The same for what is not there any more.</summary>
    public static string TextOf(string name, string word, string? lastLine) => $"{name}: {word}{(string.IsNullOrEmpty(lastLine) ? "" : $" – {lastLine}")}";

    /// <summary>Writes it for the page and for programs.</summary>
    /// <param name="json">Gets it.</param>
    /// <param name="isTold">Whether an address is told of its end.</param>
    public void Write(Utf8JsonWriter json, bool isTold)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("name"u8, Name);
        json.WriteString("state"u8, Word);
        json.WriteBoolean("notice"u8, isTold);
        WriteOwn(json);
        if (LastLine is { } line)
            json.WriteString("last_line"u8, line.Length > 400 ? line[..400] : line);
        if (Progress is { } progress)
            json.WriteNumber("progress"u8, Math.Round(progress, 4));
        if (Usage is { } usage)
        {
            json.WriteNumber("cpu"u8, Math.Round(usage.Cpu, 2));
            json.WriteNumber("memory"u8, usage.Memory);
            if (usage.GpuMemory is { } gpu)
                json.WriteNumber("gpu_memory"u8, gpu);
        }
        json.WriteEndObject();
    }

    /// <summary>Writes what only its kind has.</summary>
    protected abstract void WriteOwn(Utf8JsonWriter json);

    [GeneratedRegex(@"(?<![\d.])(100|\d{1,2}(?:\.\d{1,3})?)\s?%", RegexOptions.CultureInvariant)]
    private static partial Regex Percent();

    [GeneratedRegex(@"(?<![\d./])(\d{1,9})\s?/\s?(\d{1,9})(?![\d./])", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
