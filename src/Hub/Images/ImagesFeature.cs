using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Images;

/// <summary>Images: those on this computer, those of registries, and those that jobs run.</summary>
internal static class ImagesFeature
{
    public static IServiceCollection AddImages(this IServiceCollection services) => services
        .AddSingleton<RegistryLogins>()
        .AddSingleton<RegistryClient>()
        .AddSingleton<ImageUses>()
        .AddSingleton<HubImages>()
        .AddSingleton<ImageMoves>()
        .AddSingleton<ImagePins>()
        .AddSingleton<ImageChecks>()
        .AddSingleton<JobImages>();
}
