using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Settings;

/// <summary>JupyterLab's settings.</summary>
internal static class SettingsFeature
{
    public static IServiceCollection AddSettings(this IServiceCollection services) => services
        .AddSingleton<SchemaCatalog>()
        .AddSingleton<SettingOverrides>()
        .AddSingleton<SettingsEndpoint>();

    public static void MapSettings(this IEndpointRouteBuilder endpoints)
    {
        var endpoint = endpoints.ServiceProvider.GetRequiredService<SettingsEndpoint>();
        endpoints.MapMethods(SettingsEndpoint.Route + "/{**id}", ["GET", "HEAD"], endpoint.GetAsync);
        endpoints.MapMethods(SettingsEndpoint.Route + "/{**id}", ["PUT"], endpoint.PutAsync);
    }
}
