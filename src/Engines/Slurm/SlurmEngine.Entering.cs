using System.Text.RegularExpressions;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm;

/// <summary>How others get into a workload: by a step of its job.</summary>
public sealed partial class SlurmEngine
{
    /// <inheritdoc />
    public async Task<EngineResult<IReadOnlyList<string>>> EntryAsync(string id, IReadOnlyList<string> argv, CancellationToken cancellationToken)
    {
        var status = await InspectAsync(id, cancellationToken);
        if (!status.Ok) return status.Fault;
        if (!status.Value.IsRunning || Find(id) is not { } found) return new EngineFault("not-running", $"{id} {(status.Value.IsOver ? "has ended" : "waits")}.");
        var conf = _slurm.Conf is { } path ? $"SLURM_CONF={Shell.Quote(path)} " : "";
        var step = $"--overlap --jobid={found.Record.Job} --nodes=1 --ntasks=1 --nodelist={Shell.Quote(status.Value.Node!)} --quiet --export=NONE";
        var enter = $"/bin/sh {Shell.Quote(found.Folder.Enter)} - \"$@\"";
        // What is not a line yet would be kept back: protocols wait for answers to less.
        var script = $"if [ -t 0 ]; then how=--pty; else how=--unbuffered; fi; {conf}exec srun $how {step} {enter}";
        return new EngineResult<IReadOnlyList<string>>(["/bin/sh", "-c", script, "holdfast", .. argv], null);
    }

    /// <inheritdoc />
    public async Task<EngineResult<ExecResult>> ExecAsync(string id, ExecCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var entry = await EntryAsync(id, command.Argv, cancellationToken);
        if (!entry.Ok) return entry.Fault;
        var result = await HostExec.RunAsync(HostCheck.Command(entry.Value), command, cancellationToken);
        return result with { Error = WordsOfSrun().Replace(result.Error, "") };
    }

    /// <summary>What srun says of an exit code, whichever it is.</summary>
    [GeneratedRegex(@"^srun: error: \S+: task \d+: [^\n]*\n", RegexOptions.Multiline)]
    private static partial Regex WordsOfSrun();
}
