using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Activity;

/// <summary>When and why the hub stops a machine, if all stays as it is.</summary>
/// <param name="Reason"><see cref="MachineReason.IdleTimeout"/> or <see cref="MachineReason.TimeLimit"/>.</param>
/// <param name="At">When it is due; never before it was warned of for <paramref name="Lead"/>.</param>
/// <param name="Lead">So long before it is warned of.</param>
internal sealed record ComingStop(string Reason, DateTimeOffset At, TimeSpan Lead)
{
    private static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(10);

    /// <summary>What a stop takes: to look what is lost, to end what runs, and what a scheduler's clock may be ahead.</summary>
    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromMinutes(2);

    /// <summary>Whether its allocation ends: nobody here can put that off.</summary>
    public bool IsFinal { get; private init; }

    /// <summary>The next one; null for none.</summary>
    public static ComingStop? Of(MachineRecord machine, MachineWatch watch, AutoStop rule, DateTimeOffset? extended)
    {
        var idle = rule.Idle is { } timeout && watch.IdleSince is { } since ? new ComingStop(MachineReason.IdleTimeout, since + timeout, LeadOf(timeout)) : null;
        var limit = rule.Limit is { } most && machine.Started is { } started ? new ComingStop(MachineReason.TimeLimit, started + most, LeadOf(most)) : null;
        var next = idle is null || limit?.At <= idle.At ? limit : idle;
        if (extended > next?.At) next = next with { At = extended.Value };
        if (machine.EndsAt - BeforeTheEnd is { } end && (next is null || end < next.At)) next = new ComingStop(MachineReason.TimeLimit, end, LongestLead) { IsFinal = true };
        // It is warned of at once, and not put off for that.
        if (next is null or { IsFinal: true }) return next;
        return watch.Warned is { } warned && warned + next.Lead > next.At ? next with { At = warned + next.Lead } : next;
    }

    /// <summary>Whether it is time to warn of it.</summary>
    public bool IsNear(DateTimeOffset now) => now >= At - Lead;

    private static TimeSpan LeadOf(TimeSpan timeout) => timeout / 2 < LongestLead ? timeout / 2 : LongestLead;
}
