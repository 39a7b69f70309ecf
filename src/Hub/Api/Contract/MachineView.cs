using Holdfast.Hub.Activity;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Api.Contract;

/// <summary>A machine as the API shows it: all that <see cref="MachineSpec"/> and <see cref="MachineRecord"/> have, its address and its price.</summary>
public sealed record MachineView
{
    /// <inheritdoc cref="MachineRecord.Id" />
    public required string Id { get; init; }
    /// <inheritdoc cref="MachineSpec.Name" />
    public required string Name { get; init; }
    /// <inheritdoc cref="MachineRecord.Owner" />
    public required string Owner { get; init; }
    /// <inheritdoc cref="MachineRecord.State" />
    public required MachineState State { get; init; }
    /// <inheritdoc cref="MachineRecord.Reason" />
    public string? Reason { get; init; }
    /// <inheritdoc cref="MachineRecord.Message" />
    public string? Message { get; init; }
    /// <inheritdoc cref="MachineSpec.Engine" />
    public required string Engine { get; init; }
    /// <inheritdoc cref="MachineSpec.Image" />
    public string? Image { get; init; }
    /// <inheritdoc cref="MachineRecord.Digest" />
    public string? Digest { get; init; }
    /// <inheritdoc cref="MachineRecord.Node" />
    public string? Node { get; init; }
    /// <inheritdoc cref="MachineRecord.EndsAt" />
    public DateTimeOffset? EndsAt { get; init; }
    /// <summary>The type that it runs with, or is to run with at its next start.</summary>
    public required string Type { get; init; }
    /// <summary>Per hour of running with that type; null when the settings do not have it any more.</summary>
    public decimal? Price { get; init; }
    /// <summary>What it has cost since its start, without storage; null while it does not run.</summary>
    public decimal? PriceSoFar { get; init; }
    /// <summary>What it has cost in this month (of UTC), without storage.</summary>
    public decimal CostMonth { get; init; }
    /// <summary>Of the price.</summary>
    public required string Currency { get; init; }
    /// <inheritdoc cref="MachineSpec.Git" />
    public string? Git { get; init; }
    /// <inheritdoc cref="MachineSpec.Environment" />
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    /// <inheritdoc cref="MachineSpec.Secrets" />
    public required IReadOnlyList<string> Secrets { get; init; }
    /// <inheritdoc cref="MachineSpec.AutoStart" />
    public bool AutoStart { get; init; }
    /// <inheritdoc cref="MachineSpec.IdleTimeout" />
    public TimeSpan? IdleTimeout { get; init; }
    /// <inheritdoc cref="MachineSpec.TimeLimit" />
    public TimeSpan? TimeLimit { get; init; }
    /// <inheritdoc cref="MachineSpec.OnLoss" />
    public string? OnLoss { get; init; }
    /// <inheritdoc cref="MachineRecord.Notice" />
    public MachineNotice? Notice { get; init; }
    /// <summary>What it does, and when the hub will stop it; null when it does not run, or was not looked at yet.</summary>
    public MachineActivity? Activity { get; init; }
    /// <inheritdoc cref="MachineRecord.Gpus" />
    public required IReadOnlyList<int> Gpus { get; init; }
    /// <inheritdoc cref="MachineRecord.Created" />
    public required DateTimeOffset Created { get; init; }
    /// <inheritdoc cref="MachineRecord.Started" />
    public DateTimeOffset? Started { get; init; }
    /// <inheritdoc cref="MachineRecord.Stopped" />
    public DateTimeOffset? Stopped { get; init; }
    /// <inheritdoc cref="MachineRecord.Run" />
    public int Run { get; init; }
    /// <inheritdoc cref="MachineRecord.Steps" />
    public required IReadOnlyList<StartStep> Steps { get; init; }
    /// <inheritdoc cref="MachineRecord.Hooks" />
    public required IReadOnlyList<HookOutcome> Hooks { get; init; }
    /// <inheritdoc cref="MachineRecord.Notes" />
    public required IReadOnlyList<string> Notes { get; init; }
    /// <summary>Where its lab is.</summary>
    public required string Url { get; init; }
}
