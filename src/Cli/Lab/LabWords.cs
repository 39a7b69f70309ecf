using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Lab;

/// <summary>What the lab says at its start and end.</summary>
internal static class LabWords
{
    /// <summary>A kernelspec with the program behind it.</summary>
    public static string KernelText(KernelSpec spec) => $"{spec.DisplayName} ({spec.Python ?? spec.Argv[0]})";

    /// <summary>The kernels found; or that there is none, or not the one that was asked for, and the mend.</summary>
    public static IEnumerable<string> Kernels(KernelSpecCatalog catalog, string? wanted)
    {
        if (catalog.Specs.Count == 0)
        {
            yield return "No kernel was found: notebooks open, but cells cannot run. Mend: apt-get install python3-ipykernel, or python3 -m pip install ipykernel.";
        }
        else
        {
            yield return $"Kernels: {string.Join(", ", catalog.Specs.Values.Select(KernelText))}";
            if (wanted is not null && !catalog.Specs.ContainsKey(wanted)) yield return $"  None is named '{wanted}', as --default-kernel wants; there are: {string.Join(", ", catalog.Specs.Keys)}.";
        }

        foreach (var problem in catalog.Problems) yield return $"  {problem}";
    }

    /// <summary>What is kept from before in this root folder; null when nothing is.</summary>
    public static string? Kept(IEnumerable<KernelRecord> kernels, string root, TimeProvider clock)
    {
        var own = kernels.Where(kernel => kernel.Root == root).OrderBy(kernel => kernel.Started).ToList();
        return own.Count == 0
            ? null
            : $"{Output.Count(own.Count, "kernel")} still running: {string.Join("; ", own.Select(kernel => $"{KernelTexts.Line(kernel, clock)}"))}";
    }

    /// <summary>What stays alive when the lab ends, and how to end it; null when nothing does.</summary>
    public static string? Stays(IEnumerable<KernelRecord> kernels, string root) =>
        kernels.Count(kernel => kernel.Root == root) is > 0 and var count
            ? $"{Output.Count(count, "kernel")} {(count == 1 ? "goes" : "go")} on without the lab and {(count == 1 ? "is" : "are")} found again at its next start. 'holdfast ls' lists them, 'holdfast keeper stop' ends them."
            : null;
}
