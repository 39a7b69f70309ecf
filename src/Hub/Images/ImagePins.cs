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
        if (ImageName.Parse(image) is { IsOfARegistry: true } name) return (image, name.Digest is null ? await OfRegistryAsync(caller, name, cancellationToken) : null);
        var own = await images.FindAsync(caller, image, cancellationToken);
        return own.Ok ? (own.Value.Name, own.Value.Image.Id) : (image, null);
    }

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
