namespace Holdfast.Load.Bench;

/// <summary>What one server has shown.</summary>
/// <param name="Median">Round trip in milliseconds, at the same rate for both servers.</param>
/// <param name="Slow">The 99th percentile of it.</param>
/// <param name="PerSecond">Messages that arrived at pages in a second, while all kernels flood: one figure a round.</param>
/// <param name="Lost">Displays that did not arrive, in all parts together.</param>
/// <param name="OutOfOrder">Displays that came in a wrong place, in all parts together.</param>
/// <param name="Pss">Memory of the server's processes with all kernels and pages, in MiB.</param>
/// <param name="Alone">The same if no other program of its runtime ran.</param>
/// <param name="SleeperGrowth">How far memory grew at the most while a page did not read, in MiB.</param>
/// <param name="WithSleeper">How long the others took for the flood that one page did not read, in seconds.</param>
/// <param name="WithoutSleeper">… and without that page.</param>
internal sealed record ServerFigures(
    double Median, double Slow, IReadOnlyList<double> PerSecond, long Lost, long OutOfOrder, double Pss, double Alone,
    double SleeperGrowth, double WithSleeper, double WithoutSleeper);
