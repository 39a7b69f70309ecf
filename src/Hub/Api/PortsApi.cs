using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Ports;
using Holdfast.Hub.Proxy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Api;

/// <summary>Ports inside machines.</summary>
internal static class PortsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var ports = api.MapGroup("/machines/{name}/ports").WithTags("machines");
        ports.MapGet("", ListAsync).WithSummary("The TCP ports that something in the machine listens on, where a program reaches them by localhost.").Produces<PortView[]>().WithFaults(404, 409, 503);
        ports.MapGet("/{port}", ConnectAsync)
            .WithSummary("A TCP connection to a port inside, as a WebSocket: binary messages are its bytes, a Close frame is the end of a direction. With a token that may change things only.")
            .Produces(StatusCodes.Status101SwitchingProtocols).WithFaults(400, 403, 404, 409, 503);
    }

    private static async Task<IResult> ListAsync(HttpContext context, Fleet fleet, MachinePorts ports, HubHosts hosts, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var list = await ports.ListAsync(machine.Value, context.RequestAborted);
        return list.Ok ? Answer.Json([.. list.Value.Select(each => new PortView(each.Port, each.Program, hosts.AddressFor(context.Request, new MachineOrigin(name, each.Port).Label)))], HubJson.Default.PortViewArray) : Answer.Fault(list.Fault);
    }

    private static async Task ConnectAsync(HttpContext context, Fleet fleet, MachinePorts ports, IHostApplicationLifetime lifetime, MachineViews views, string name, string port)
    {
        var machine = fleet.Find(context.Caller(), name);
        var login = Logins.Of(context);
        IResult? refused = !machine.Ok ? views.Of(machine, context, name)
            : MachineOrigin.PortIn(port) is null ? Answer.Fault(new HubFault("bad-request", $"'{port}' is no port: a number from 1 to 65535."))
            : !context.WebSockets.IsWebSocketRequest ? Answer.Fault(new HubFault("bad-request", "A port is reached by a WebSocket; mend: holdfast port, or a browser at the port's own address."))
            // A page of another site can open a WebSocket with the browser's cookies.
            : !login.IsToken ? Answer.Fault(new HubFault("forbidden", "A port is for programs with a token; browsers open its own address."))
            : !login.Caller.MayWrite ? Answer.Fault(HubFault.OnlyReads) : null;
        if (refused is not null)
        {
            await refused.ExecuteAsync(context);
            return;
        }
        var connected = await ports.ConnectAsync(machine.Value!, MachineOrigin.PortIn(port)!.Value, context.RequestAborted);
        if (!connected.Ok)
        {
            await Answer.Fault(connected.Fault).ExecuteAsync(context);
            return;
        }
        using var tcp = connected.Value;
        using var web = await context.WebSockets.AcceptWebSocketAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(login.Ended, lifetime.ApplicationStopping);
        await PortWire.RunAsync(web, tcp, stop.Token);
    }
}
