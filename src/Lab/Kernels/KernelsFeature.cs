using Holdfast.Lab.Activity;
using Holdfast.Lab.Http;
using Holdfast.Lab.Kernels.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Holdfast.Lab.Kernels;

/// <summary>Kernels and kernelspecs over HTTP and WebSockets. Needs <see cref="LabOptions"/> and a connected keeper client as singletons.</summary>
internal static class KernelsFeature
{
    public static IServiceCollection AddKernels(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LabActivity>();
        services.TryAddSingleton<LabInput>();
        services.TryAddSingleton<KernelSpecs>();
        services.AddSingleton<KernelPages>();
        services.AddSingleton<PagePositions>();
        services.AddSingleton<ChannelServices>();
        services.AddSingleton<LabKernels>();
        services.AddHostedService<IdleKernels>();
        return services;
    }

    public static void MapKernels(this IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/api/kernelspecs", "GET", KernelSpecEndpoints.ListAsync);
        Map(endpoints, "/api/kernelspecs/{name}", "GET", context => KernelSpecEndpoints.GetAsync(context, Value(context, "name")));
        endpoints.MapMethods("/kernelspecs/{name}/{file}", ["GET", "HEAD"],
            (RequestDelegate)(context => KernelSpecEndpoints.GetFileAsync(context, Value(context, "name"), Value(context, "file"))));
        Map(endpoints, "/api/kernels", "GET", KernelEndpoints.ListAsync);
        Map(endpoints, "/api/kernels", "POST", KernelEndpoints.StartAsync);
        Map(endpoints, "/api/kernels/{id}", "GET", context => KernelEndpoints.GetAsync(context, Value(context, "id")));
        Map(endpoints, "/api/kernels/{id}", "DELETE", context => KernelEndpoints.DeleteAsync(context, Value(context, "id")));
        Map(endpoints, "/api/kernels/{id}/interrupt", "POST", context => KernelEndpoints.InterruptAsync(context, Value(context, "id")));
        Map(endpoints, "/api/kernels/{id}/restart", "POST", context => KernelEndpoints.RestartAsync(context, Value(context, "id")));
        Map(endpoints, "/api/kernels/{id}/channels", "GET", context => ChannelsEndpoint.ConnectAsync(context, Value(context, "id")));
    }

    private static void Map(IEndpointRouteBuilder endpoints, string pattern, string method, RequestDelegate handler) =>
        endpoints.MapMethods(pattern, [method], handler);

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;
}
