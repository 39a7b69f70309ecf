using System.Text;
using Holdfast.Hub.Desktop;
using Holdfast.Hub.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Holdfast.Hub.Proxy;

/// <summary>The way to the machines: one origin each, and its login.</summary>
internal static class ProxyFeature
{
    public static IServiceCollection AddProxy(this IServiceCollection services)
    {
        services.TryAddSingleton<IMachines, FleetMachines>();
        return services
            .AddSingleton<MachineCookies>()
            .AddSingleton<EntryCodes>()
            .AddSingleton<EnterPage>()
            .AddSingleton<OwnPaths>()
            .AddSingleton<Forwarder>()
            .AddSingleton<MachinePorts>()
            .AddSingleton<PortLinks>()
            .AddSingleton<MachineDesktops>()
            .AddSingleton<DesktopPage>()
            .AddSingleton<IMemoryPoolFactory<byte>, WideBlocks>()
            .Configure<KestrelServerOptions>(kestrel =>
            {
                // Labs put names of files into headers as they are; see the forwarder.
                kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
                // So that the next piece is read while one is sent.
                kestrel.Limits.MaxResponseBufferSize = 4 * RequestBody.BufferSize;
            });
    }

    /// <summary>Answers requests whose host is a machine or a port of one.</summary>
    public static void UseMachineOrigins(this IApplicationBuilder app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments(DesktopPage.Path), own => own.UseWebSockets());
        app.UseMiddleware<MachineOrigins>();
    }

    public static void MapProxy(this IEndpointRouteBuilder endpoints)
    {
        var enter = endpoints.ServiceProvider.GetRequiredService<EnterPage>();
        endpoints.MapMethods("/machines/{name}/enter", ["GET"], enter.EnterAsync);
    }
}
