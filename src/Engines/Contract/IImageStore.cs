namespace Holdfast.Engines.Contract;

/// <summary>An engine that keeps images on this host, and takes them to registries and from there.</summary>
public interface IImageStore
{
    /// <summary>The images that are here, without the engine's own: those without a name last.</summary>
    Task<EngineResult<IReadOnlyList<LocalImage>>> ImagesAsync(CancellationToken cancellationToken);

    /// <summary>An image that has all of these labels, as <see cref="WorkloadSpec.Image"/> takes it; null for none. Quicker than the list; the first label is to be the one that few have.</summary>
    Task<EngineResult<string?>> FindImageAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>An image that is here, by any name; no registry is asked. Fault <c>image-missing</c>.</summary>
    Task<EngineResult<EngineImage>> FindImageAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Fetches what a registry has under a name, also when the name is here already. Fault <c>registry-unavailable</c> (it does not answer), <c>image-missing</c> (it has none),
    /// <c>not-permitted</c> (it denies it), else <c>image-pull-failed</c>.
    /// </summary>
    /// <param name="name">Registry, repository, and a tag or a digest.</param>
    /// <param name="login">What logs in there; null for nobody.</param>
    /// <param name="progress">Gets a line for each step; may be null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<EngineResult<EngineImage>> PullImageAsync(string name, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>
    /// Sends an image to a registry. Gives the digest that the registry has it by, which is not the one here; it is the image's <see cref="EngineImage.Digest"/> from then on. Fault
    /// <c>image-missing</c> (it is not here), <c>registry-unavailable</c>, <c>not-permitted</c>, else <c>image-push-failed</c>.
    /// </summary>
    /// <param name="image">A name or an id.</param>
    /// <param name="target">Registry, repository and tag. The image gets no such name here.</param>
    /// <param name="login">What logs in there; null for nobody.</param>
    /// <param name="progress">Gets a line for each step; may be null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<EngineResult<string>> PushImageAsync(string image, string target, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>Gives an image a further name, which another one has no longer. Null when it is done.</summary>
    Task<EngineFault?> TagImageAsync(string image, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a name, and with its last one the image; an id removes all. Fault <c>in-use</c>, with by what, when containers are of it; <c>image-missing</c>.
    /// </summary>
    Task<EngineResult<RemovedImage>> RemoveImageAsync(string image, CancellationToken cancellationToken);
}

/// <summary>What logs in to a registry.</summary>
/// <param name="User">Its name there.</param>
/// <param name="Password">Or a token.</param>
public sealed record RegistryLogin(string User, string Password)
{
    /// <summary>The user alone: this may be written somewhere.</summary>
    public override string ToString() => User;
}

/// <summary>An image on this host.</summary>
/// <param name="Id"><c>sha256:</c> and 64 hexadecimal digits: what <see cref="WorkloadSpec.Image"/> takes.</param>
/// <param name="Names">Repository and tag, sorted; empty for what a newer build has taken the name of.</param>
/// <param name="Digest">The digest by which a registry knows it; null when no registry has told it.</param>
/// <param name="Created">When it was made; null for one that was built here, which has a fixed time.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="UsedBy">Ids of workloads, and names of other containers, that are of it.</param>
/// <param name="Layers">What it is made of, the lowest first.</param>
public sealed record LocalImage(
    string Id, IReadOnlyList<string> Names, string? Digest, DateTimeOffset? Created, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<string> UsedBy, IReadOnlyList<ImageLayer> Layers)
{
    /// <summary>Bytes of all of it.</summary>
    public long Size => Layers.Sum(layer => layer.Size);

    /// <summary>Bytes that no other image has: what its removal frees.</summary>
    public long Own => Frees([this]);

    /// <summary>Bytes that the removal of all of these frees.</summary>
    public static long Frees(IReadOnlyCollection<LocalImage> images) =>
        images.SelectMany(image => image.Layers).GroupBy(layer => layer.Key).Where(same => same.Count() == same.First().Images).Sum(same => same.First().Size);
}

/// <summary>A layer of an image.</summary>
/// <param name="Key">The same for the same layer on the same ones below.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Images">How many images of this host have it, the engine's own ones too.</param>
public readonly record struct ImageLayer(string Key, long Size, int Images);

/// <summary>What was removed.</summary>
/// <param name="Names">The names that are gone.</param>
/// <param name="IsGone">Whether the image is; no while it has other names, or images are built on it.</param>
/// <param name="Freed">Bytes.</param>
public sealed record RemovedImage(IReadOnlyList<string> Names, bool IsGone, long Freed);
