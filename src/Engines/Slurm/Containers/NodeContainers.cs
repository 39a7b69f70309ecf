using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm.Containers;

/// <summary>
/// The programs by which nodes run images, the first that is there first. A node looks itself, when a job comes to it: partitions differ in what their nodes have, and what a hub has seen of a
/// cluster is old by then.
/// </summary>
internal static class NodeContainers
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<INodeContainer> All { get; } = [new PyxisContainer(), new PodmanContainer(), new ApptainerContainer()];

    /// <summary>Why no node can run an image, with the mend; null when one may.</summary>
    public static EngineFault? Problem(WorkloadSpec spec, SlurmSettings settings) => Chosen(settings) is [var only] ? only.Problem(spec) : null;

    /// <summary>What runs <c>$@</c> in the image.</summary>
    public static string Script(NodeRun run, SlurmSettings settings)
    {
        var text = new StringBuilder();
        var chosen = Chosen(settings);
        foreach (var (program, word) in chosen.Select((program, at) => (program, at == 0 ? "if" : "elif")))
        {
            text.Append($"{word} {program.Test}; then\n");
            if (program.Problem(run.Spec) is { } problem) text.Append($"refuse setup_failed {Shell.Quote(problem.Message)}\n");
            else text.Append(program.Script(run));
        }
        text.Append($"else refuse setup_failed \"$node has no {string.Join(", no ", chosen.Select(program => program.Name))}, and \"{Shell.Quote(run.Image)}\" is an image; mend: install one of them on the nodes, or leave the image out.\"\nfi\n");
        return text.ToString();
    }

    private static IReadOnlyList<INodeContainer> Chosen(SlurmSettings settings) => settings.Containers is { } name ? [All.Single(program => program.Name == name)] : All;
}
