using System.Globalization;
using System.Text;

namespace Holdfast.Lab.Runs;

/// <summary>What runs in the foreground of a terminal.</summary>
/// <param name="Text">Its command line.</param>
/// <param name="Started">When it was started.</param>
internal sealed record ForegroundCommand(string Text, DateTimeOffset Started)
{
    private const int LongestText = 400;

    /// <summary>What the shell with this process id waits for; null when it waits for nothing but its user.</summary>
    public static ForegroundCommand? Of(int shell)
    {
        try
        {
            // proc_pid_stat(5): 5 process group, 8 foreground process group of its terminal, 22 start in ticks since boot.
            var fields = ProcessStat.Read(shell);
            var (own, foreground) = (fields[2], fields[5]);
            if (foreground == own || !int.TryParse(foreground, NumberStyles.None, CultureInfo.InvariantCulture, out var leader))
                return null;
            var started = Boot() + TimeSpan.FromSeconds(long.Parse(ProcessStat.Read(leader)[19], CultureInfo.InvariantCulture) / (double)ProcessStat.TicksASecond);
            return TextOf(leader) is { } text ? new ForegroundCommand(text, started) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    /// <summary>The command line of a process; null when it has gone.</summary>
    public static string? TextOf(int process)
    {
        try
        {
            var words = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            var text = words.Length > 0 ? string.Join(' ', words) : File.ReadAllText($"/proc/{process}/comm").TrimEnd();
            return text.Length > LongestText ? text[..LongestText] : text;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static DateTimeOffset Boot() => DateTimeOffset.FromUnixTimeSeconds(
        long.Parse(File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal)).AsSpan(6), CultureInfo.InvariantCulture));
}
