using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Desktop;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Api;

/// <summary>Desktops of machines.</summary>
internal static class DesktopApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var desktop = api.MapGroup("/machines/{name}/desktop").WithTags("machines");
        desktop.MapGet("", ShowAsync).WithSummary("Whether the machine has a desktop, its size, and its address in a browser.").Produces<DesktopView>().WithFaults(404);
        desktop.MapPost("", StartAsync).WithSummary("Start the desktop where there is none: an X server and a window manager inside, which go on until they are ended or the machine stops.").Accepts<DesktopRequest>("application/json").Produces<DesktopView>().WithFaults(400, 403, 404, 409, 503);
        desktop.MapDelete("", StopAsync).WithSummary("End the desktop, and the programs in it.").Produces(StatusCodes.Status204NoContent).WithFaults(403, 404, 409, 503);
        desktop.MapGet("/picture", PictureAsync).WithSummary("A small picture of the desktop, at most ten seconds old.").Produces(StatusCodes.Status200OK, contentType: "image/png").WithFaults(404);
        desktop.MapGet("/socket", ConnectAsync).WithSummary("A connection for VNC viewers (RFC 6143), as a WebSocket: binary messages are its bytes. With a token that may change things only.").Produces(StatusCodes.Status101SwitchingProtocols).WithFaults(400, 403, 404, 503);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, Fleet fleet, MachineDesktops desktops, HubHosts hosts, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        return machine.Ok ? View(context, hosts, name, await desktops.StateAsync(machine.Value, context.RequestAborted)) : views.Of(machine, context, name);
    }

    private static async Task<IResult> StartAsync(HttpContext context, Fleet fleet, MachineDesktops desktops, HubHosts hosts, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var wish = await Body.ReadAsync(context, HubJson.Default.DesktopRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        var started = await desktops.StartAsync(context.Caller(), machine.Value, wish.Value.Size, context.RequestAborted);
        return started.Ok ? View(context, hosts, name, started.Value) : Answer.Fault(started.Fault);
    }

    private static async Task<IResult> StopAsync(HttpContext context, Fleet fleet, MachineDesktops desktops, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var stopped = await desktops.StopAsync(context.Caller(), machine.Value, context.RequestAborted);
        return stopped.Ok ? TypedResults.NoContent() : Answer.Fault(stopped.Fault);
    }

    private static async Task<IResult> PictureAsync(HttpContext context, Fleet fleet, MachineDesktops desktops, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        return await desktops.PictureAsync(machine.Value, context.RequestAborted) is { } picture ? TypedResults.Bytes(picture, "image/png") : Answer.Fault(new HubFault("not-found", $"{name} has no desktop at the moment; mend: holdfast desktop {name}."));
    }

    private static async Task ConnectAsync(HttpContext context, Fleet fleet, DesktopPage page, IHostApplicationLifetime lifetime, TimeProvider time, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        var login = Logins.Of(context);
        IResult? refused = !machine.Ok ? views.Of(machine, context, name)
            : !context.WebSockets.IsWebSocketRequest ? Answer.Fault(new HubFault("bad-request", "A desktop is reached by a WebSocket; mend: holdfast desktop NAME --vnc, or a browser at its address."))
            : TokenSocket.Refusal(login, "This is for programs with a token; browsers open the desktop's own address.") is { } fault ? Answer.Fault(fault) : null;
        if (refused is not null)
        {
            await refused.ExecuteAsync(context);
            return;
        }
        using var over = login.While(time, lifetime.ApplicationStopping);
        await page.LinkAsync(context, machine.Value!, over.Token);
    }

    private static IResult View(HttpContext context, HubHosts hosts, string name, DesktopState state) =>
        Answer.Json(DesktopView.Of(state, $"{hosts.AddressFor(context.Request, new MachineOrigin(name, null).Label)}{DesktopPage.Path}"), HubJson.Default.DesktopView);
}
