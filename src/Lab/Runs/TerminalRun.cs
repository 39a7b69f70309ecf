using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;

namespace Holdfast.Lab.Runs;

/// <summary>A terminal as the run panel shows it.</summary>
/// <param name="Terminal">The terminal.</param>
/// <param name="Foreground">What its shell waits for; null for nothing. A terminal that was started for one command has that.</param>
/// <param name="Screen">The rows that its screen shows; none when it is not known.</param>
/// <param name="Usage">What its processes use; null when that is not known.</param>
internal sealed record TerminalRun(TerminalRecord Terminal, ForegroundCommand? Foreground, IReadOnlyList<string> Screen, ProcessUsage? Usage) : Run(Usage)
{
    /// <summary>What no kernel's id begins with.</summary>
    public const string IdPrefix = "terminals/";

    public override string Id => IdPrefix + Terminal.Name;

    /// <summary>How a command in a shell ended only the shell knows.</summary>
    public override string Word => Terminal.Ended is not null ? Terminal.ExitCode switch { 0 => "done", null => "stopped", _ => "failed" }
        : Terminal.IsCommand || Foreground is not null ? "running"
        : "idle";

    public override string Name => $"Terminal {Terminal.Name}";

    /// <summary>A shell that waits shows its prompt below what was printed last.</summary>
    public override string? LastLine => Screen.Where(row => row.Length > 0).SkipLast(Word == "idle" ? 1 : 0).LastOrDefault()?.Trim();

    public override DateTimeOffset LastSeen => Terminal.Ended ?? Terminal.LastActivity;

    protected override void WriteOwn(Utf8JsonWriter json)
    {
        json.WriteString("terminal"u8, Terminal.Name);
        json.WriteString("note"u8, Terminal.Note ?? (Terminal.ExitCode is > 0 and var code ? $"exit code {code}" : null));
        json.WriteString("description"u8, Terminal.IsCommand ? string.Join(' ', Terminal.Argv) : Foreground?.Text);
        if ((Terminal.IsCommand ? Terminal.Started : Foreground?.Started) is { } started)
            json.WriteString("started"u8, ApiJson.Time(started));
        json.WriteString("last_output"u8, ApiJson.Time(LastSeen));
    }
}
