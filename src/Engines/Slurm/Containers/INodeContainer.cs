using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Slurm.Containers;

/// <summary>A program by which nodes run images.</summary>
internal interface INodeContainer
{
    /// <summary>Its name in <c>hub.yaml</c>.</summary>
    string Name { get; }

    /// <summary>What a shell on a node finds out whether it is there with.</summary>
    string Test { get; }

    /// <summary>Why it cannot run a workload, with the mend; null when it can, as far as that is known before.</summary>
    EngineFault? Problem(WorkloadSpec spec) => null;

    /// <summary>
    /// The part of the script on the node (<see cref="SlurmScripts.Enter"/>) that runs the words in <c>$@</c>, by <c>$inside</c>, in the image: first of all it looks whether the digest is the one that
    /// was submitted. Where <c>$entry</c> is not empty they are somebody else's, beside the command.
    /// </summary>
    string Script(NodeRun run);
}

/// <summary>What runs on a node.</summary>
/// <param name="Folder">The workload's files.</param>
/// <param name="Spec">What it is.</param>
/// <param name="Name">Of its container there.</param>
internal sealed record NodeRun(SlurmFolder Folder, WorkloadSpec Spec, string Name)
{
    /// <summary>Where the file with the environment is inside.</summary>
    public const string Environment = "/run/holdfast/environment";

    /// <summary>The image.</summary>
    public string Image => Spec.Image!;

    /// <summary>The digest that it must have; null when nobody knows it.</summary>
    public string? Digest => Spec.Turn?.Digest;

    /// <summary>What is mounted: the environment, and the folders of the workload.</summary>
    public IEnumerable<WorkloadMount> Mounts => [new(Folder.Environment, Environment, IsReadOnly: true), .. Spec.Mounts];
}
