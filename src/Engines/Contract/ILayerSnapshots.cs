namespace Holdfast.Engines.Contract;

/// <summary>
/// An engine that keeps ephemeral layers as they were at one moment, and starts workloads from them again (<see cref="WorkloadSpec.Layer"/>). Of such a workload
/// <see cref="IEngine.ChangesAsync"/> still names all that is not as the image, or the host, has it.
/// </summary>
public interface ILayerSnapshots
{
    /// <summary>
    /// Keeps the layer of a workload that runs, and runs on meanwhile: what is written in this very moment may be in it in part. Fault <c>not-running</c>,
    /// <c>disk-full</c>; <c>not-permitted</c> when something cannot be read or kept. A snapshot of this name that was there is replaced.
    /// </summary>
    /// <param name="place">Whose.</param>
    /// <param name="name">Names it among those of this workload; as an id of a workload.</param>
    /// <param name="cancellationToken">Gives up; nothing is left of it.</param>
    Task<EngineResult<LayerSnapshot>> KeepLayerAsync(LayerPlace place, string name, CancellationToken cancellationToken);

    /// <summary>The image that a kept layer is; null for an engine whose layers are none.</summary>
    string? ImageOf(LayerPlace place, string name) => null;

    /// <summary>The layers that are kept of a workload, which may be removed long since.</summary>
    Task<EngineResult<IReadOnlyList<LayerSnapshot>>> LayersAsync(LayerPlace place, CancellationToken cancellationToken);

    /// <summary>Removes a kept layer; false when there is none, fault <c>exists</c> when a workload was started from it and is still there.</summary>
    Task<EngineResult<bool>> RemoveLayerAsync(LayerPlace place, string name, CancellationToken cancellationToken);
}

/// <summary>Where the layers of a workload are kept.</summary>
/// <param name="Id">Its <see cref="WorkloadSpec.Id"/>.</param>
/// <param name="Scratch">Its <see cref="WorkloadSpec.Scratch"/>, in which the host engine keeps them.</param>
public sealed record LayerPlace(string Id, string Scratch);

/// <summary>A layer that is kept.</summary>
/// <param name="Name">As it was kept.</param>
/// <param name="Size">Bytes on the disk of what is in no other one.</param>
/// <param name="Share">Bytes on the disk of all in it, of what several have its part: the shares of all make up what they take.</param>
public sealed record LayerSnapshot(string Name, long Size, long Share);
