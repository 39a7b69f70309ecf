using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Ssh;

/// <summary>
/// Starts OpenSSH's sshd for one connection, in the machine: its namespaces, files and limits are the machine's. A machine without one is entered by a command, from an sshd of the hub's computer;
/// then there are no forwards, and sftp only where that finds its server; who comes is told.
/// </summary>
internal sealed class Sshd(HubOptions options, HostKeys hosts)
{
    private const int LongestAnswer = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly Lazy<string> Script = new(() => Pages.Style.Resource("sshd.sh"));

    /// <summary>Starts it; it has not said anything to the client yet.</summary>
    /// <param name="machine">One that runs.</param>
    /// <param name="keys">Who may log in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<SshdProcess>> StartAsync(MachineRecord machine, IReadOnlyList<SshKey> keys, CancellationToken cancellationToken)
    {
        if (options.EngineOf(machine) is not { } engine) return new HubFault("unavailable", $"This hub has no engine {machine.Spec.Engine}.");
        var host = await hosts.OfAsync(machine, cancellationToken);
        if (!host.Ok) return host.Fault;
        var authorized = string.Concat(keys.Select(key => $"{key.Type} {key.Key}\n"));

        // 1. In the machine.
        string[] argv = ["/bin/sh", "-c", Script.Value, "holdfast-ssh"];
        Func<Task<SshdProcess>> start = async () => new SshdProcess(await NodeWay.RunAsync(options.Folders.WayOf(machine.Id), argv, cancellationToken));
        if (machine.Node is null)
        {
            var entry = await engine.EntryAsync(machine.Id, argv, cancellationToken);
            if (!entry.Ok) return entry.Fault.Code is "not-running" or "not-found" ? MachineRules.NotRunning(machine) : new HubFault("unavailable", entry.Fault.Message);
            start = () => Task.FromResult(Here(entry.Value));
        }
        var inside = await RunAsync(start, $"{host.Value.Private.TrimEnd()}\n.\n{host.Value.Certificate}\n.\n{authorized}.\n.\n", cancellationToken);
        if (inside.Process is not null) return inside.Process;
        if (inside.Said != "none") return new HubFault("unavailable", $"ssh did not get into {machine.Spec.Name}: {inside.Said}");

        // 2. Where it has none, at its door.
        var mend = machine.Spec.Image is null ? "apt-get install openssh-server there" : "openssh-server in its image";
        var banner = $"{machine.Spec.Name} has no sshd: a shell and commands, but no forwards, and no scp or sftp unless it has sftp-server; mend: {mend}.\n";
        var doors = string.Concat(keys.Select(key => $"{SshDoor.Options(options, key, machine.Spec.Name)} {key.Type} {key.Key}\n"));
        var door = await RunAsync(() => Task.FromResult(Here([.. argv, "door"])), $"{host.Value.Private.TrimEnd()}\n.\n{host.Value.Certificate}\n.\n{doors}.\n{banner}.\n", cancellationToken);
        return door.Process is not null ? door.Process
            : new HubFault("unavailable", $"Neither {machine.Spec.Name} nor the hub's computer has sshd{(door.Said == "none" ? "" : $" ({door.Said})")}; mend: {mend}, or apt-get install openssh-server on the hub's computer.");
    }

    private static SshdProcess Here(IReadOnlyList<string> argv) =>
        new(Process.Start(new ProcessStartInfo(argv[0], argv.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>Runs the script until it has become sshd; what it said when it did not.</summary>
    private static async Task<(SshdProcess? Process, string Said)> RunAsync(Func<Task<SshdProcess>> start, string input, CancellationToken cancellationToken)
    {
        SshdProcess process;
        try
        {
            process = await start();
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            return (null, fault.Message);
        }
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            await process.Input.WriteAsync(Encoding.ASCII.GetBytes(input), late.Token);
            await process.Input.FlushAsync(late.Token);
            var line = Encoding.Latin1.GetString(await FirstLine.ReadAsync(process.Output, LongestAnswer, late.Token));
            if (line == "ok") return (process, "");
            var said = line.Length > 0 ? line : process.LastWords is { Length: > 0 } words ? words : "it ended without a word";
            process.Dispose();
            return (null, said);
        }
        catch (Exception fault) when (fault is IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var said = process.LastWords is { Length: > 0 } words ? words : "it did not answer";
            process.Dispose();
            return (null, said);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }
}
