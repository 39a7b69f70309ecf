using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Mosh;

/// <summary>Shells that outlive the network.</summary>
internal static class MoshFeature
{
    public static IServiceCollection AddMosh(this IServiceCollection services) => services
        .AddSingleton<MoshStore>()
        .AddSingleton<MoshSessions>()
        .AddSingleton<MoshStart>()
        .AddHostedService(provider => provider.GetRequiredService<MoshSessions>());
}
