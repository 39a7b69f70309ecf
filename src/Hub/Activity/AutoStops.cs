using System.Globalization;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Settings;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Activity;

/// <summary>Warns of stops that are to come, and carries them out: 1 warn, 2 look what would be lost, 3 keep it or wait, 4 stop.</summary>
internal sealed class AutoStops(Fleet fleet, LabCalls labs, LossLists losses, LossKeeping keeping, ILogger<AutoStops> log)
{
    /// <summary>How often a stop that waits looks whether it still would lose something.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Does what is due of a machine now.</summary>
    public async Task TakeAsync(MachineRecord machine, MachineWatch watch, ComingStop? stop, AutoStop rule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!watch.Stopping.IsCompleted) return;
        if (stop is null || !stop.IsNear(now))
        {
            // Also what the hub before this one has said.
            if (watch.Shown is not null) await labs.WarnAsync(machine, null, cancellationToken);
            if (machine.Notice is not null) fleet.Say(machine.Id, machine.Run, null);
            (watch.Warned, watch.AskAgain) = (null, default);
            return;
        }
        if (watch.Warned is null || (watch.Shown is null && watch.Answers && now < stop.At))
        {
            watch.Warned ??= now;
            var due = !stop.IsFinal && stop.At < watch.Warned.Value + stop.Lead ? watch.Warned.Value + stop.Lead : stop.At;
            var text = WarningOf(machine, watch, stop, rule, due);
            ActivityLog.Warns(log, machine.Spec.Name, stop.Reason, due);
            fleet.Say(machine.Id, machine.Run, new MachineNotice(MachineNotice.StopsSoon, text, due));
            await labs.WarnAsync(machine, new LabWarning(text, due), cancellationToken);
            return;
        }
        // What it takes to keep something must not hold up the next look.
        if (now >= stop.At && now >= watch.AskAgain) watch.Stopping = CarryOutAsync(machine, watch, stop, rule, now, cancellationToken);
    }

    private async Task CarryOutAsync(MachineRecord machine, MachineWatch watch, ComingStop stop, AutoStop rule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield();
            watch.AskAgain = now + Patience;
            // Work may have begun since the look.
            if (stop.Reason == MachineReason.IdleTimeout && await labs.ActivityAsync(machine, cancellationToken) is not { Busy: null or { Count: 0 } }) return;
            if (rule.OnLoss != OnLoss.Stop && await ObstacleAsync(machine, stop, rule, cancellationToken) is { } obstacle)
            {
                ActivityLog.Waits(log, machine.Spec.Name, obstacle);
                fleet.Say(machine.Id, machine.Run, new MachineNotice(MachineNotice.AutoStopWaits,
                    $"Auto stop waits: {obstacle} Mend: keep it (holdfast machine keep), record it in the recipe, or stop it all the same: holdfast machine stop {machine.Spec.Name} --yes.", stop.At));
                return;
            }
            ActivityLog.Stops(log, machine.Spec.Name, stop.Reason);
            fleet.StopByHub(machine.Id, machine.Run, stop.Reason, MessageOf(watch, stop, rule, now));
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // What it reads and moves is others': the next try is later.
            ActivityLog.NotStopped(log, fault, machine.Spec.Name);
        }
        catch (OperationCanceledException)
        {
            // The hub ends; the next one begins anew.
        }
    }

    /// <summary>Why it must not be stopped yet; null when nothing stands in the way. A time limit is a limit of money: what can be kept is kept then, and the rest is listed afterwards.</summary>
    private async Task<string?> ObstacleAsync(MachineRecord machine, ComingStop stop, AutoStop rule, CancellationToken cancellationToken)
    {
        var isLimit = stop.Reason == MachineReason.TimeLimit;
        var looked = await losses.LookAsync(machine, cancellationToken);
        if (!looked.Ok) return isLimit ? null : $"what it would lose cannot be told: {looked.Fault.Message}";
        if (looked.Value.IsEmpty) return null;
        if (rule.OnLoss == OnLoss.Wait && !isLimit) return $"would lose {LossWords.Of(looked.Value)}.";
        if (await keeping.KeepAsync(machine, looked.Value, cancellationToken) is not { } problem) return null;
        ActivityLog.NotKept(log, machine.Spec.Name, problem);
        return isLimit ? null : $"would lose {LossWords.Of(looked.Value)}, and that could not be kept: {problem}";
    }

    private static string WarningOf(MachineRecord machine, MachineWatch watch, ComingStop stop, AutoStop rule, DateTimeOffset due) => stop.IsFinal
        ? $"The allocation of this machine ({machine.Spec.Name}) on {machine.Node} ends: it is stopped at {Clock(due)}, whatever runs. What is in its folders stays; 'holdfast machine start {machine.Spec.Name}' then puts it into the queue again."
        : stop.Reason == MachineReason.IdleTimeout
        ? $"This machine ({machine.Spec.Name}) has been idle since {Clock(watch.IdleSince!.Value)} and is stopped at {Clock(due)}. Anything that you do here calls that off; so does 'holdfast machine extend {machine.Spec.Name} {Quantities.Text(rule.Idle!.Value)}'."
        : $"This machine ({machine.Spec.Name}) has run for nearly {Quantities.Text(rule.Limit!.Value)}, which is its limit, and is stopped at {Clock(due)}, whatever runs. 'holdfast machine extend {machine.Spec.Name} 2h' puts that off.";

    private static string MessageOf(MachineWatch watch, ComingStop stop, AutoStop rule, DateTimeOffset now)
    {
        var last = watch.LastBusy is { } thing ? $" What ran last: {thing.Name}." : "";
        if (stop.IsFinal) return $"Stopped at {Clock(now)}: its allocation ended; mend: start it.{(watch.Busy.Count > 0 ? $" At work was {string.Join(", ", watch.Busy.Take(3).Select(busy => busy.Thing.Name))}." : last)}";
        return stop.Reason == MachineReason.IdleTimeout
            ? $"Stopped at {Clock(now)}: idle since {Clock(watch.IdleSince ?? now)}, and {Quantities.Text(rule.Idle!.Value)} of that is its limit.{last}"
            : $"Stopped at {Clock(now)}: it has run for {Quantities.Text(rule.Limit!.Value)}, which is its limit.{(watch.Busy.Count > 0 ? $" At work was {string.Join(", ", watch.Busy.Take(3).Select(busy => busy.Thing.Name))}." : last)}";
    }

    private static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
