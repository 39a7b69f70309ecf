using System.Globalization;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>Memory of processes.</summary>
internal static class Memory
{
    /// <summary>
    /// Kilobytes of resident memory of these processes, as proc_pid_smaps(5) tells them. Shared pages count in full: in the PSS they would
    /// count for more as soon as another lab of these tests ends. So growth here is at least the growth of the PSS.
    /// </summary>
    public static long KilobytesOf(params int[] processes) => processes.Sum(process => long.Parse(
        File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Rss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture));
}
