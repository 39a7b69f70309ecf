using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Stores;

/// <summary>Object storage.</summary>
internal static class StoresFeature
{
    public static IServiceCollection AddStores(this IServiceCollection services) => services.AddSingleton<StoreClients>();
}
