using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>The images that are here: names, layers, who uses them, and their removal.</summary>
public sealed partial class PodmanEngine : IImageStore
{
    /// <summary>Of images that are here: an id is always the same layers.</summary>
    private readonly ConcurrentDictionary<string, IReadOnlyList<(string Key, long Size)>> _layers = new();

    /// <inheritdoc/>
    public async Task<EngineResult<IReadOnlyList<LocalImage>>> ImagesAsync(CancellationToken cancellationToken)
    {
        var listed = await ListImagesAsync("", cancellationToken);
        if (!listed.Ok) return listed.Fault;
        var containers = await _api.GetAsync("/containers/json?all=true", cancellationToken);
        if (!containers.Ok) return containers.Fault(_api.Socket, "unavailable", "Podman does not list its containers");
        var users = containers.Read(PodmanJson.Default.ListListedContainer).ToLookup(container => container.ImageID ?? "", container => container.Labels?.GetValueOrDefault(ContainerSpec.IdLabel) ?? container.Names?.FirstOrDefault() ?? container.Id);

        foreach (var gone in _layers.Keys.Except(listed.Value.Select(image => image.Id))) _layers.TryRemove(gone, out _);
        var layers = await Task.WhenAll(listed.Value.Select(image => LayersAsync(image, cancellationToken)));
        var counts = layers.SelectMany(each => each).CountBy(layer => layer.Key).ToDictionary();
        return listed.Value.Zip(layers)
            .Where(pair => !IsKeptLayer(pair.First))
            .Select(pair => new LocalImage(
                $"sha256:{pair.First.Id}", NamesOf(pair.First), PodmanImages.DigestOf(pair.First.Digest, pair.First.RepoDigests, null), TimeOf(pair.First.Created), pair.First.Labels ?? [],
                [.. users[pair.First.Id].Order(StringComparer.Ordinal)], [.. pair.Second.Select(layer => new ImageLayer(layer.Key, layer.Size, counts[layer.Key]))]))
            .OrderBy(image => image.Names.Count == 0).ThenBy(image => image.Names is [var first, ..] ? first : null, StringComparer.Ordinal).ThenBy(image => image.Id, StringComparer.Ordinal).ToList();
    }

    /// <inheritdoc/>
    public Task<EngineResult<EngineImage>> FindImageAsync(string name, CancellationToken cancellationToken) => _images.InspectAsync(name, cancellationToken);

