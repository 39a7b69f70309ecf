using System.Globalization;

namespace Holdfast.Lab.Bench.Figures;

/// <summary>What processes have used, as the system counts it.</summary>
internal static class ProcessUse
{
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>User and system time of the processes so far, in seconds, to the system's 10 ms (proc(5), stat: fields 14 and 15).</summary>
    public static double CpuSeconds(IReadOnlyList<int> processes) => processes.Sum(process =>
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    });

    /// <summary>Waits until the processes have used no time for half a second.</summary>
    public static async Task WaitQuietAsync(IReadOnlyList<int> processes, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        var before = CpuSeconds(processes);
        for (var quiet = 0; quiet < 10;)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            var now = CpuSeconds(processes);
            quiet = now == before ? quiet + 1 : 0;
            before = now;
        }
    }

    /// <summary>Proportional set size in MiB: every page divided by the number of processes that have it.</summary>
    public static double Pss(IReadOnlyList<int> processes) =>
        processes.Sum(process => File.ReadLines($"/proc/{process}/smaps_rollup").Where(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Sum(Kib)) / 1024;

    /// <summary>
    /// What the processes would have alone on a machine, in MiB: their own pages, and of the pages they share with anybody, each file's
    /// once. PSS is smaller where unrelated programs of the same runtime are running.
    /// </summary>
    public static double Alone(IReadOnlyList<int> processes)
    {
        var own = 0.0;
        var shared = new Dictionary<string, double>();
        foreach (var process in processes)
        {
            var region = "";
            foreach (var line in File.ReadLines($"/proc/{process}/smaps"))
            {
                if (line.StartsWith("Private_", StringComparison.Ordinal)) own += Kib(line);
                else if (line.StartsWith("Shared_", StringComparison.Ordinal)) shared[$"{region} {line[..12]}"] = Math.Max(shared.GetValueOrDefault($"{region} {line[..12]}"), Kib(line));
                else if (Region(line, process) is { } next) region = next;
            }
        }

        return (own + shared.Values.Sum()) / 1024;
    }

    /// <summary>The file and place of a mapping (<c>start-end mode offset device inode path</c>); of memory without a file, the process and address.</summary>
    private static string? Region(string line, int process)
    {
        var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 5 || !fields[0].Contains('-', StringComparison.Ordinal)) return null;
        return fields[4] == "0" ? $"{process} {fields[0]}" : $"{fields[3]} {fields[4]} {fields[2]}";
    }

    private static double Kib(string line) => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
