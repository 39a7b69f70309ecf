using System.Collections;
using Holdfast.Keeper.Processes;

namespace Holdfast.Keeper.Client;

/// <summary>A program that outlives the one that starts it and its terminal: in a session of its own, with empty input.</summary>
public sealed class DetachedProgram
{
    private readonly ChildProcess _process;

    private DetachedProgram(ChildProcess process) => _process = process;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Its exit code once it has ended (128 and the signal's number when one ended it); null before.</summary>
    public int? ExitCode => _process.Exited.IsCompleted ? _process.Exited.Result.Code ?? 1 : null;

    /// <summary>Starts one in this process's environment.</summary>
    /// <param name="argv">Program and arguments.</param>
    /// <param name="added">Variables besides those of this process.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="log">The file that its output is appended to; made with mode 0600.</param>
    /// <returns>The program, or why it could not be started.</returns>
    public static (DetachedProgram? Program, string? Error) Start(IReadOnlyList<string> argv, IReadOnlyDictionary<string, string> added, string folder, string log)
    {
        ArgumentNullException.ThrowIfNull(added);
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
        foreach (var (name, value) in added) variables[name] = value;
        var (process, error) = ChildProcess.Start(argv, variables, folder, log);
        return (process is null ? null : new DetachedProgram(process), error);
    }
}
