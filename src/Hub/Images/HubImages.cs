using System.Globalization;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Images;

/// <summary>
/// The images of this computer, by people: listed, built, removed. All may see all; what a member builds is called <c>localhost/people/NAME/…</c>, so that nobody gets another image under a
/// name that they know, and a member removes only such ones, and those of their machines' recipes.
/// </summary>
internal sealed class HubImages(HubOptions options, Fleet fleet, ImageUses uses, AuditLog audit)
{
    private const string OfMachines = "localhost/holdfast";
    private readonly SemaphoreSlim _build = new(1);

    /// <summary>The engine that has images; null for none.</summary>
    public IEngine? Engine => options.Engines.Values.FirstOrDefault(engine => engine is IImageStore);

    public async Task<HubResult<IReadOnlyList<ImageView>>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var images = await AllAsync(cancellationToken);
        var users = uses.Now(caller);
        return images.Ok ? images.Value.Select(image => ViewOf(caller, image, users(image))).ToList() : images.Fault;
    }

    /// <summary>
    /// An image of this computer by what people call it: an id or the beginning of one, a whole name, or a name without <c>localhost/</c>, <c>people/NAME/</c> or <c>holdfast/</c>; without
    /// a tag the newest number.
    /// </summary>
    public async Task<HubResult<(LocalImage Image, string Name)>> FindAsync(Caller caller, string text, CancellationToken cancellationToken)
    {
        var images = await AllAsync(cancellationToken);
        if (!images.Ok) return images.Fault;
        var id = text.StartsWith("sha256:", StringComparison.Ordinal) ? text : $"sha256:{text}";
        if (id.Length >= "sha256:".Length + 12 && images.Value.FirstOrDefault(image => image.Id.StartsWith(id, StringComparison.Ordinal)) is { } byId) return (byId, byId.Id);
        var found = from place in (string[])[text, $"{PlaceOf(caller)}/{text}", $"localhost/{text}", $"{OfMachines}/{text}"]
                    from image in images.Value
                    from name in image.Names
                    where name == place || (name.StartsWith($"{place}:", StringComparison.Ordinal) && (name.EndsWith(":latest", StringComparison.Ordinal) || Number(name) > 0))
                    select (Image: image, Name: name, IsWhole: name == place, Place: place);
        return found.GroupBy(each => each.Place).FirstOrDefault()?.OrderByDescending(each => each.IsWhole).ThenByDescending(each => Number(each.Name)).First() is { } best
            ? (best.Image, best.Name)
            : new HubFault("image-missing", $"There is no image {text} here; mend: 'holdfast image ls' lists them, 'holdfast image pull' fetches one.");
    }

    /// <summary>Builds an image of an archive (tar) of a folder with a Containerfile, one build after the other.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="name">Repository, and the tag if it is to be another one than a number.</param>
    /// <param name="archive">The archive; it can seek.</param>
    /// <param name="isFresh">Whether every step is done again.</param>
    /// <param name="progress">Gets each line that the build says.</param>
    /// <param name="cancellationToken">Gives up, and ends the step that runs; finished steps stay.</param>
    public async Task<HubResult<BuiltImage>> BuildAsync(Caller caller, ImageName name, Stream archive, bool isFresh, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (Engine is not IImageBuilder builder) return ImageFaults.NoEngine;
        if (_build.CurrentCount == 0) progress.Report("Waiting for another build to end.");
        await _build.WaitAsync(cancellationToken);
        try
        {
            var built = await builder.BuildAsync(new ImageBuild("", name.Place) { Archive = archive, Tag = name.Tag, IsFresh = isFresh }, progress, cancellationToken);
            if (!built.Ok) return ImageFaults.Of(built.Fault);
            audit.Write(caller.Name, "image.build", built.Value.Name, built.Value.Reference);
            return built.Value;
        }
        finally
        {
            _build.Release();
        }
    }

    /// <summary>The name that an image gets which somebody builds, by what they call it.</summary>
    public static HubResult<ImageName> NameFor(Caller caller, string text)
    {
        if (ImageName.Parse(text) is not { Digest: null } name) return new HubFault("bad-request", $"'{text}' is no name of an image; mend: lower-case letters, digits and single - . _, as leaves or leaves:v1.");
        if (name.Registry.Length == 0 && !name.Repository.Contains('/', StringComparison.Ordinal)) name = name with { Registry = ImageName.Here, Repository = $"people/{caller.Name}/{name.Repository}" };
        if (!ImageName.IsRepository(name.Repository)) return new HubFault("bad-request", $"{caller.Name} cannot be a part of an image's name; mend: an administrator builds it under another name.");
        return caller.IsAdmin || name.Place.StartsWith($"{PlaceOf(caller)}/", StringComparison.Ordinal) ? name
            : new HubFault("forbidden", $"What you build is called {PlaceOf(caller)}/…, other names are for administrators; mend: a name without a slash. 'holdfast image push' gives it a registry's name.");
    }

    /// <summary>Removes a name, and with its last one the image; an id removes all of its names.</summary>
    public async Task<HubResult<RemovedImageView>> RemoveAsync(Caller caller, string text, CancellationToken cancellationToken)
    {
        var notTheirs = new HubFault("forbidden", $"Images that are not called {PlaceOf(caller)}/… are for administrators to remove.");
        var found = await FindAsync(caller, text, cancellationToken);
        if (!found.Ok) return caller.IsAdmin || found.Fault.Code != "image-missing" ? found.Fault : notTheirs;
        var (image, name) = found.Value;
        if (name == image.Id ? !IsOwn(caller, image) : !IsOwn(caller, name)) return notTheirs;
        var isLast = name == image.Id || image.Names.Count == 1;
        if (isLast && uses.Now(caller)(image) is { Count: > 0 } users) return new HubFault("conflict", $"{text} is in use by {string.Join(", ", users)}; mend: delete that first, or give it another image.");
        var removed = await ((IImageStore)Engine!).RemoveImageAsync(name, cancellationToken);
        if (!removed.Ok) return ImageFaults.Of(removed.Fault);
        audit.Write(caller.Name, "image.rm", name, $"freed {removed.Value.Freed} B");
        return new RemovedImageView(removed.Value.Names, removed.Value.IsGone, removed.Value.Freed);
    }

    /// <summary>What nothing uses: what builds have left over, and with <paramref name="all"/> also what has a name, but no machine, job or container.</summary>
    public async Task<HubResult<UnusedImages>> UnusedAsync(Caller caller, bool all, CancellationToken cancellationToken)
    {
        var unused = await FindUnusedAsync(caller, all, cancellationToken);
        return unused.Ok ? new UnusedImages([.. unused.Value.Select(image => ViewOf(caller, image, []))], LocalImage.Frees(unused.Value), []) : unused.Fault;
    }

    /// <summary>Removes what nothing uses.</summary>
    public async Task<HubResult<UnusedImages>> PruneAsync(Caller caller, bool all, CancellationToken cancellationToken)
    {
        var unused = await FindUnusedAsync(caller, all, cancellationToken);
        if (!unused.Ok) return unused.Fault;
        var (gone, problems) = (new List<LocalImage>(), new List<string>());
        foreach (var image in unused.Value)
        {
            var removed = await ((IImageStore)Engine!).RemoveImageAsync(image.Id, cancellationToken);
            if (removed.Ok || removed.Fault.Code == "image-missing") gone.Add(image);
            else problems.Add(removed.Fault.Message);
        }
        var freed = LocalImage.Frees(gone);
        audit.Write(caller.Name, "image.prune", all ? "all" : null, $"{gone.Count} images, freed {freed} B");
        return new UnusedImages([.. gone.Select(image => ViewOf(caller, image, []))], freed, problems);
    }

    private async Task<HubResult<List<LocalImage>>> FindUnusedAsync(Caller caller, bool all, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin) return new HubFault("forbidden", "Pruning is for administrators: images have no owner but by name.");
        var images = await AllAsync(cancellationToken);
        var users = uses.Now(caller);
        return images.Ok ? images.Value.Where(image => (all || image.Names.Count == 0) && users(image).Count == 0).ToList() : images.Fault;
    }

    private async Task<HubResult<IReadOnlyList<LocalImage>>> AllAsync(CancellationToken cancellationToken)
    {
        if (Engine is not IImageStore store) return ImageFaults.NoEngine;
        var images = await store.ImagesAsync(cancellationToken);
        return images.Ok ? new HubResult<IReadOnlyList<LocalImage>>(images.Value, null) : ImageFaults.Of(images.Fault);
    }

    private ImageView ViewOf(Caller caller, LocalImage image, IReadOnlyList<string> users) =>
        new(image.Id, image.Names, image.Digest, image.Size, image.Own, image.Size - image.Own, image.Created, users, IsOwn(caller, image));

    private static string PlaceOf(Caller caller) => $"localhost/people/{caller.Name}";

    private bool IsOwn(Caller caller, LocalImage image) => caller.IsAdmin || (image.Names.Count > 0 && image.Names.All(name => IsOwn(caller, name)));

    private bool IsOwn(Caller caller, string name) =>
        caller.IsAdmin || name.StartsWith($"{PlaceOf(caller)}/", StringComparison.Ordinal)
        || (ImageName.Parse(name) is { } parsed && parsed.Place.StartsWith($"{OfMachines}/", StringComparison.Ordinal) && fleet.Find(parsed.Place[(OfMachines.Length + 1)..])?.Owner == caller.Name);

    private static int Number(string name) => int.TryParse(name.AsSpan(name.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
