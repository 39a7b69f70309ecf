using Holdfast.Hub.Activity;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;

namespace Holdfast.Cli.Hub;

/// <summary>What a machine does, in words.</summary>
internal static class ActivityTexts
{
    private const int Named = 3;

    /// <summary>What is at work, or since when nothing is; null when nobody has looked.</summary>
    public static string? Work(MachineView machine) => machine.Activity switch
    {
        null => null,
        { Answers: false } => "does not answer",
        { Busy: { Count: > 0 } busy } => string.Join(", ", busy.Take(Named).Select(Thing)) + (busy.Count > Named ? $" and {busy.Count - Named} more" : ""),
        { IdleSince: { } since } => $"idle since {Output.Clock(since, TimeProvider.System)}",
        _ => null,
    };

    /// <summary>The same for a list: the first thing at work, or <c>idle</c>.</summary>
    public static string Short(MachineView machine) => machine.Activity switch
    {
        { Answers: false } => "?",
        { Busy: [var first, ..] } => MachineTexts.Plain(first.Name.Length > 30 ? $"{first.Name[..29]}…" : first.Name),
        { IdleSince: not null } => "idle",
        _ => "",
    };

    /// <summary>When the hub will stop it, and why; null for never.</summary>
    public static string? Stop(MachineView machine)
    {
        if (machine.Notice is { Kind: MachineNotice.AutoStopWaits }) return "waits to be stopped";
        if (machine.Activity is not { StopsAt: { } at, TimeLeft: { } left, StopsBecause: var reason }) return null;
        return $"stops at {Output.Clock(at, TimeProvider.System)}, in {Left(left)} ({(reason == MachineReason.TimeLimit ? "time limit" : "idle")})";
    }

    /// <summary>How long until the hub stops it: <c>1:30</c> hours; empty for never.</summary>
    public static string TimeLeft(MachineView machine) => machine.Notice is { Kind: MachineNotice.AutoStopWaits } ? "waits" : machine.Activity?.TimeLeft is { } left ? Left(left) : "";

    /// <summary>The rule that holds for it: <c>idle for 2 h, at most 12 h, on loss wait</c>; null when it is never stopped.</summary>
    public static string? Rule(MachineView machine)
    {
        var (idle, limit) = machine.Activity is { } now ? (now.IdleTimeout, now.TimeLimit) : (machine.IdleTimeout, machine.TimeLimit);
        string?[] parts = [idle is { Ticks: > 0 } timeout ? $"when idle for {Left(timeout)}" : null, limit is { Ticks: > 0 } most ? $"after {Left(most)}" : null];
        var said = string.Join(", ", parts.OfType<string>());
        return said.Length == 0 ? null : $"{said}; what would be lost: {machine.Activity?.OnLoss ?? machine.OnLoss ?? "as the hub says"}";
    }

    private static string Thing(BusyWith thing) => $"{MachineTexts.Plain(thing.Name)} ({(thing.Kind is "processes" or "gpu" ? "" : $"{thing.Kind}, ")}since {Output.Clock(thing.Since, TimeProvider.System)})";

    private static string Left(TimeSpan left) => left < TimeSpan.FromHours(1) ? $"{Math.Ceiling(left.TotalMinutes):0} min" : left < TimeSpan.FromDays(2) ? $"{(int)left.TotalHours} h{(left.Minutes > 0 ? $" {left.Minutes} min" : "")}" : $"{(int)left.TotalDays} d{(left.Hours > 0 ? $" {left.Hours} h" : "")}";
}
