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
        ports.MapGet("/links", Links).WithSummary("Links to ports of the machine that have not ended.").Produces<PortLink[]>().WithFaults(404);
        ports.MapPost("/{port}/links", ShareAsync)
            .WithSummary("Make an address that opens this port, and nothing else, for whoever has it, for a time. It is shown once.").Accepts<PortLinkRequest>("application/json").Produces<NewPortLink>(StatusCodes.Status201Created).WithFaults(400, 403, 404, 409);
        ports.MapDelete("/links/{id}", End).WithSummary("End a link, and what is open by it.").Produces(StatusCodes.Status204NoContent).WithFaults(403, 404);
    }

    private static IResult Links(HttpContext context, Fleet fleet, PortLinks links, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        return machine.Ok ? Answer.Json([.. links.List(machine.Value)], HubJson.Default.PortLinkArray) : views.Of(machine, context, name);
    }

    private static async Task<IResult> ShareAsync(HttpContext context, Fleet fleet, PortLinks links, HubHosts hosts, MachineViews views, string name, string port)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        if (MachineOrigin.PortIn(port) is not { } number) return NoPort(port);
        var wish = await Body.ReadAsync(context, HubJson.Default.PortLinkRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        var made = links.Make(context.Caller(), machine.Value, number, wish.Value.Lifetime);
        return made.Ok ? Answer.Json(new NewPortLink(made.Value.Link.Id, AddressOf(context, hosts, name, number, made.Value.Code), made.Value.Link.Expires), HubJson.Default.NewPortLink, StatusCodes.Status201Created) : Answer.Fault(made.Fault);
    }

    private static IResult End(HttpContext context, Fleet fleet, PortLinks links, MachineViews views, string name, string id)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var ended = links.End(context.Caller(), machine.Value, id);
        return ended.Ok ? TypedResults.NoContent() : Answer.Fault(ended.Fault);
    }

    /// <summary>The address that opens a port for whoever has it.</summary>
    public static string AddressOf(HttpContext context, HubHosts hosts, string machine, int port, string code) => $"{hosts.AddressFor(context.Request, new MachineOrigin(machine, port).Label)}{EnterPage.Path}?link={code}";

    private static IResult NoPort(string text) => Answer.Fault(new HubFault("bad-request", $"'{text}' is no port: a number from 1 to 65535."));

    private static async Task<IResult> ListAsync(HttpContext context, Fleet fleet, MachinePorts ports, HubHosts hosts, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var list = await ports.ListAsync(machine.Value, context.RequestAborted);
        return list.Ok ? Answer.Json([.. list.Value.Select(each => new PortView(each.Port, each.Program, hosts.AddressFor(context.Request, new MachineOrigin(name, each.Port).Label)))], HubJson.Default.PortViewArray) : Answer.Fault(list.Fault);
    }

    private static async Task ConnectAsync(HttpContext context, Fleet fleet, MachinePorts ports, IHostApplicationLifetime lifetime, TimeProvider time, MachineViews views, string name, string port)
    {
        var machine = fleet.Find(context.Caller(), name);
        var login = Logins.Of(context);
        IResult? refused = !machine.Ok ? views.Of(machine, context, name)
            : MachineOrigin.PortIn(port) is null ? NoPort(port)
            : !context.WebSockets.IsWebSocketRequest ? Answer.Fault(new HubFault("bad-request", "A port is reached by a WebSocket; mend: holdfast port, or a browser at the port's own address."))
            : TokenSocket.Refusal(login, "A port is for programs with a token; browsers open its own address.") is { } fault ? Answer.Fault(fault) : null;
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
        using var over = login.While(time, lifetime.ApplicationStopping);
        var run = machine.Value!.Run;
        // When a machine stops, what it was sending is not all.
        await PortWire.RunAsync(web, tcp, () => fleet.Find(context.Caller(), name) is { Ok: true, Value: { State: MachineState.Running } now } && now.Run == run, over.Token);
    }
}
