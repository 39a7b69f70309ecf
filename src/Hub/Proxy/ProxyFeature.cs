using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Proxy;

/// <summary>The way to the machines: one origin each, and its login.</summary>
internal static class ProxyFeature
{
    public static IServiceCollection AddProxy(this IServiceCollection services) => services;

    /// <summary>Answers requests whose host is a machine or a port of one.</summary>
    public static void UseMachineOrigins(this IApplicationBuilder app)
    {
    }

    public static void MapProxy(this IEndpointRouteBuilder endpoints)
    {
    }
}
