using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Hub.Hooks;

namespace Holdfast.Hub.Inside;

/// <summary>Runs one hook and says how it ended. What it has started in the background goes on; what it has exported is this process' environment afterwards.</summary>
internal static partial class HookRun
{
    private static readonly string[] Shells = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"];

    /// <summary>The end of the name of the file with a hook's environment.</summary>
    public const string Exported = ".environment";

    /// <summary>Of the hook's own shell, not of its work.</summary>
    private static readonly HashSet<string> NotExported = ["_", "SHLVL", "PWD", "OLDPWD"];

    /// <param name="hook">The hook.</param>
    /// <param name="folder">Where its output is kept (<c>team.log</c>), made by the caller.</param>
    /// <param name="limit">How long it may run; then it is killed with all that it has started.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<HookOutcome> RunAsync(HookOrder hook, string folder, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (hook.Skipped is { } why) return new HookOutcome(hook.Name, hook.Script, null, null, null, "", TimeSpan.Zero, why);
        var log = Path.Combine(folder, $"{hook.Name}.log");
        var (driver, variables, failure) = (Path.Combine(folder, "hook.sh"), Path.Combine(folder, hook.Name + Exported), Path.Combine(folder, "failure"));
        foreach (var left in (string[])[log, variables, failure]) File.Delete(left);
        var began = time.GetTimestamp();
        if (Array.Find(Shells, File.Exists) is not { } shell)
            return new HookOutcome(hook.Name, hook.Script, 127, null, null, "There is no bash in this image, which runs hooks; mend: an image with bash, or no hook.", TimeSpan.Zero, null);
        await WriteDriverAsync(driver, cancellationToken);

        // 1. The output goes to a file, not a pipe: what the hook leaves in the background would hold a pipe open.
        var start = new ProcessStartInfo(shell, ["-c", "exec \"$0\" \"$1\" \"$2\" \"$3\" \"$4\" > \"$5\" 2>&1 < /dev/null", shell, driver, hook.File, variables, failure, log]);
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            var last = string.Create(CultureInfo.InvariantCulture, $"{LastWords.Of(log)}\nIt did not end within {limit.TotalSeconds:0.#} s and was killed.\n");
            return new HookOutcome(hook.Name, hook.Script, null, null, null, last.TrimStart('\n'), time.GetElapsedTime(began), null);
        }

        // 2. How it ended.
        var output = LastWords.Of(log);
        if (process.ExitCode == 0 && File.Exists(variables))
        {
            Export(await File.ReadAllBytesAsync(variables, cancellationToken));
            return new HookOutcome(hook.Name, hook.Script, 0, null, null, output, time.GetElapsedTime(began), null);
        }
        // A hook that puts another program in its own place (exec) has had no chance to export.
        if (process.ExitCode == 0) return new HookOutcome(hook.Name, hook.Script, 0, null, null, output, time.GetElapsedTime(began), null);
        var (line, command) = Place(hook.File, failure, output);
        return new HookOutcome(hook.Name, hook.Script, process.ExitCode, line, command, output.Replace(hook.File, hook.Script, StringComparison.Ordinal), time.GetElapsedTime(began), null);
    }

    /// <summary>Line and command that failed: what bash has said of a line where it gave up itself (a syntax error, set -u), else what the traps have seen.</summary>
    private static (int? Line, string? Command) Place(string script, string failure, string output)
    {
        var seen = File.Exists(failure) ? File.ReadAllText(failure).Split('\0') : [];
        if (seen is [_, var line, var command, "error"]) return (int.Parse(line, CultureInfo.InvariantCulture), command);
        var said = SaidLine().Matches(output).LastOrDefault(match => match.Groups[1].Value == script);
        if (said is not null && int.TryParse(said.Groups[2].Value, CultureInfo.InvariantCulture, out var number))
            return (number, File.ReadLines(script).ElementAtOrDefault(number - 1)?.Trim());
        return seen is [_, not "0" and var last, var words, _] ? (int.Parse(last, CultureInfo.InvariantCulture), words) : (null, null);
    }

    /// <summary>Exports again what the hooks of this start have exported, for a lab that comes back.</summary>
    public static void ExportAgain(string folder, IEnumerable<HookOrder> hooks)
    {
        foreach (var hook in hooks.Where(hook => File.Exists(Path.Combine(folder, hook.Name + Exported)))) Export(File.ReadAllBytes(Path.Combine(folder, hook.Name + Exported)));
    }

    private static void Export(byte[] variables)
    {
        foreach (var pair in Encoding.UTF8.GetString(variables).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            if (!NotExported.Contains(name) && !name.StartsWith("BASH_", StringComparison.Ordinal)) Environment.SetEnvironmentVariable(name, value);
        }
    }

    private static async Task WriteDriverAsync(string path, CancellationToken cancellationToken)
    {
        await using var script = typeof(HookRun).Assembly.GetManifestResourceStream("hook.sh")!;
        await using var file = File.Create(path);
        await script.CopyToAsync(file, cancellationToken);
    }

    [GeneratedRegex(@"^(.+): line (\d+): ", RegexOptions.Multiline)]
    private static partial Regex SaidLine();
}
