namespace Holdfast.Kernels;

/// <summary>Makes the command line and environment that a kernel is started with.</summary>
public static class Launcher
{
    /// <summary>
    /// Fills the placeholders of <paramref name="spec"/> and, for ipykernel, puts our launcher script in its place: the one that makes iopub
    /// wait instead of dropping and bounds ipykernel's stream buffer. The script is written below <paramref name="scriptFolder"/> when it is not there.
    /// </summary>
    public static IReadOnlyList<string> CommandLine(KernelSpec spec, string connectionFile, string scriptFolder) => throw new NotImplementedException();
}
