using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Slurm;
using Holdfast.Hub;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine exec NAME [-- COMMAND…]</c>: a command in a machine of this computer, in this terminal.</summary>
internal static class MachineExecVerb
{
    public static Command Create()
    {
        var name = Asking.Machine();
        var command = new Argument<string[]>("-- COMMAND") { Description = "Program and arguments. Default a shell.", Arity = ArgumentArity.ZeroOrMore };
        return Asking.Verb("exec", "Run a command in a running machine, in this terminal, and end with its exit code. Only on the hub's own computer; elsewhere the machine's page has terminals.", (parse, hub, cancellationToken) =>
            RunAsync(hub, parse.GetValue(name)!, parse.GetValue(command) is { Length: > 0 } words ? words : ["/bin/bash", "-l"], cancellationToken), name, command);
    }

    /// <summary>Runs a command in a machine; its exit code.</summary>
    public static async Task<int> RunAsync(HubClient hub, string name, IReadOnlyList<string> argv, CancellationToken cancellationToken)
    {
        var (entry, code) = await EntryAsync(hub, name, argv, cancellationToken);
        if (entry is null) return code;
        // The keys are the command's: it gets the signals of the terminal as well.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => signal.Cancel = true);
        using var process = Process.Start(new ProcessStartInfo(entry[0], entry.Skip(1)))!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    /// <summary>What runs a command inside; null when that cannot be, with the exit code after why was said.</summary>
    public static async Task<(IReadOnlyList<string>? Entry, int Code)> EntryAsync(HubClient hub, string name, IReadOnlyList<string> argv, CancellationToken cancellationToken)
    {
        if (hub.Place.Address != hub.Address) return (null, Output.Fail($"the hub at {hub.Address} is not this user's on this computer. The machine's page has terminals."));
        var reply = await hub.GetAsync(Asking.PathOf(name), cancellationToken);
        if (reply.Fault is not null) return (null, Asking.Fail(reply));
        var machine = reply.Read(HubJson.Default.MachineView);
        using var podman = new PodmanEngine(PodmanSocket.Path);
        IEngine engine = machine.Engine switch
        {
            "podman" => podman,
            "slurm" => new SlurmEngine(hub.Place.Folders.SlurmEngine, HubSettings.Read(hub.Place.Folders.Settings).Value?.Slurm ?? new SlurmSettings(), TimeProvider.System),
            _ => new HostEngine(hub.Place.Folders.HostEngine, TimeProvider.System),
        };
        var entry = await engine.EntryAsync(machine.Id, argv, cancellationToken);
        return entry.Ok ? (entry.Value, 0)
            : (null, Output.Fail(entry.Fault.Code is "not-found" or "not-running" ? $"{name} does not run. '{Surroundings.Program} machine start {name}' starts it." : entry.Fault.Message));
    }
}
