using System.Globalization;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;

namespace Holdfast.Cli.Hub;

/// <summary>A machine in words.</summary>
internal static class MachineTexts
{
    /// <summary>Its state as the API calls it, and why.</summary>
    public static string State(MachineView machine)
    {
        var state = JsonSerializer.Serialize(machine.State, HubJson.Default.MachineState).Trim('"');
        return machine.Reason is { } reason ? $"{state} ({reason.Replace('_', ' ')})" : state;
    }

    /// <summary>What it runs on.</summary>
    public static string Place(MachineView machine) => machine switch
    {
        { Image: { } image } => $"image {image}",
        { Node: { } node } => $"node {node} of {machine.Engine}",
        { Engine: "host" } => "this computer's own system",
        _ => $"a node of {machine.Engine}",
    };

    public static string Price(MachineView machine) => machine.Price switch
    {
        null => "price unknown",
        0 => "free of charge",
        var price => string.Create(CultureInfo.InvariantCulture, $"{price:0.00##} {machine.Currency} an hour"),
    };

    /// <summary>A step of a start in a line.</summary>
    public static string Step(StartStep step) => $"  {Plain(step.Name),-15} {(step.Took is { } took ? Duration.Of(took) : "..."),7}{(step.Detail is { Length: > 0 } detail ? $"  {Plain(detail)}" : "")}".TrimEnd();

    /// <summary>Of hooks that have failed: script, line, command, exit code, the last output. The lines begin with two spaces.</summary>
    public static IEnumerable<string> Hook(HookOutcome hook)
    {
        if (hook.Skipped is { } why) return [Plain($"  {hook.Name}: {hook.Script} was not run: {why}")];
        var took = Duration.Of(hook.Took);
        if (!hook.Failed) return [Plain($"  {hook.Name}: {hook.Script}, {took}")];
        return
        [
            $"  {Plain(hook.Name)}: {Plain(hook.Script)}{(hook.Line is { } line ? $" line {line}" : "")} {(hook.ExitCode is { } code ? $"failed with exit code {code}" : "ran out of time")} after {took}",
            .. hook.Command is { } command ? [$"    command: {Plain(command)}"] : Array.Empty<string>(),
            .. hook.Output.TrimEnd('\n').Split('\n').Where(text => text.Length > 0).TakeLast(20).Select(text => $"    | {Plain(text)}"),
        ];
    }

    /// <summary>A text from inside a machine without what would steer this terminal.</summary>
    public static string Plain(string text) => string.Concat(Colours.Strip(text).Select(letter => char.IsControl(letter) && letter != '\t' ? '\uFFFD' : letter));
}
