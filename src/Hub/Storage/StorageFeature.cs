using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Storage;

/// <summary>Volumes: usage, quotas, permissions, snapshots.</summary>
internal static class StorageFeature
{
    public static IServiceCollection AddStorage(this IServiceCollection services) => services;
}
