using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Events;

/// <summary>Machines' changes in words.</summary>
internal sealed class MachineEvents(EventLog events) : IMachineObserver
{
    /// <inheritdoc />
    public void Changed(MachineRecord before, MachineRecord now)
    {
        var name = now.Spec.Name;
        if (now.State != before.State)
        {
            foreach (var hook in now.State == MachineState.Running ? now.Hooks.Where(hook => hook.Failed) : []) Add("hook.failed", HookWords.Of(hook));
            if (Words(now) is { } words) Add($"machine.{now.State.ToString().ToLowerInvariant()}", words);
        }
        else if (now is { State: MachineState.Running, Reason: not null } && now.Reason != before.Reason) Add("machine.running", $"{name} runs, but: {now.Message ?? Plain(now.Reason)}");

        void Add(string kind, string text) => events.Add(kind, name, now.Owner, text);
    }

    private static string? Words(MachineRecord machine)
    {
        var name = machine.Spec.Name;
        return machine.State switch
        {
            MachineState.Pulling => $"{name} is being started: its image is fetched.",
            MachineState.Starting => $"{name} is being started with the type {machine.Type}.",
            MachineState.Running when machine.Reason is MachineReason.HookFailed or MachineReason.HookTimeout => $"{name} runs in safe mode: {machine.Message}",
            MachineState.Running => $"{name} runs.",
            MachineState.Stopped when machine.Reason is { } reason => $"{name} has stopped ({Plain(reason)}).{(machine.Message is { } message ? $" {message}" : "")}",
            MachineState.Stopped => $"{name} has stopped.",
            MachineState.Failed => $"{name} has failed ({Plain(machine.Reason ?? "unknown")}).{(machine.Message is { } message ? $" {message}" : "")}",
            MachineState.Deleted => $"{name} is deleted, with its notebooks folder.",
            // The end that follows says more.
            _ => null,
        };
    }

    private static string Plain(string reason) => reason.Replace('_', ' ');
}
