namespace Holdfast.Hub.Machines;

/// <summary>When a machine is stopped by the hub, and what becomes of what that would lose.</summary>
/// <param name="Idle">So long after the last work and the last input; null for never.</param>
/// <param name="Limit">So long after its start, whatever it does; null for never.</param>
/// <param name="OnLoss">One of <see cref="Machines.OnLoss"/>.</param>
public sealed record AutoStop(TimeSpan? Idle = null, TimeSpan? Limit = null, string OnLoss = Machines.OnLoss.Wait)
{
    /// <summary>What holds for a machine: its own, else the hub's.</summary>
    public static AutoStop Of(MachineSpec spec, HubSettings settings)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(settings);
        return new AutoStop(Choose(spec.IdleTimeout, settings.AutoStop.Idle), Choose(spec.TimeLimit, settings.AutoStop.Limit), spec.OnLoss ?? settings.AutoStop.OnLoss);
    }

    /// <summary>The span as settings have it: nothing for never.</summary>
    private static TimeSpan? Choose(TimeSpan? own, TimeSpan? usual) => (own ?? usual) is { Ticks: > 0 } span ? span : null;
}

/// <summary>What an automatic stop does that would lose something.</summary>
public static class OnLoss
{
    /// <summary>It stops; what was lost is listed afterwards.</summary>
    public const string Stop = "stop";
    /// <summary>It keeps the files and records packages and settings in the recipe, and stops then; where that fails it waits.</summary>
    public const string Keep = "keep";
    /// <summary>It waits, and says so, until nothing would be lost or somebody stops the machine. At a time limit it does as <see cref="Keep"/> does, and stops in any case.</summary>
    public const string Wait = "wait";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Stop, Keep, Wait];
}
