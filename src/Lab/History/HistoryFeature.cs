using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.History;

/// <summary>Versions of notebooks: kept at each save and each run, listed, compared, restored.</summary>
internal static class HistoryFeature
{
    public static IServiceCollection AddHistory(this IServiceCollection services) => services
        .AddSingleton<NotebookHistory>()
        .AddSingleton<HistoryEndpoint>();

    public static void MapHistory(this IEndpointRouteBuilder endpoints)
    {
        var endpoint = endpoints.ServiceProvider.GetRequiredService<HistoryEndpoint>();
        endpoints.MapMethods("/api/history", ["GET"], endpoint.ListAsync);
        endpoints.MapMethods("/api/history/version", ["GET"], endpoint.VersionAsync);
        endpoints.MapMethods("/api/history/diff", ["GET"], endpoint.DifferenceAsync);
        endpoints.MapMethods("/api/history/restore", ["POST"], endpoint.RestoreAsync);
    }
}
