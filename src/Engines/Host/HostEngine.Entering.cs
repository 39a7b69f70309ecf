using System.Globalization;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>How others get into a workload.</summary>
public sealed partial class HostEngine
{
    /// <inheritdoc />
    public Task<EngineResult<IReadOnlyList<string>>> EntryAsync(string id, IReadOnlyList<string> argv, CancellationToken cancellationToken) => Task.FromResult(Entry(id, argv));

    /// <inheritdoc />
    public async Task<EngineResult<ExecResult>> ExecAsync(string id, ExecCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var entry = Entry(id, command.Argv);
        if (!entry.Ok) return entry.Fault;
        return await HostExec.RunAsync(HostCheck.Command(entry.Value), command, cancellationToken);
    }

    private EngineResult<IReadOnlyList<string>> Entry(string id, IReadOnlyList<string> argv)
    {
        if (Find(id) is not { } found) return NotFound(id);
        if (Status(found.Folder, found.Record) is not { IsRunning: true, ProcessId: { } process }) return new EngineFault("not-running", $"{id} has ended.");

        // The environment comes over an open file: arguments can be read by everybody on this host, and inside the file is not to be seen.
        var groups = string.Concat(found.Record.Groups.Select(group => $"echo 0 >{Shell.Quote(group + "/cgroup.procs")}\n"));
        // A terminal of this host has no name inside, and tmux, ssh and sudo want one: 'script' gives it a terminal of the workload's own.
        var terminal = found.Record.IsIsolated ? $"[ -t 0 ] && command -v script >/dev/null && exec script -qec {Shell.Quote(Shell.Quote(argv))} /dev/null\n" : "";
        var inside = $". /proc/self/fd/4\nexec 4<&-\ncd {Shell.Quote(found.Record.WorkingFolder)}\n{terminal}exec \"$@\"";
        var enter = found.Record.IsIsolated ? $"nsenter --target {process.ToString(CultureInfo.InvariantCulture)} --mount --uts --ipc --pid -- {Scripts.Confine} " : "";
        // Of whoever enters only the kind of terminal goes along.
        var script = $"{groups}exec 4<{Shell.Quote(found.Folder.Environment)}\nexec env -i PATH={HostCheck.Path} ${{TERM:+\"TERM=$TERM\"}} {enter}/bin/sh -c {Shell.Quote(inside)} sh \"$@\"";
        return new EngineResult<IReadOnlyList<string>>(["/bin/sh", "-c", script, "holdfast", .. argv], null);
    }
}
