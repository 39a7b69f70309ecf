using System.Globalization;

namespace Holdfast.Lab.Runs;

/// <summary>What the processes of a kernel use.</summary>
/// <param name="Cpu">Processors at work, 1 for one: of the time since the last look, or since their start.</param>
/// <param name="Memory">Bytes of memory that are theirs alone.</param>
/// <param name="GpuMemory">Bytes on GPUs; null where no GPU is asked.</param>
internal readonly record struct ProcessUsage(double Cpu, long Memory, long? GpuMemory);

/// <summary>Reads from <c>/proc</c> what kernels use: all processes of a kernel's session. Safe for concurrent calls.</summary>
internal sealed class ProcessMeter(TimeProvider time, GpuMeter gpus)
{
    private readonly Lock _gate = new();
    private Dictionary<int, long> _ticks = [];
    private long _looked;

    /// <summary>What the sessions of these processes use.</summary>
    public async Task<IReadOnlyDictionary<int, ProcessUsage>> ReadAsync(IReadOnlyCollection<int> sessions, CancellationToken cancellationToken)
    {
        var onGpu = await gpus.ReadAsync(cancellationToken);
        lock (_gate)
        {
            var elapsed = _looked == 0 ? TimeSpan.Zero : time.GetElapsedTime(_looked);
            _looked = time.GetTimestamp();
            var (ticks, found) = (new Dictionary<int, long>(), new Dictionary<int, ProcessUsage>());
            foreach (var process in Processes().Where(process => sessions.Contains(process.Session)))
            {
                ticks[process.Id] = process.Ticks;
                // One that was not there at the last look has used all its time since, or nobody has looked yet.
                var used = elapsed > TimeSpan.Zero ? (process.Ticks - _ticks.GetValueOrDefault(process.Id, 0)) / (ProcessStat.TicksASecond * elapsed.TotalSeconds) : 0;
                var sum = found.GetValueOrDefault(process.Session);
                found[process.Session] = new ProcessUsage(sum.Cpu + used, sum.Memory + process.Memory, onGpu is null ? null : (sum.GpuMemory ?? 0) + onGpu.GetValueOrDefault(process.Id));
            }
            _ticks = ticks;
            return found;
        }
    }

    private static IEnumerable<(int Id, int Session, long Ticks, long Memory)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            string[] fields;
            string memory;
            try
            {
                fields = ProcessStat.Read(id);
                memory = File.ReadAllText($"{folder}/statm");
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            // proc_pid_stat(5): 6 session, 14 utime, 15 stime. statm: 2 resident, 3 shared.
            var pages = memory.Split(' ');
            if (fields.Length > 12 && pages.Length > 2)
                yield return (id, Number(fields[3]), Long(fields[11]) + Long(fields[12]), (Long(pages[1]) - Long(pages[2])) * Environment.SystemPageSize);
        }

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
