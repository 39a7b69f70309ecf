using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Loss;

/// <summary>The loss list of a machine that runs, or whose layer is still there; and that of its last stop.</summary>
internal sealed class LossLists
{
    /// <summary>Looks. Fault <c>unavailable</c> when the engine cannot tell.</summary>
    public Task<HubResult<LossList>> LookAsync(MachineRecord machine, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Keeps what a stop destroys, to be shown afterwards.</summary>
    public void Remember(string machineId, LossList list) => throw new NotImplementedException();

    /// <summary>What the last stop destroyed; null when nothing is known.</summary>
    public LossList? LastOf(string machineId) => throw new NotImplementedException();
}
