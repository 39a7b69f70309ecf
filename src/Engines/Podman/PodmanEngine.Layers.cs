using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>
/// Layers that are kept: images of names of ours, committed of the container while it runs. Each has the whole layer: nothing is shared among those of one start. The values of
/// the container's own variables, secrets too, are taken out of them.
/// </summary>
public sealed partial class PodmanEngine : ILayerSnapshots
{
    private const string LayerRepositories = "localhost/holdfast-layers";

    /// <inheritdoc />
    public async Task<EngineResult<LayerSnapshot>> KeepLayerAsync(LayerPlace place, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (!WorkloadSpec.IsId(name)) return new EngineFault("bad-spec", $"'{name}' is no name of a layer: as an id of a workload.");
        var found = await FindAsync(place.Id, cancellationToken);
        if (!found.Ok || found.Value.State.Status is not "running") return found.Fault is { Code: not "not-found" } fault ? fault : new EngineFault("not-running", $"'{place.Id}' does not run.");
        var image = found.Value.Config.Labels?.GetValueOrDefault(ContainerSpec.BaseLabel) is { Length: > 0 } below ? below : $"sha256:{found.Value.Image}";
        var own = await _images.PrepareAsync(image, null, cancellationToken);
        if (!own.Ok) return own.Fault;

        var variables = (found.Value.Config.Env ?? []).Select(entry => entry.Split('=')[0]).Where(variable => !own.Value.Environment.ContainsKey(variable));
        // What ran in it is not what another one of it is to run.
        var changes = variables.Select(variable => $"ENV {variable}=").Concat([$"LABEL {ContainerSpec.BaseLabel}={image}", "ENTRYPOINT []", "CMD []"]).Select(change => $"&changes={PodmanApi.Word(change)}");
        var reply = await _api.PostAsync($"/commit?container={found.Value.Id}&repo={PodmanApi.Word(Repository(place.Id))}&tag={name}&pause=false{string.Concat(changes)}", "{}"u8.ToArray(), cancellationToken);
        if (!reply.Ok) return reply.Fault(_api.Socket, "not-permitted", $"The layer of '{place.Id}' was not kept");
        var kept = await _images.PrepareAsync(ImageName(place.Id, name), null, cancellationToken);
        return kept.Ok ? Snapshot(name, kept.Value.Size - own.Value.Size) : kept.Fault;
    }

    /// <inheritdoc />
    public string? ImageOf(LayerPlace place, string name)
    {
        ArgumentNullException.ThrowIfNull(place);
        return ImageName(place.Id, name);
    }

    /// <inheritdoc />
    public async Task<EngineResult<IReadOnlyList<LayerSnapshot>>> LayersAsync(LayerPlace place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        var filters = JsonSerializer.Serialize(new() { ["reference"] = [Repository(place.Id)] }, PodmanJson.Default.DictionaryStringListString);
        var reply = await _api.GetAsync($"/images/json?filters={PodmanApi.Word(filters)}", cancellationToken);
        if (!reply.Ok) return reply.Fault(_api.Socket, "unavailable", "Podman does not list its images");
        var layers = new List<LayerSnapshot>();
        foreach (var image in reply.Read(BuildJson.Default.ListListedImage))
        {
            var below = image.Labels?.GetValueOrDefault(ContainerSpec.BaseLabel) is { Length: > 0 } id ? await _images.PrepareAsync(id, null, cancellationToken) : default;
            foreach (var name in (image.Names ?? []).Where(name => name.StartsWith($"{Repository(place.Id)}:", StringComparison.Ordinal)))
                layers.Add(Snapshot(name[(name.LastIndexOf(':') + 1)..], image.Size - (below.Value?.Size ?? 0)));
        }
        return layers;
    }

    /// <inheritdoc />
    public async Task<EngineResult<bool>> RemoveLayerAsync(LayerPlace place, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (!WorkloadSpec.IsId(name)) return false;
        var reply = await _api.DeleteAsync($"/images/{PodmanApi.Word(ImageName(place.Id, name))}", cancellationToken);
        return reply.Status switch
        {
            404 => false,
            409 => new EngineFault("exists", $"The layer {name} of '{place.Id}' is in use. {reply.Message}"),
            _ when reply.Ok => true,
            _ => reply.Fault(_api.Socket, "unavailable", $"The layer {name} of '{place.Id}' was not removed"),
        };
    }

    /// <summary>The image of a kept layer, which must have been made on the image that is asked for.</summary>
    private async Task<EngineResult<KeptImage>> FindLayerAsync(WorkloadSpec spec, string name, CancellationToken cancellationToken)
    {
        var owner = spec.LayerOf?.Id ?? spec.Id;
        var reply = WorkloadSpec.IsId(name) ? await _api.GetAsync($"/images/{PodmanApi.Word(ImageName(owner, name))}/json", cancellationToken) : new PodmanReply(404, []);
        if (!reply.Ok) return reply.Fault(_api.Socket, reply.Status == 404 ? "not-found" : "unavailable", $"There is no kept layer {name} of '{owner}' any more. Start it with a fresh one");
        var image = reply.Read(PodmanJson.Default.Image);
        var below = await _images.PrepareAsync(spec.Image!, null, cancellationToken);
        if (!below.Ok) return below.Fault;
        if (image.Config?.Labels?.GetValueOrDefault(ContainerSpec.BaseLabel) != below.Value.Reference)
            return new EngineFault("bad-spec", $"The kept layer {name} of '{owner}' was made on another image than {spec.Image}. Start it with a fresh one, or with that image.");
        var names = (image.Config?.Env ?? []).Select(entry => entry.Split('=')[0]);
        return new KeptImage($"sha256:{image.Id}", [.. names.Where(variable => !below.Value.Environment.ContainsKey(variable))]);
    }

    private static LayerSnapshot Snapshot(string name, long? size) => new(name, Math.Max(0, size ?? 0), Math.Max(0, size ?? 0));

    private static string Repository(string id) => $"{LayerRepositories}/{id}";

    private static string ImageName(string id, string name) => $"{Repository(id)}:{name}";
}

/// <summary>The image of a kept layer.</summary>
/// <param name="Reference">Its id.</param>
/// <param name="Variables">Variables of the container that it was made of, which a new one must not get.</param>
internal sealed record KeptImage(string Reference, IReadOnlyList<string> Variables);
