using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Costs;

/// <summary>
/// Charges machines from when their workload exists (fetching the image and waiting in a queue are free, hooks are not) until it has ended. A machine that goes on while no hub is there goes on costing; one that ended
/// meanwhile has cost until the end that its engine knows, else until the hub last saw it.
/// </summary>
internal sealed class RunMeter(HubOptions options, CostLedger ledger, MachineStore machines, TimeProvider time, ILogger<RunMeter> log) : IMachineObserver
{
    private readonly Lock _turn = new();

    /// <summary>Machines that run as far as this very hub knows.</summary>
    private readonly HashSet<string> _witnessed = [];

    /// <inheritdoc />
    public void Changed(MachineRecord before, MachineRecord now)
    {
        if (Exists(now) && !Exists(before)) Begin(now);
        else if (HasEnded(now.State) && !HasEnded(before.State) && ledger.Current(now.Id) is { } run) ledger.End(run.Id, Forget(now.Id) ? time.GetUtcNow() : run.Seen);
    }

    /// <summary>Looks which machines go on: each minute, and before a hub that has come back takes them up.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var known = machines.All().ToDictionary(entry => entry.Record.Id, entry => entry.Record);
        // Jobs have a meter of their own: their end.
        var open = ledger.Open().Where(charge => charge is { Type: not null, IsJob: false }).ToDictionary(charge => charge.Subject);
        foreach (var charge in open.Values)
        {
            var status = known.GetValueOrDefault(charge.Subject) is { } machine ? await InspectAsync(machine, cancellationToken) : new EngineFault("not-found", "");
            if (status is { Value.IsRunning: true })
            {
                Witness(charge.Subject);
                ledger.See(charge.Id);
            }
            else if (status.Ok) ledger.End(charge.Id, status.Value.Ended ?? charge.Seen);
            else if (status.Fault.Code == "not-found") ledger.End(charge.Id, Forget(charge.Subject) ? time.GetUtcNow() : charge.Seen);
            else Forget(charge.Subject);
        }
        // A hub that was killed just before it could write down that a machine runs.
        foreach (var machine in known.Values.Where(machine => Exists(machine) && !open.ContainsKey(machine.Id)))
            if (await InspectAsync(machine, cancellationToken) is { Value.IsRunning: true }) Begin(machine);
    }

    private async Task<EngineResult<WorkloadStatus>> InspectAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        try
        {
            return options.EngineOf(machine) is { } engine ? await engine.InspectAsync(machine.Id, cancellationToken) : new EngineFault("unavailable", "There is no such engine.");
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            CostsLog.Unseen(log, fault, machine.Spec.Name);
            return new EngineFault("unavailable", fault.Message);
        }
    }

    private void Begin(MachineRecord machine)
    {
        var settings = options.Settings;
        var type = settings.Types.FirstOrDefault(type => type.Name == machine.Type) ?? MachineRules.TypeOf(machine.Spec, settings);
        Witness(machine.Id);
        ledger.BeginRun(machine.Id, machine.Spec.Name, machine.Owner, type.Name, type.Price, settings.Currency);
    }

    private void Witness(string machine)
    {
        lock (_turn) _witnessed.Add(machine);
    }

    private bool Forget(string machine)
    {
        lock (_turn) return _witnessed.Remove(machine);
    }

    private static bool Exists(MachineRecord machine) => machine.State == MachineState.Running || machine.State == MachineState.Starting && machine.Reason != MachineReason.Queued && machine.Steps.Any(step => step.Name == "create");

    private static bool HasEnded(MachineState state) => MachineRules.IsAtRest(state) || state == MachineState.Deleted;
}
