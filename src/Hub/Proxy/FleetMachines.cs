using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Proxy;

/// <summary>The machines of the fleet.</summary>
internal sealed class FleetMachines(Fleet fleet, LossLists losses) : IMachines
{
    public IReadOnlyList<MachineRecord> List(Caller caller) => fleet.List(caller);

    public HubResult<MachineRecord> Find(Caller caller, string name) => fleet.Find(caller, name);

    public HubResult<MachineRecord> Create(Caller caller, MachineSpec spec) => fleet.Create(caller, spec);

    public HubResult<MachineRecord> Start(Caller caller, string name, StartWish wish) => fleet.Start(caller, name, wish);

    public Task<HubResult<MachineRecord>> StopAsync(Caller caller, string name, bool confirmed, CancellationToken cancellationToken) =>
        fleet.StopAsync(caller, name, confirmed, cancellationToken);

    public string LabSocketOf(MachineRecord machine) => fleet.LabSocketOf(machine);

    public string PortSocketOf(MachineRecord machine) => fleet.PortSocketOf(machine);

    public Task<HubResult<LossList>> LookAsync(MachineRecord machine, CancellationToken cancellationToken) => losses.LookAsync(machine, cancellationToken);

    public LossList? LastLoss(MachineRecord machine) => losses.LastOf(machine.Id);
}
