using System.Runtime.CompilerServices;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Stores;

namespace Holdfast.Hub.Output;

/// <summary>An artifact's content.</summary>
/// <param name="Content">It can be read from anywhere, only asynchronously.</param>
/// <param name="Modified">When it was written last.</param>
/// <param name="Tag">Another one is another content.</param>
internal sealed record ArtifactContent(Stream Content, DateTimeOffset Modified, string Tag) : IAsyncDisposable
{
    /// <inheritdoc />
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>The artifacts of jobs: from the output folder, and where that is gone from the store that has them.</summary>
internal sealed class OutputFiles(JobArtifacts artifacts, StoreClients stores)
{
    /// <summary>The artifacts after a path.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="after">A path; null for the first ones.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<ArtifactList>> ListAsync(JobRecord job, string? after, int limit, CancellationToken cancellationToken)
    {
        if (Away(job) is not { } place) return artifacts.List(job, after, limit);
        var store = stores.Of(place.Store, job.Owner);
        if (!store.Ok) return store.Fault;
        var list = await store.Value.ListAsync($"{place.Prefix}/", after is null ? null : place.KeyOf(after), limit, cancellationToken);
        if (!list.Ok) return list.Fault;
        List<Artifact> found = [.. from each in list.Value
                                   let path = each.Key[(place.Prefix.Length + 1)..]
                                   where StorePlace.IsPath(path) && path != StoreClient.Probe
                                   select new Artifact(path, ArtifactKind.Of(path), each.Size, each.Modified)];
        return new ArtifactList(found, list.Value.Count == limit ? list.Value[^1].Key[(place.Prefix.Length + 1)..] : null);
    }

    /// <summary>All of them, one after the other; it ends where the store does not answer.</summary>
    public async IAsyncEnumerable<Artifact> AllAsync(JobRecord job, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Away(job) is null)
        {
            foreach (var artifact in artifacts.All(job)) yield return artifact;
            yield break;
        }
        for (var (after, more) = ((string?)null, true); more;)
        {
            var list = await ListAsync(job, after, JobArtifacts.MostAtOnce, cancellationToken);
            // Half an archive must not look whole.
            if (!list.Ok) throw new IOException(list.Fault.Message);
            foreach (var artifact in list.Value.Artifacts) yield return artifact;
            (after, more) = (list.Value.Next, list.Value.Next is not null);
        }
    }

    /// <summary>One of them, to be read; null when there is no such file.</summary>
    public async Task<HubResult<ArtifactContent?>> OpenAsync(JobRecord job, string path, CancellationToken cancellationToken)
    {
        if (Away(job) is not { } place)
            return artifacts.Open(job, path, out var modified) is { } file ? new ArtifactContent(file, modified, $"{modified.ToUnixTimeSeconds():x}-{file.Length:x}") : new HubResult<ArtifactContent?>(null, null);
        if (!StorePlace.IsPath(path)) return new HubResult<ArtifactContent?>(null, null);
        var store = stores.Of(place.Store, job.Owner);
        if (!store.Ok) return store.Fault;
        var opened = await store.Value.OpenAsync(place.KeyOf(path), cancellationToken);
        if (!opened.Ok) return opened.Fault;
        return opened.Value is { Content: { } content, Object: { } found } ? new ArtifactContent(content, found.Modified, found.Tag.Trim('"')) : new HubResult<ArtifactContent?>(null, null);
    }

    /// <summary>Where they are in a store; null as long as the folder is there.</summary>
    private StorePlace? Away(JobRecord job) => job.Store is { } output && !artifacts.IsThere(job) ? StorePlace.Of(output) : null;
}
