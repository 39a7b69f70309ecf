using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What a stop would destroy, and keeping it.</summary>
internal static class LossApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var machine = api.MapGroup("/machines/{name}").WithTags("machines");
        machine.MapGet("/loss", LookAsync).WithSummary("What a stop would destroy, what the last stop has destroyed, and what is kept.").Produces<LossView>().WithFaults(404, 503);
        machine.MapPost("/keep", KeepAsync)
            .WithSummary("Keep paths of a running machine over its stops, or give kept ones back. The answer is what is kept, or what was given back.").Accepts<KeepRequest>("application/json").Produces<IReadOnlyList<KeptPath>>().WithFaults(400, 404, 409);
    }

    private static async Task<IResult> LookAsync(HttpContext context, Fleet fleet, MachineViews views, LossLists losses, KeptPaths kept, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        LossList? now = null;
        if (machine.Value.State == MachineState.Running)
        {
            var found = await losses.LookAsync(machine.Value, context.RequestAborted);
            if (!found.Ok) return Answer.Fault(found.Fault);
            now = found.Value;
        }
        return Answer.Json(new LossView(now, losses.LastOf(machine.Value.Id), kept.Of(machine.Value.Id)), HubJson.Default.LossView);
    }

    private static async Task<IResult> KeepAsync(HttpContext context, Fleet fleet, MachineViews views, KeptPaths kept, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var wish = await Body.ReadAsync(context, HubJson.Default.KeepRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        return Answer.Of(await (wish.Value.Remove ? kept.GiveBackAsync(machine.Value, wish.Value.Paths, context.RequestAborted) : kept.KeepAsync(machine.Value, wish.Value.Paths, context.RequestAborted)), HubJson.Default.IReadOnlyListKeptPath);
    }
}
