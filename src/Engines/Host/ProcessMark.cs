using System.Globalization;

namespace Holdfast.Engines.Host;

/// <summary>A process by its id and its start: ids are used again, both together are not before the computer starts anew.</summary>
/// <param name="Id">As this host sees it.</param>
/// <param name="StartTicks">Clock ticks since the computer's start.</param>
/// <param name="Session">The id of its session.</param>
internal readonly record struct ProcessMark(int Id, long StartTicks, int Session)
{
    /// <summary>Whether that very process has not ended.</summary>
    public bool IsAlive => Of(Id) is { } now && now.StartTicks == StartTicks;

    /// <summary>The process that has this id now; null when there is none or it has ended.</summary>
    public static ProcessMark? Of(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads a line of <c>/proc/PID/stat</c> (proc_pid_stat(5)); null when it is none, or of a process that has ended.</summary>
    public static ProcessMark? Parse(string line)
    {
        // The name in parentheses may hold anything, so count from the last one: state is field 3, session 6, start time 22.
        var name = line.IndexOf(' ', StringComparison.Ordinal);
        var fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (name < 0 || fields.Length < 20 || fields[0] is "Z" or "X" || !int.TryParse(line.AsSpan(0, name), CultureInfo.InvariantCulture, out var id)) return null;
        return new ProcessMark(id, long.Parse(fields[19], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a signal to it; nothing happens when it has ended.</summary>
    public void Signal(int signal)
    {
        if (IsAlive) _ = Native.Kill(Id, signal);
    }

    /// <summary>Sends a signal to all processes of its session but one.</summary>
    public void SignalSession(int signal, ProcessMark? except)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Of(id) is { } process && process.Session == Session && process != except) process.Signal(signal);
        }
    }
}
