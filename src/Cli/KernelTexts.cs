using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary>A kernel in words.</summary>
internal static class KernelTexts
{
    /// <summary>The document it runs for, else its folder.</summary>
    public static string Document(KernelRecord kernel) =>
        kernel.Sessions.Count > 0 ? string.Join(", ", kernel.Sessions.Select(session => session.Path).Distinct()) : $"(no notebook) in {kernel.WorkingFolder}";

    /// <summary>Its state, since when it is busy, and what people should know.</summary>
    public static string State(KernelRecord kernel, TimeProvider clock) =>
        kernel.BusySince is { } since ? $"busy since {Output.Clock(since, clock)}" : kernel.ExecutionState;
}
