using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Terminals;

/// <summary>Terminals over HTTP and WebSockets. Needs a connected keeper client.</summary>
internal static class TerminalsFeature
{
    public static IServiceCollection AddTerminals(this IServiceCollection services) =>
        services.AddSingleton<LabTerminals>().AddSingleton<LiveScreens>();

    public static void MapTerminals(this IEndpointRouteBuilder endpoints)
    {
        // A lab without a keeper has none; pages ask all the same.
        if (endpoints.ServiceProvider.GetService<LabTerminals>() is null)
        {
            Map("/api/terminals", "GET", context => ApiJson.WriteAsync(context, "[]"u8.ToArray()));
            return;
        }
        Map("/api/terminals", "GET", TerminalEndpoints.ListAsync);
        Map("/api/terminals", "POST", TerminalEndpoints.StartAsync);
        Map("/api/terminals/{name}", "GET", context => TerminalEndpoints.GetAsync(context, Name(context)));
        Map("/api/terminals/{name}", "DELETE", context => TerminalEndpoints.DeleteAsync(context, Name(context)));
        Map("/terminals/websocket/{name}", "GET", context => TerminalSocket.ConnectAsync(context, Name(context)));

        void Map(string pattern, string method, RequestDelegate handler) => endpoints.MapMethods(pattern, [method], handler);
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;
}