    /// <inheritdoc/>
    public async Task<EngineResult<string?>> FindImageAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        // Of several labels Podman 4.3 finds none.
        var filters = JsonSerializer.Serialize(new() { ["label"] = [.. labels.Take(1).Select(label => $"{label.Key}={label.Value}")] }, PodmanJson.Default.DictionaryStringListString);
        var listed = await ListImagesAsync($"?filters={PodmanApi.Word(filters)}", cancellationToken);
        if (!listed.Ok) return listed.Fault;
        return listed.Value.FirstOrDefault(image => !IsKeptLayer(image) && labels.All(label => image.Labels?.GetValueOrDefault(label.Key) == label.Value)) is { } found ? $"sha256:{found.Id}" : (string?)null;
    }

    /// <inheritdoc/>
    public async Task<EngineFault?> TagImageAsync(string image, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var repository = PodmanImages.Repository(name);
        var tag = name.Length > repository.Length ? name[(repository.Length + 1)..] : "latest";
        var reply = await _api.PostAsync($"/images/{PodmanApi.Word(image)}/tag?repo={PodmanApi.Word(repository)}&tag={PodmanApi.Word(tag)}", null, cancellationToken);
        return reply.Ok ? null : reply.Fault(_api.Socket, reply.Status == 404 ? "image-missing" : "bad-spec", $"{image} was not named {name}");
    }

    /// <inheritdoc/>
    public async Task<EngineResult<RemovedImage>> RemoveImageAsync(string image, CancellationToken cancellationToken)
    {
        var found = await _images.InspectAsync(image, cancellationToken);
        if (!found.Ok) return found.Fault;
        var all = await ImagesAsync(cancellationToken);
        if (!all.Ok) return all.Fault;
        if (all.Value.FirstOrDefault(each => each.Id == found.Value.Reference) is not { } here) return new EngineFault("in-use", $"{image} is what environment points are kept in; mend: remove those (holdfast env rm).");
        var name = here.Names.FirstOrDefault(each => each == image || each == $"{image}:latest" || each == $"localhost/{image}" || each == $"localhost/{image}:latest");
        if (name is not null && here.Names.Count > 1) return await DeleteAsync(name, cancellationToken) is { } kept ? kept : new RemovedImage([name], false, 0);
        if (here.UsedBy.Count > 0) return InUse(image, string.Join(", ", here.UsedBy));

        // Names by digest are names to Podman, too.
        var listed = await ListImagesAsync("", cancellationToken);
        foreach (var each in listed.Value?.FirstOrDefault(one => $"sha256:{one.Id}" == here.Id)?.Names ?? [])
        {
            if (await DeleteAsync(each, cancellationToken) is { } fault) return fault;
        }
        if (await DeleteAsync(here.Id, cancellationToken) is { } last) return last;
        var isGone = (await _images.InspectAsync(here.Id, cancellationToken)).Fault is { Code: "image-missing" };
        return new RemovedImage(here.Names, isGone, isGone ? here.Own : 0);
    }

    private async Task<EngineFault?> DeleteAsync(string image, CancellationToken cancellationToken)
    {
        var reply = await _api.DeleteAsync($"/images/{PodmanApi.Word(image)}", cancellationToken);
        return reply.Ok || reply.Status == 404 ? null : reply.Status == 409 ? InUse(image, reply.Message) : reply.Fault(_api.Socket, "unavailable", $"{image} was not removed");
    }

    private static EngineFault InUse(string image, string what) => new("in-use", $"{image} is in use by {what}; mend: stop and remove that first.");

    private async Task<EngineResult<List<ListedImage>>> ListImagesAsync(string query, CancellationToken cancellationToken)
    {
        var reply = await _api.GetAsync($"/images/json{query}", cancellationToken);
        return reply.Ok ? reply.Read(BuildJson.Default.ListListedImage) : reply.Fault(_api.Socket, "unavailable", "Podman does not list its images");
    }

    /// <summary>The layers, the lowest first. Where Podman's two lists do not go together the topmost has all.</summary>
    private async Task<IReadOnlyList<(string Key, long Size)>> LayersAsync(ListedImage listed, CancellationToken cancellationToken)
    {
        if (_layers.TryGetValue(listed.Id, out var known)) return known;
        var inspected = await _api.GetAsync($"/images/{listed.Id}/json", cancellationToken);
        var history = await _api.GetAsync($"/images/{listed.Id}/history", cancellationToken);
        if (!inspected.Ok || !history.Ok) return [];
        var image = inspected.Read(PodmanJson.Default.Image);
        var steps = history.Read(PodmanJson.Default.ListSizedStep);
        steps.Reverse();
        var sizes = image.History?.Count == steps.Count ? [.. steps.Zip(image.History).Where(pair => !pair.Second.IsEmpty).Select(pair => pair.First.Size)] : new List<long>();
        var ids = image.RootFS?.Layers ?? [];
        var layers = new List<(string Key, long Size)>();
        foreach (var id in ids)
        {
            // The chain id of the OCI image specification.
            var key = layers.Count == 0 ? id : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{layers[^1].Key} {id}")))}";
            layers.Add((key, sizes.Count == ids.Count ? sizes[layers.Count] : layers.Count == ids.Count - 1 ? listed.Size : 0));
        }
        return _layers[listed.Id] = layers;
    }

    private static bool IsKeptLayer(ListedImage image) => image.Names?.Exists(name => name.StartsWith($"{LayerRepositories}/", StringComparison.Ordinal)) == true;

    private static List<string> NamesOf(ListedImage image) => [.. (image.Names ?? []).Where(name => !name.Contains('@', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static DateTimeOffset? TimeOf(long created) => created <= FixedTime.Seconds ? null : DateTimeOffset.FromUnixTimeSeconds(created);
}
