using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Terminals;

/// <summary>What runs in a new terminal, and what it finds around it.</summary>
internal static class TerminalProgram
{
    /// <summary>What must not be known in a terminal, or would be wrong there: the lab's token, the terminal that the lab itself was started in.</summary>
    private static readonly string[] NotPassedOn =
    [
        "JUPYTER_TOKEN", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_PARENT_PID", "HOLDFAST_TERMINAL", "LINES", "COLUMNS", "TERMCAP", "WINDOWID",
        "TMUX", "TMUX_PANE", "STY", "WINDOW", "VTE_VERSION", "TERM_PROGRAM", "TERM_PROGRAM_VERSION",
    ];

    /// <summary>The variables of a terminal of this name.</summary>
    public static Dictionary<string, string> Environment(string name, IReadOnlyDictionary<string, string> inherited)
    {
        var variables = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        foreach (var secret in NotPassedOn) variables.Remove(secret);
        variables["TERM"] = "xterm-256color";
        variables["COLORTERM"] = "truecolor";
        variables["HOLDFAST_TERMINAL"] = name;
        return variables;
    }

    /// <summary>The command to start: what was asked for, with the program found on the PATH of whoever asked, else the login shell.</summary>
    public static IReadOnlyList<string> Command(TerminalStart start) =>
        start.Argv.Count == 0 ? [Shell(start.Environment), "-l"] : [OnPath(start.Argv[0], start), .. start.Argv.Skip(1)];

    private static string Shell(IReadOnlyDictionary<string, string> variables)
    {
        if (variables.GetValueOrDefault("SHELL") is { } named && Path.IsPathRooted(named) && File.Exists(named)) return named;
        var user = $":x:{Processes.Native.GetUid()}:";
        var own = File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd").FirstOrDefault(line => line.Contains(user, StringComparison.Ordinal))?.Split(':')[^1] : null;
        return File.Exists(own) ? own : File.Exists("/bin/bash") ? "/bin/bash" : "/bin/sh";
    }

    private static string OnPath(string program, TerminalStart start)
    {
        if (program.Contains('/', StringComparison.Ordinal)) return Path.GetFullPath(program, start.WorkingFolder);
        return start.Environment.GetValueOrDefault("PATH", "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(Path.GetFullPath(folder, start.WorkingFolder), program))
            .FirstOrDefault(file => File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0) ?? program;
    }
}
