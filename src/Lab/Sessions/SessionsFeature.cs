using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Sessions;

/// <summary>Sessions: documents bound to kernels. Needs the kernels feature.</summary>
internal static class SessionsFeature
{
    public static IServiceCollection AddSessions(this IServiceCollection services) => services.AddSingleton<LabSessions>();

    public static void MapSessions(this IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/api/sessions", "GET", SessionEndpoints.ListAsync);
        Map(endpoints, "/api/sessions", "POST", SessionEndpoints.CreateAsync);
        Map(endpoints, "/api/sessions/{id}", "GET", context => SessionEndpoints.GetAsync(context, Id(context)));
        Map(endpoints, "/api/sessions/{id}", "PATCH", context => SessionEndpoints.ChangeAsync(context, Id(context)));
        Map(endpoints, "/api/sessions/{id}", "DELETE", context => SessionEndpoints.DeleteAsync(context, Id(context)));
    }

    private static void Map(IEndpointRouteBuilder endpoints, string pattern, string method, RequestDelegate handler) =>
        endpoints.MapMethods(pattern, [method], handler);

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
