using System.Globalization;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>Memory of processes.</summary>
internal static class Memory
{
    /// <summary>Kilobytes of memory of these processes, shared pages counted in part: the PSS of proc_pid_smaps(5).</summary>
    public static long KilobytesOf(params int[] processes) => processes.Sum(process => long.Parse(
        File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture));
}
