using Holdfast.Hub.Images;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Proxy;

/// <summary>The machines of the fleet.</summary>
internal sealed class FleetMachines(Fleet fleet, LossLists losses, ImagePins images) : IMachines
{
    public IReadOnlyList<MachineRecord> List(Caller caller) => fleet.List(caller);

    public HubResult<MachineRecord> Find(Caller caller, string name) => fleet.Find(caller, name);

    public async Task<HubResult<MachineRecord>> CreateAsync(Caller caller, MachineSpec spec, CancellationToken cancellationToken) =>
        fleet.Create(caller, spec with { Image = await images.NameAsync(caller, spec.Image, cancellationToken) });

    public HubResult<MachineRecord> Start(Caller caller, string name, StartWish wish) => fleet.Start(caller, name, wish);

    public Task<HubResult<MachineRecord>> StopAsync(Caller caller, string name, bool confirmed, CancellationToken cancellationToken) =>
        fleet.StopAsync(caller, name, confirmed, cancellationToken);

    public string LabSocketOf(MachineRecord machine) => fleet.LabSocketOf(machine);

    public string PortSocketOf(MachineRecord machine) => fleet.PortSocketOf(machine);

    public Task<HubResult<LossList>> LookAsync(MachineRecord machine, CancellationToken cancellationToken) => losses.LookAsync(machine, cancellationToken);

    public LossList? LastLoss(MachineRecord machine) => losses.LastOf(machine.Id);
}
