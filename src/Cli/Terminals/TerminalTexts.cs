using System.Text.Json;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Terminals;

/// <summary>A terminal in words, and for programs.</summary>
internal static class TerminalTexts
{
    /// <summary>Whether it runs, else how it ended.</summary>
    public static string State(TerminalRecord terminal) =>
        terminal.Ended is null ? "runs" : terminal.ExitCode is { } code ? $"exit {code}" : "lost";

    /// <summary>What runs in it.</summary>
    public static string Command(TerminalRecord terminal) =>
        terminal.IsCommand ? string.Join(' ', terminal.Argv.Skip(1).Prepend(Path.GetFileName(terminal.Argv[0]))) : Path.GetFileName(terminal.Argv[0]);

    public static void Table(IReadOnlyList<TerminalRecord> terminals) => Output.Table(["TERMINAL", "STATE", "STARTED", "COMMAND", "FOLDER"],
        [.. terminals.Select(terminal => new[]
        {
            terminal.Name,
            State(terminal),
            Output.Clock(terminal.Started, TimeProvider.System),
            Command(terminal),
            terminal.WorkingFolder,
        })]);

    public static void Write(Utf8JsonWriter json, TerminalRecord terminal)
    {
        json.WriteStartObject();
        json.WriteString("name", terminal.Name);
        json.WriteBoolean("running", terminal.Ended is null);
        if (terminal.ExitCode is { } code) json.WriteNumber("exit_code", code);
        else json.WriteNull("exit_code");
        json.WriteStartArray("command");
        foreach (var word in terminal.Argv) json.WriteStringValue(word);
        json.WriteEndArray();
        json.WriteString("folder", terminal.WorkingFolder);
        json.WriteString("root", terminal.Root);
        if (terminal.ProcessId is { } pid) json.WriteNumber("pid", pid);
        else json.WriteNull("pid");
        json.WriteNumber("rows", terminal.Size.Rows);
        json.WriteNumber("columns", terminal.Size.Columns);
        json.WriteString("started", terminal.Started);
        json.WriteString("last_activity", terminal.LastActivity);
        if (terminal.Ended is { } ended) json.WriteString("ended", ended);
        else json.WriteNull("ended");
        json.WriteString("journal", terminal.JournalFolder);
        json.WriteString("note", terminal.Note);
        json.WriteEndObject();
    }
}
