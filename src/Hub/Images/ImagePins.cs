using Holdfast.Engines.Contract;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Images;

/// <summary>What a name means when a job is submitted: it runs in that very image, wherever the name goes while it waits.</summary>
internal sealed class ImagePins(HubImages images, RegistryClient registries, RegistryLogins logins, TimeProvider time)
{
    /// <summary>A submission waits no longer for a registry: the image is found when the job has its turn, then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The whole name of an image, and what an engine takes for it as it is now: an id, or a place and a digest in a registry; null when it cannot be said yet.</summary>
    /// <param name="caller">Whose names are known, and whose login is taken.</param>
    /// <param name="image">As people call it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(string Name, string? Pin)> PinAsync(Caller caller, string image, CancellationToken cancellationToken)
    {
        if (images.Engine is not IImageStore store) return (image, null);
        if (await store.FindImageAsync(image, cancellationToken) is { Ok: true, Value.Reference: { } here }) return (image, here);
        var own = await images.FindAsync(caller, image, cancellationToken);
        if (own.Ok) return (own.Value.Name, own.Value.Image.Id);
        return (image, await PinElsewhereAsync(caller, image, cancellationToken));
    }

    /// <summary>What a name means in its registry as it is now, a place and a digest: for what does not run where this host's images are. Null when the name has a digest or it cannot be said yet.</summary>
    public async Task<string?> PinElsewhereAsync(Caller caller, string image, CancellationToken cancellationToken) =>
        ImageName.Parse(image) is { IsOfARegistry: true, Digest: null } name ? await OfRegistryAsync(caller, name, cancellationToken) : null;

    /// <summary>The whole name of an image that is here, by what people call it; any other as it is said. Null for null.</summary>
    public async Task<string?> NameAsync(Caller caller, string? image, CancellationToken cancellationToken) =>
        image is null || images.Engine is not IImageStore store || await store.FindImageAsync(image, cancellationToken) is { Ok: true } || await images.FindAsync(caller, image, cancellationToken) is not { Ok: true } found
            ? image : found.Value.Name;

    private async Task<string?> OfRegistryAsync(Caller caller, ImageName name, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var digest = await registries.DigestAsync(name.Registry, name.Repository, name.Tag ?? "latest", logins.Find(caller.Name, name.Registry), either.Token);
            return digest.Ok ? $"{name.Place}@{digest.Value}" : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
