using Holdfast.Engines.Contract;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Images;

/// <summary>To registries and from there, with the caller's logins; and what registries have.</summary>
internal sealed class ImageMoves(HubImages images, RegistryLogins logins, RegistryClient registries, AuditLog audit)
{
    private const int MostDigests = 50;

    /// <summary>Sends an image to a registry.</summary>
    /// <param name="caller">Whose login is taken.</param>
    /// <param name="image">As people call it.</param>
    /// <param name="to">Registry, repository, and the tag; without one that of the image, else latest.</param>
    /// <param name="progress">Gets a line for each step.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<MovedImage>> PushAsync(Caller caller, string image, string to, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (ImageName.Parse(to) is not { IsOfARegistry: true, Digest: null } target) return NoPlace(to);
        var found = await images.FindAsync(caller, image, cancellationToken);
        if (!found.Ok) return found.Fault;
        if (target.Tag is null) target = target with { Tag = ImageName.Parse(found.Value.Name)?.Tag ?? "latest" };
        progress.Report($"Pushing {found.Value.Name} to {target}.");
        var pushed = await ((IImageStore)images.Engine!).PushImageAsync(found.Value.Image.Id, $"{target}", logins.Find(caller.Name, target.Registry), progress, cancellationToken);
        if (!pushed.Ok) return ImageFaults.Of(pushed.Fault);
        audit.Write(caller.Name, "image.push", found.Value.Name, $"{target}@{pushed.Value}");
        return new MovedImage($"{target}", pushed.Value);
    }

    /// <summary>Fetches an image from its registry, also when it is here already.</summary>
    /// <param name="caller">Whose login is taken.</param>
    /// <param name="name">Registry, repository, and a tag or a digest.</param>
    /// <param name="progress">Gets a line for each step.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<MovedImage>> PullAsync(Caller caller, string name, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (images.Engine is not IImageStore store) return ImageFaults.NoEngine;
        if (ImageName.Parse(name) is not { IsOfARegistry: true } from) return NoPlace(name);
        var pulled = await store.PullImageAsync($"{from}", logins.Find(caller.Name, from.Registry), progress, cancellationToken);
        if (!pulled.Ok) return ImageFaults.Of(pulled.Fault);
        audit.Write(caller.Name, "image.pull", $"{from}", pulled.Value.Digest);
        return new MovedImage($"{from}", pulled.Value.Digest);
    }

    /// <summary>What a registry, or a repository of one, has.</summary>
    /// <param name="caller">Whose login is taken.</param>
    /// <param name="place">A registry, or registry and repository.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<RemoteImages>> RemoteAsync(Caller caller, string place, CancellationToken cancellationToken)
    {
        var parts = place.TrimEnd('/').Split('/', 2);
        var (registry, repository) = (parts[0], parts.ElementAtOrDefault(1));
        if (!ImageName.IsRegistry(registry) || registry == ImageName.Here) return RegistryLogins.NoRegistry(registry);
        if (repository is not null && !ImageName.IsRepository(repository)) return new HubFault("bad-request", $"'{repository}' is no repository; mend: without a tag, as {registry}/team/leaves.");
        var login = logins.Find(caller.Name, registry);
        if (repository is null)
        {
            var repositories = await registries.RepositoriesAsync(registry, login, cancellationToken);
            return repositories.Ok ? new RemoteImages(registry, null, repositories.Value, null) : repositories.Fault;
        }
        var tags = await registries.TagsAsync(registry, repository, login, cancellationToken);
        if (!tags.Ok) return tags.Fault;
        var digests = await Task.WhenAll(tags.Value.Take(MostDigests).Select(tag => registries.DigestAsync(registry, repository, tag, login, cancellationToken)));
        return new RemoteImages(registry, repository, null, [.. tags.Value.Select((tag, at) => new RemoteTag(tag, digests.ElementAtOrDefault(at).Value))]);
    }

    private static HubFault NoPlace(string text) => new("bad-request", $"'{text}' names no registry; mend: write it before the repository, as registry.example.org/team/leaves:1 or docker.io/library/debian:12.");
}
