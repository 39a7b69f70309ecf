using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Proxy;

/// <summary>What the proxy and the pages want of the machines. Members are those of <see cref="Fleet"/> and <see cref="LossLists"/>.</summary>
internal interface IMachines
{
    /// <inheritdoc cref="Fleet.List" />
    IReadOnlyList<MachineRecord> List(Caller caller);

    /// <inheritdoc cref="Fleet.Find(Caller, string)" />
    HubResult<MachineRecord> Find(Caller caller, string name);

    /// <summary>Makes a machine, of the image that the caller calls so.</summary>
    Task<HubResult<MachineRecord>> CreateAsync(Caller caller, MachineSpec spec, CancellationToken cancellationToken);

    /// <inheritdoc cref="Fleet.Start" />
    HubResult<MachineRecord> Start(Caller caller, string name, StartWish wish);

    /// <inheritdoc cref="Fleet.StopAsync" />
    Task<HubResult<MachineRecord>> StopAsync(Caller caller, string name, bool confirmed, CancellationToken cancellationToken);

    /// <inheritdoc cref="Fleet.LabSocketOf" />
    string LabSocketOf(MachineRecord machine);

    /// <inheritdoc cref="Fleet.PortSocketOf" />
    string PortSocketOf(MachineRecord machine);

    /// <inheritdoc cref="LossLists.LookAsync" />
    Task<HubResult<LossList>> LookAsync(MachineRecord machine, CancellationToken cancellationToken);

    /// <inheritdoc cref="LossLists.LastOf" />
    LossList? LastLoss(MachineRecord machine);
}
