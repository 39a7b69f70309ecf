namespace Holdfast.Lab.Runs;

/// <summary>Reads <c>/proc/PID/stat</c>: proc_pid_stat(5).</summary>
internal static class ProcessStat
{
    /// <summary>What the kernel counts times in.</summary>
    public const int TicksASecond = 100;

    /// <summary>The fields behind the name, which may hold spaces: the first is the third of the manual's.</summary>
    /// <exception cref="IOException">The process has gone.</exception>
    public static string[] Read(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }
}
