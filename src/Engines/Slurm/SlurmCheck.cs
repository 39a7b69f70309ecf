using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Slurm;

/// <summary>What keeps jobs from running on the cluster.</summary>
internal static class SlurmCheck
{
    // srun --overlap, by which others get into a job.
    private static readonly Version Oldest = new(20, 11);

    /// <summary>What is missing or misconfigured, each with its mend.</summary>
    public static async Task<IReadOnlyList<EngineFault>> RunAsync(SlurmProgram slurm, SlurmSettings settings, CancellationToken cancellationToken)
    {
        var version = await slurm.RunAsync("sbatch", ["--version"], cancellationToken);
        if (!version.Ok) return [version.Fault];
        if (VersionProblem(version.Value) is { } old) return [old];
        var controller = await slurm.RunAsync("scontrol", ["show", "partition", "--oneliner"], cancellationToken);
        if (!controller.Ok) return [controller.Fault];
        return settings.Partition is { } partition && !controller.Value.Split('\n').Any(line => line.StartsWith($"PartitionName={partition} ", StringComparison.Ordinal))
            ? [new EngineFault("unavailable", $"The cluster has no partition {partition}; mend: slurm.partition in hub.yaml, one of: {string.Join(", ", controller.Value.Split('\n').Where(line => line.StartsWith("PartitionName=", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]["PartitionName=".Length..]))}.")]
            : [];
    }

    /// <summary>What is wrong with a version, as <c>sbatch --version</c> tells it; null when nothing is.</summary>
    internal static EngineFault? VersionProblem(string text) => VersionOf(text) is { } found && found < Oldest
        ? new EngineFault("unavailable", $"This Slurm is {found.Major}.{found.Minor:00}, and jobs need {Oldest.Major}.{Oldest.Minor:00} or newer (srun --overlap); mend: a newer Slurm.")
        : null;

    /// <summary>The version that <c>sbatch --version</c> tells, as <c>slurm-wlm 22.05.8</c>; null when it tells none.</summary>
    private static Version? VersionOf(string text) =>
        text.Trim().Split(' ') is [.., var last] && last.Split('.', '-') is [var major, var minor, ..] && int.TryParse(major, out var year) && int.TryParse(minor, out var month) ? new Version(year, month) : null;
}
