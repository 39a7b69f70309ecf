using Holdfast.Notebooks;
using Holdfast.Notebooks.Running;

namespace Holdfast.Lab.Running;

/// <summary>One run of a notebook.</summary>
public sealed record RunPlan
{
    /// <summary>The notebook that is run; its file is only read.</summary>
    public required NotebookDocument Notebook { get; init; }
    /// <summary>Name of that file, for the metadata.</summary>
    public required string Input { get; init; }
    /// <summary>Absolute path of the notebook that is written. What is there is replaced; the history keeps it.</summary>
    public required string Output { get; init; }
    /// <summary>What the caller sets.</summary>
    public IReadOnlyList<KeyValuePair<string, ParameterValue>> Parameters { get; init; } = [];
    /// <summary>The kernelspec; null for the notebook's own, or else the default.</summary>
    public string? Kernel { get; init; }
    /// <summary>The folder that the kernel runs in.</summary>
    public required string WorkingFolder { get; init; }
    /// <summary>How long a cell may take; null for any time.</summary>
    public TimeSpan? CellLimit { get; init; }
    /// <summary>Root folders of labs that run: the run is shown in the one that its output is in.</summary>
    public IReadOnlyList<string> LabRoots { get; init; } = [];
    /// <summary>Name and version of the program, for the metadata.</summary>
    public required string Version { get; init; }

    /// <summary>The folder that paths of the run are relative to.</summary>
    internal string Root => LabRoots.Where(root => Output.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(root => root.Length)
        ?? Path.GetDirectoryName(Output)!;
}

/// <summary>Where a run is.</summary>
/// <param name="Number">How many cells have begun, 1 for the first.</param>
/// <param name="Count">How many there are to run.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Result">What became of it; null when it has just begun.</param>
public sealed record RunStep(int Number, int Count, RunCell Cell, CellResult? Result);

/// <summary>How a run ended.</summary>
/// <param name="End">As its last cell; <see cref="CellEnd.Done"/> when all ran.</param>
/// <param name="Failed">The step that ended it early; null when all ran.</param>
/// <param name="Problem">Why the output notebook could not be written at the end; null when it was.</param>
public sealed record RunOutcome(CellEnd End, RunStep? Failed, string? Problem);
