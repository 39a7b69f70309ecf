namespace Holdfast.Engines.Contract;

/// <summary>An engine that schedules itself and whose waiting workloads can be held back.</summary>
public interface IHoldsBack
{
    /// <summary>Holds a workload back that waits, or lets it go on.</summary>
    /// <param name="id">The workload.</param>
    /// <param name="isHeld">Held back, or not any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why not; null when it is so.</returns>
    Task<EngineFault?> HoldAsync(string id, bool isHeld, CancellationToken cancellationToken);
}
