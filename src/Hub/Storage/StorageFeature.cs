using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Storage;

/// <summary>Volumes: usage, quotas, permissions, snapshots.</summary>
internal static class StorageFeature
{
    public static IServiceCollection AddStorage(this IServiceCollection services) => services
        .AddSingleton<ProjectQuotas>()
        .AddSingleton<VolumeUsage>().AddSingleton<IHostedService>(provider => provider.GetRequiredService<VolumeUsage>());
}
