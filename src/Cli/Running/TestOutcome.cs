using Holdfast.Lab.Running;

namespace Holdfast.Cli.Running;

/// <summary>What became of a notebook that was tested.</summary>
internal enum TestState
{
    Passed,
    Failed,
    Skipped,
    Interrupted,
}

/// <summary>The result of one notebook.</summary>
/// <param name="Path">The notebook as it was named.</param>
/// <param name="State">What became of it.</param>
/// <param name="Cells">How many of its cells ran.</param>
/// <param name="Duration">How long it took, its kernel's start included.</param>
/// <param name="Reason">Why it failed or was left out; null when it passed.</param>
/// <param name="Failed">The cell that failed; null when none did.</param>
internal sealed record TestOutcome(string Path, TestState State, int Cells, TimeSpan Duration, string? Reason = null, RunStep? Failed = null)
{
    /// <summary>passed, failed, skipped or interrupted.</summary>
    public string Word => State.ToString().ToLowerInvariant();

    /// <summary>The error as the kernel sent it, without colours; empty when there is none.</summary>
    public string Traceback => string.Join('\n', Failed?.Result?.Traceback ?? []) is { Length: > 0 } text ? Colours.Strip(text) : "";
}
