using System.Globalization;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Pages;

/// <summary>How pages show a machine.</summary>
internal static class MachineParts
{
    public static string Word(MachineState state) => state switch
    {
        MachineState.Created => "created",
        MachineState.Pulling => "pulling",
        MachineState.Starting => "starting",
        MachineState.Running => "running",
        MachineState.Stopping => "stopping",
        MachineState.Stopped => "stopped",
        MachineState.Failed => "failed",
        _ => "deleted",
    };

    /// <summary>Running, although a hook failed or was not run.</summary>
    public static bool IsSafeMode(MachineRecord machine) =>
        machine is { State: MachineState.Running, Reason: MachineReason.HookFailed or MachineReason.HookTimeout or MachineReason.SafeMode };

    /// <summary>The state as a class of the style sheet.</summary>
    public static string Class(MachineRecord machine) => IsSafeMode(machine) ? "safe" : Word(machine.State);

    public static Html Badge(MachineRecord machine) => $"""<span class="state {Class(machine)}">{(IsSafeMode(machine) ? "running in safe mode" : machine is { State: MachineState.Starting, Reason: MachineReason.Queued } ? "queued" : Word(machine.State))}</span>""";

    /// <summary>How long a start took, and each of its steps.</summary>
    public static Html Steps(IReadOnlyList<StartStep> steps) => $"""<details><summary>The last start: {Seconds(Sum(steps))}</summary><ol class="steps">{StepLines(steps)}</ol></details>""";

    /// <summary>The machine's type, with what an hour of it costs.</summary>
    public static string TypeWords(MachineRecord machine, HubSettings settings)
    {
        var type = MachineRules.TypeOf(machine, settings);
        return type.Price == 0 ? type.Name : $"{type.Name}, {Words.Price(type.Price, settings.Currency)} an hour";
    }

    public static IEnumerable<Html> StepLines(IEnumerable<StartStep> steps) => steps.Select(step => (Html)$"""
        <li class="{StepClass(step)}"><span>{StepName(step.Name)}{Html.If(step.Detail is not null, $"<small>{step.Detail}</small>")}</span><span>{(step.Took is { } took ? Seconds(took) : "")}</span></li>
        """);

    /// <summary>A step has words only when it failed or was not run.</summary>
    internal static string StepClass(StartStep step) => step switch
    {
        { Took: null } => "now",
        { Detail: null } => "done",
        { Detail: var why } => why.StartsWith("not run: ", StringComparison.Ordinal) ? "skipped" : "bad",
    };

    public static string StepName(string name) => name switch
    {
        "pull" => "Fetch the image",
        "create" => "Create the machine",
        "home" => "Look after the home",
        "git" => "Clone the repository",
        "hook team" => "The team's script",
        "hook home" => "Your home's script",
        "hook notebooks" => "This machine's script",
        "lab" => "Start the lab",
        _ => name,
    };

    /// <summary>What each hook did; of one that failed its script, line, command, exit code and output.</summary>
    public static Html Hooks(MachineRecord machine) => machine.Hooks.Count == 0 ? Html.Trusted("<p>This machine has run no start-up script.</p>") : Html.Join(machine.Hooks.Select(Hook));

    private static Html Hook(HookOutcome hook)
    {
        if (hook.Skipped is { } why) return $"""<p><code>{hook.Script}</code> was not run: {why}</p>""";
        if (!hook.Failed) return $"""<p><code>{hook.Script}</code> ran, {Seconds(hook.Took)}.</p>""";
        var end = hook.ExitCode is { } code ? $"ended with exit code {code.ToString(CultureInfo.InvariantCulture)}" : "did not end in time";
        return $"""
            <p role="alert"><code>{hook.Script}</code> {end} after {Seconds(hook.Took)}{Html.If(hook.Line is not null, $", at <b>line {hook.Line ?? 0}</b>")}.</p>
            {Html.If(hook.Command is not null, $"<pre><mark>{hook.Command}</mark></pre>")}{Html.If(hook.Output.Length > 0, $"""<pre tabindex="0" aria-label="What it said last">{hook.Output}</pre>""")}
            """;
    }

    public static string Seconds(TimeSpan time) => time.TotalSeconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalMinutes):0} min {time.Seconds} s");

    /// <summary>How long the last start took from its first step to the end of its last.</summary>
    public static string StartLength(MachineRecord machine) => machine.Steps is [.., { Took: { } last, Began: var began }] ? Seconds(began + last - machine.Steps[0].Began) : "";

    private static TimeSpan Sum(IReadOnlyList<StartStep> steps) => steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + (step.Took ?? TimeSpan.Zero));
}
