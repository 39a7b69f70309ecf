using System.Globalization;

namespace Holdfast.Keeper.Processes;

/// <summary>
/// A process in a session of its own. It outlives this one; started here, or found again by its id and start time.
/// </summary>
internal sealed class ChildProcess
{
    private const int OpenRead = 0, OpenReadWrite = 2, OpenAppend = 0x1 | 0x40 | 0x400;
    private const short SetSignalsDefault = 0x04, SetSignalMask = 0x08, SetSession = 0x80;

    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(int id, int pidfd)
    {
        Id = id;
        StartTicks = ReadStartTicks(id) ?? 0;
        new Thread(() => WatchForExit(pidfd), 128 << 10) { IsBackground = true, Name = $"exit of {id}" }.Start();
    }

    /// <summary>The process id, which is its process group's and session's too.</summary>
    public int Id { get; }

    /// <summary>Start time in clock ticks since boot: with the id it names the process even after ids are used again.</summary>
    public long StartTicks { get; }

    /// <summary>Completes when the process has ended.</summary>
    public Task<ProcessExit> Exited => _exited.Task;

    /// <summary>Starts a process: stdin is empty, stdout and stderr are appended to <paramref name="outputFile"/>.</summary>
    /// <returns>The process, or why it could not be started.</returns>
    public static (ChildProcess? Process, string? Error) Start(
        IReadOnlyList<string> argv, IEnumerable<KeyValuePair<string, string>> environment, string workingFolder, string outputFile) =>
        Start(argv, environment, workingFolder, "/dev/null", outputFile);

    /// <summary>Starts a process on a terminal, which becomes the controlling terminal of its session.</summary>
    /// <returns>The process, or why it could not be started.</returns>
    public static (ChildProcess? Process, string? Error) StartOnTerminal(
        IReadOnlyList<string> argv, IEnumerable<KeyValuePair<string, string>> environment, string workingFolder, string terminal) =>
        Start(argv, environment, workingFolder, terminal, null);

    private static unsafe (ChildProcess? Process, string? Error) Start(
        IReadOnlyList<string> argv, IEnumerable<KeyValuePair<string, string>> environment, string workingFolder, string input, string? outputFile)
    {
        // glibc's types are 80 and 336 bytes, a sigset_t 128.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        var signals = stackalloc byte[128];
        Native.ActionsInit(actions);
        Native.AttributesInit(attributes);
        try
        {
            // The first terminal that the leader of a new session opens becomes its controlling one.
            Native.ActionsOpen(actions, 0, input, outputFile is null ? OpenReadWrite : OpenRead, 0);
            if (outputFile is null) Native.ActionsDup(actions, 0, 1);
            else Native.ActionsOpen(actions, 1, outputFile, OpenAppend, 0x180);
            Native.ActionsDup(actions, 1, 2);
            Native.ActionsChdir(actions, workingFolder);
            Native.ActionsCloseFrom(actions, 3);
            Native.AttributesFlags(attributes, SetSession | SetSignalsDefault | SetSignalMask);
            Native.SignalsAll(signals);
            Native.AttributesSignalsDefault(attributes, signals);
            Native.SignalsNone(signals);
            Native.AttributesSignalMask(attributes, signals);

            var error = Native.PosixSpawn(out var pid, argv[0], actions, attributes,
                [.. argv, null], [.. environment.Select(pair => $"{pair.Key}={pair.Value}"), null]);
            if (error != 0) return (null, Explain(error, argv[0], workingFolder));

            return (new ChildProcess(pid, Native.OpenProcess(pid)), null);
        }
        finally
        {
            Native.ActionsDestroy(actions);
            Native.AttributesDestroy(attributes);
        }
    }

    /// <summary>Finds a process again; null when it has ended or its id belongs to another process by now.</summary>
    public static ChildProcess? Find(int id, long startTicks)
    {
        var pidfd = Native.OpenProcess(id);
        if (pidfd < 0) return null;
        if (ReadStartTicks(id) == startTicks) return new ChildProcess(id, pidfd);
        _ = Native.Close(pidfd);
        return null;
    }

    /// <summary>Sends a signal to the whole process group; nothing happens when it has ended.</summary>
    public void Signal(int signal)
    {
        if (!Exited.IsCompleted) _ = Native.Kill(-Id, signal);
    }

    /// <summary>The environment the process was started with; empty when it has ended.</summary>
    public IReadOnlyDictionary<string, string> ReadEnvironment()
    {
        var variables = new Dictionary<string, string>();
        try
        {
            foreach (var line in File.ReadAllText($"/proc/{Id}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0) variables[line[..equals]] = line[(equals + 1)..];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended between the look and the read: an empty environment is what is left of it.
        }

        return variables;
    }

    private static long? ReadStartTicks(int id)
    {
        try
        {
            // Field 22 of proc_pid_stat(5); the name in parentheses may hold spaces, so count from the last one.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void WatchForExit(int pidfd)
    {
        if (pidfd >= 0)
        {
            var poll = new Native.PollFd { Fd = pidfd, Events = 1 };
            while (Native.Poll(ref poll, 1, -1) < 0)
            {
            }

            _ = Native.Close(pidfd);
        }

        // Not our child when it was found again: then its status is not ours to read.
        var known = Native.WaitPid(Id, out var status, 0) == Id;
        _exited.TrySetResult(new ProcessExit(known ? status : null));
    }

    private static string Explain(int error, string program, string workingFolder) => error switch
    {
        2 when !Directory.Exists(workingFolder) => $"The folder {workingFolder} does not exist.",
        2 => $"The program {program} does not exist.",
        13 when !Directory.Exists(workingFolder) => $"The folder {workingFolder} cannot be entered.",
        13 => $"The program {program} may not be executed.",
        _ => $"The program {program} could not be started (error {error} of posix_spawn).",
    };
}

/// <summary>How a process ended.</summary>
/// <param name="Status">Its wait status; null when it was not a child of this process.</param>
internal readonly record struct ProcessExit(int? Status)
{
    /// <summary>As a shell says it: the exit code, or 128 and the signal's number; null when it is not known.</summary>
    public int? Code => Status is not { } status ? null : (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);

    /// <inheritdoc />
    public override string ToString() => Status switch
    {
        null => "ended",
        { } status when (status & 0x7F) == 0 => $"ended with exit code {(status >> 8) & 0xFF}",
        { } status when (status & 0x7F) == 9 => "was killed by the system or a person (signal 9; when memory ran out, the kernel log says so)",
        { } status => $"was ended by signal {status & 0x7F}",
    };
}
