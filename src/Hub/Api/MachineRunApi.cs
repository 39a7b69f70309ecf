using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>Machines: start and stop. The wish is written when the answer comes; the events tell how it is carried out.</summary>
internal static class MachineRunApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var machine = api.MapGroup("/machines/{name}").WithTags("machines");
        machine.MapPost("/start", StartAsync)
            .WithSummary("Start a machine.").Accepts<StartRequest>("application/json").Produces<MachineView>(StatusCodes.Status202Accepted).WithFaults(400, 404, 409, 503);
        machine.MapPost("/stop", StopAsync)
            .WithSummary("Stop a machine. What would be lost comes with the error would-lose, unless it was confirmed.")
            .Accepts<StopRequest>("application/json").Produces<MachineView>(StatusCodes.Status202Accepted).WithFaults(400, 404, 409);
        machine.MapPost("/restart", RestartAsync)
            .WithSummary("Stop and start a machine, with a fresh ephemeral layer. Asks as stop does.")
            .Accepts<StopRequest>("application/json").Produces<MachineView>(StatusCodes.Status202Accepted).WithFaults(400, 404, 409);
        machine.MapPost("/fork", ForkAsync)
            .WithSummary("Make a machine like this one, with a copy of its notebooks folder.").Accepts<ForkRequest>("application/json").Produces<MachineView>(StatusCodes.Status201Created).WithFaults(400, 404, 409);
    }

    private static async Task<IResult> StartAsync(HttpContext context, Fleet fleet, MachineViews views, string name)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.StartRequest);
        return wish.Ok ? views.Of(fleet.Start(context.Caller(), name, new StartWish(wish.Value.Type, wish.Value.Safe)), context, name, StatusCodes.Status202Accepted) : Answer.Fault(wish.Fault);
    }

    private static async Task<IResult> StopAsync(HttpContext context, Fleet fleet, MachineViews views, LossLists losses, string name)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.StopRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (wish.Value is { Type: not null } or { Safe: true }) return Answer.Fault(new HubFault("bad-request", "A stop has no type, and no safe mode: a restart has."));
        return await SaidAsync(await fleet.StopAsync(context.Caller(), name, wish.Value.Confirmed, context.RequestAborted), context, fleet, views, losses, name);
    }

    private static async Task<IResult> RestartAsync(HttpContext context, Fleet fleet, MachineViews views, LossLists losses, string name)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.StopRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        var start = new StartWish(wish.Value.Type, wish.Value.Safe);
        return await SaidAsync(await fleet.RestartAsync(context.Caller(), name, start, wish.Value.Confirmed, context.RequestAborted), context, fleet, views, losses, name);
    }

    private static async Task<IResult> ForkAsync(HttpContext context, Fleet fleet, MachineViews views, string name)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.ForkRequest);
        return wish.Ok ? views.Of(await fleet.ForkAsync(context.Caller(), name, wish.Value.Name, context.RequestAborted), context, name, StatusCodes.Status201Created) : Answer.Fault(wish.Fault);
    }

    /// <summary>The machine; a fault that something would be lost, with what.</summary>
    private static async Task<IResult> SaidAsync(HubResult<MachineRecord> result, HttpContext context, Fleet fleet, MachineViews views, LossLists losses, string name)
    {
        if (result.Fault is not { Code: "would-lose" } fault || !fleet.Find(context.Caller(), name).Ok) return views.Of(result, context, name, StatusCodes.Status202Accepted);
        var list = await losses.LookAsync(fleet.Find(context.Caller(), name).Value!, context.RequestAborted);
        return Answer.Fault(fault, list.Value);
    }
}
