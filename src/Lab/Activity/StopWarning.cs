using System.Text.Json;
using Holdfast.Lab.Events;
using Holdfast.Lab.Http;
using Holdfast.Lab.Terminals;

namespace Holdfast.Lab.Activity;

/// <summary>What the hub has said is about to happen to this machine. It is shown in every page and every terminal, until it is withdrawn. Safe for concurrent calls.</summary>
internal sealed class StopWarning(LabEvents events, LabTerminals terminals, MachineProcesses processes, LabOptions options)
{
    /// <summary>The schema of its events: <c>text</c> and <c>until</c>, both null when it is withdrawn.</summary>
    public const string Schema = "https://holdfast.dev/events/stop_warning/v1";

    private readonly Lock _gate = new();
    private (string Text, DateTimeOffset? Until)? _said;

    /// <summary>Shows a warning in the place of the one before.</summary>
    public void Say(string text, DateTimeOffset? until) => Change((text, until), text);

    /// <summary>Takes it back.</summary>
    public void Withdraw() => Change(null, "This machine is in use again, and stays.");

    /// <summary>Writes it as the members <c>text</c> and <c>until</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        var said = _said;
        json.WriteString("text"u8, said?.Text);
        json.WriteString("until"u8, said?.Until is { } until ? ApiJson.Time(until) : null);
    }

    private void Change((string, DateTimeOffset?)? said, string line)
    {
        lock (_gate)
        {
            if (_said == said)
                return;
            _said = said;
            events.Publish(Schema, Write);
            var shells = options.ProcessMark is null ? terminals.All.Select(terminal => terminal.ProcessId).OfType<int>() : processes.Look().Shells;
            foreach (var shell in shells)
                TerminalLine.Write(shell, $"Holdfast: {line}");
        }
    }
}
