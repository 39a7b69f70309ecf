using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Holdfast.Keeper.Client;
using Holdfast.Lab.Posix;
using Holdfast.Lab.Runs;

namespace Holdfast.Lab.Activity;

/// <summary>What all processes of this machine use together.</summary>
/// <param name="CpuSeconds">Seconds of processors since their starts, those of children that have ended among them.</param>
/// <param name="WorkSeconds">The same without the lab, the keeper and the machine's first process: what people have started.</param>
/// <param name="Busiest">The command that has used most of that since the last look; null at the first one, and when nothing has used any.</param>
/// <param name="Memory">Bytes of memory that are theirs alone.</param>
/// <param name="Shells">Process ids of those that lead a terminal: shells of the keeper's, of <c>machine exec</c>, of ssh.</param>
internal sealed record ProcessLook(double CpuSeconds, double WorkSeconds, string? Busiest, long Memory, IReadOnlyList<int> Shells);

/// <summary>Reads <c>/proc</c>. Not safe for concurrent calls.</summary>
internal sealed class MachineProcesses(KeeperClient keeper, LabOptions options)
{
    private Dictionary<(int Id, string Started), long> _ticks = [];
    private Dictionary<(int Id, string Started, string Program), bool> _ours = [];
    private bool? _allAreOurs;

    public ProcessLook Look()
    {
        // In a machine with process ids of its own the first process has the mark, and all others that can be seen are the machine's.
        _allAreOurs ??= options.ProcessMark is null || HasMark(1);
        var (ticks, ours, shells) = (new Dictionary<(int, string), long>(), new Dictionary<(int, string, string), bool>(), new List<int>());
        var (all, work, memory, most, busiest) = (0L, 0L, 0L, 0L, 0);
        foreach (var (id, fields, pages) in Processes())
        {
            // proc_pid_stat(5): 6 session, 7 terminal, 14 to 17 utime, stime, cutime, cstime, 22 start, 50 env_start. The last is another one
            // after each execve(2), which may give a process its mark, and while it is under way has no environment at all.
            var (key, program) = ((id, fields[19]), (id, fields[19], fields[47]));
            if (_allAreOurs is false && !(ours[program] = _ours.TryGetValue(program, out var known) ? known : HasMark(id)))
                continue;
            memory += (Number(pages[1]) - Number(pages[2])) * Environment.SystemPageSize;
            var own = Number(fields[11]) + Number(fields[12]);
            var used = own + Number(fields[13]) + Number(fields[14]);
            all += used;
            if (fields[4] != "0" && Number(fields[3]) == id)
                shells.Add(id);
            if (id == 1 || id == Environment.ProcessId || id == keeper.KeeperProcessId)
                continue;
            work += used;
            ticks[key] = own;
            if (_ticks.Count > 0 && own - _ticks.GetValueOrDefault(key) is var now && now > most)
                (most, busiest) = (now, id);
        }
        (_ticks, _ours) = (ticks, ours);
        // Outside of a machine other terminals are other people's.
        if (options.ProcessMark is null)
            shells.RemoveAll(shell => keeper.Terminals.All(terminal => terminal.ProcessId != shell));
        return new ProcessLook(all / (double)ProcessStat.TicksASecond, work / (double)ProcessStat.TicksASecond, busiest == 0 ? null : ForegroundCommand.TextOf(busiest), memory, shells);
    }

    /// <summary>When something that was typed into the terminal of this process was last read (st_atime of the terminal, as w(1) goes by, to within 8 seconds); null when there is none to be seen.</summary>
    public static unsafe DateTimeOffset? LastTyped(int process)
    {
        Span<byte> raw = stackalloc byte[256];
        fixed (byte* result = raw)
        {
            if (Libc.Statx(Libc.CurrentFolder, $"/proc/{process}/fd/0", 0, 0x21 /* STATX_TYPE, STATX_ATIME */, result) != 0)
                return null;
        }
        // A character device.
        return (BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]) & 0xf000) == 0x2000 ? DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64LittleEndian(raw[64..])) : null;
    }

    private bool HasMark(int process)
    {
        try
        {
            var mark = Encoding.UTF8.GetBytes($"\0{options.ProcessMark}\0");
            return ((byte[])[0, .. File.ReadAllBytes($"/proc/{process}/environ"), 0]).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IEnumerable<(int Id, string[] Fields, string[] Pages)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            string[] fields, pages;
            try
            {
                fields = ProcessStat.Read(id);
                pages = File.ReadAllText($"{folder}/statm").Split(' ');
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            if (fields.Length > 47 && pages.Length > 2)
                yield return (id, fields, pages);
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
