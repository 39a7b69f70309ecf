using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>Layers that are kept: the upper folders, copied while the workload runs.</summary>
public sealed partial class HostEngine : ILayerSnapshots
{
    /// <inheritdoc />
    public async Task<EngineResult<LayerSnapshot>> KeepLayerAsync(LayerPlace place, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        // The disk is waited for, and the caller's thread must not be.
        await Task.Yield();
        if (!WorkloadSpec.IsId(name)) return new EngineFault("bad-spec", $"'{name}' is no name of a layer: as an id of a workload.");
        if (Find(place.Id) is not { } found || !Status(found.Folder, found.Record).IsRunning) return new EngineFault("not-running", $"{place.Id} does not run.");
        if (!found.Record.IsIsolated) return new EngineFault("not-permitted", $"{place.Id} has no layer of its own: it changes this host's files.");
        var kept = KeptLayers.Of(place.Scratch);
        try
        {
            kept.Keep(name, found.Folder, found.Record.Layers, cancellationToken);
            return kept.Measure().First(layer => layer.Name == name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new EngineFault(e.HResult == 28 /* ENOSPC */ ? "disk-full" : "not-permitted", $"The layer of {place.Id} was not kept: {e.Message}");
        }
    }

    /// <inheritdoc />
    public async Task<EngineResult<IReadOnlyList<LayerSnapshot>>> LayersAsync(LayerPlace place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        await Task.Yield();
        try
        {
            return new EngineResult<IReadOnlyList<LayerSnapshot>>(KeptLayers.Of(place.Scratch).Measure(), null);
        }
        catch (DirectoryNotFoundException)
        {
            return new EngineFault("unavailable", $"The layers of {place.Id} are being changed. Look again.");
        }
    }

    /// <inheritdoc />
    public Task<EngineResult<bool>> RemoveLayerAsync(LayerPlace place, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        return Task.FromResult<EngineResult<bool>>(WorkloadSpec.IsId(name) && KeptLayers.Of(place.Scratch).Remove(name));
    }
}
