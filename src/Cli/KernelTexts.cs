using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary>A kernel in words.</summary>
internal static class KernelTexts
{
    /// <summary>The state of a kernel that no keeper watches. How many records it has is not known then, either.</summary>
    public const string Unknown = "unknown";

    /// <summary>The documents that have it, else <c>-</c>.</summary>
    public static string Document(KernelRecord kernel) =>
        kernel.Sessions.Count > 0 ? string.Join(", ", kernel.Sessions.Select(session => session.Path).Distinct()) : "-";

    /// <summary>The documents that have it, else what kernel it is.</summary>
    public static string Name(KernelRecord kernel) => kernel.Sessions.Count > 0 ? Document(kernel) : $"{kernel.DisplayName} (no notebook)";

    /// <summary>Its state, and since when it is busy.</summary>
    public static string State(KernelRecord kernel, TimeProvider clock) =>
        kernel.BusySince is { } since ? $"busy since {Output.Clock(since, clock)}" : kernel.ExecutionState;

    /// <summary>The kernel in a sentence: its documents, or that there is none, and its state.</summary>
    public static string Line(KernelRecord kernel, TimeProvider clock) =>
        $"{(kernel.Sessions.Count > 0 ? Document(kernel) : $"(no notebook) in {kernel.WorkingFolder}")} {State(kernel, clock)}";
}
