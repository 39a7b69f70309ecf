using Holdfast.Engines.Slurm.Containers;

namespace Holdfast.Engines.Slurm;

/// <summary>What <c>hub.yaml</c> says of a cluster.</summary>
public sealed record SlurmSettings
{
    /// <summary>Its configuration, for <c>SLURM_CONF</c>; null for the usual place.</summary>
    public string? Conf { get; init; }
    /// <summary>The partition of jobs that name none; null for Slurm's default one.</summary>
    public string? Partition { get; init; }
    /// <summary>The account that jobs are charged to; null for the default one.</summary>
    public string? Account { get; init; }
    /// <summary>The quality of service; null for the default one.</summary>
    public string? Qos { get; init; }
    /// <summary>The limit of jobs that say none: after it they are begun again from their checkpoint. Null for the partition's.</summary>
    public TimeSpan? Time { get; init; }
    /// <summary>By which program nodes run images: <c>pyxis</c>, <c>podman</c> or <c>apptainer</c>; null for the first of these that a node has.</summary>
    public string? Containers { get; init; }

    /// <summary>What <see cref="Containers"/> may be.</summary>
    public static IReadOnlyList<string> AllContainers { get; } = [.. NodeContainers.All.Select(program => program.Name)];
}
