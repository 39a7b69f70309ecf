using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.People;
using Holdfast.Hub.Points;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>Environment points of a machine.</summary>
internal static class PointsApi
{
    /// <summary>Stands in a path for the newest point that is not as it is at the other end.</summary>
    private const string Last = "last";

    public static void Map(RouteGroupBuilder api)
    {
        var points = api.MapGroup("/machines/{name}/points").WithTags("points");
        points.MapGet("", async (HttpContext context, EnvironmentPoints store, MachineViews views, string name) =>
                Of(await store.ListAsync(context.Caller(), name, context.RequestAborted), HubJson.Default.PointList, context, views, name))
            .WithSummary("The points of a machine, the newest first, and what they take.").Produces<PointList>().WithFaults(404);
        points.MapPost("", TakeAsync)
            .WithSummary("Take a point of now.").Accepts<PointRequest>("application/json").Produces<EnvironmentPoint>(StatusCodes.Status201Created).WithFaults(400, 404);
        points.MapGet("/{id}/diff", async (HttpContext context, EnvironmentPoints store, MachineViews views, string name, string id, string? to, bool? files) =>
                Of(await store.DiffAsync(context.Caller(), name, id == Last ? null : id, to, files == true, context.RequestAborted), HubJson.Default.PointDiff, context, views, name))
            .WithSummary("What differs between a point and another one ('to'), or now. 'last' as the id: the newest point that is not the same. 'files' counts files of home's package folders.")
            .Produces<PointDiff>().WithFaults(404);
        points.MapPost("/{id}/back", BackAsync)
            .WithSummary("Go back to a point: home's package folders at once, the machine's system with a start. The error would-lose says that the machine must be started anew, unless that was confirmed.")
            .Accepts<BackRequest>("application/json").Produces<BackDone>().WithFaults(400, 404, 409, 503);
        points.MapDelete("/{id}", async (HttpContext context, EnvironmentPoints store, MachineViews views, string name, string id) =>
                Of(await store.RemoveAsync(context.Caller(), name, id, context.RequestAborted), HubJson.Default.EnvironmentPoint, context, views, name))
            .WithSummary("Remove a point. The answer says what that has freed.").Produces<EnvironmentPoint>().WithFaults(404);
    }

    private static async Task<IResult> TakeAsync(HttpContext context, EnvironmentPoints store, MachineViews views, string name)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.PointRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        return Of(await store.TakeAsync(context.Caller(), name, wish.Value.Note, context.RequestAborted), HubJson.Default.EnvironmentPoint, context, views, name, StatusCodes.Status201Created);
    }

    private static async Task<IResult> BackAsync(HttpContext context, EnvironmentPoints store, MachineViews views, string name, string id)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.BackRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        return Of(await store.BackAsync(context.Caller(), name, id, wish.Value.HomeOnly, wish.Value.Confirmed, context.RequestAborted), HubJson.Default.BackDone, context, views, name);
    }

    /// <summary>A value, or a fault that knows which machine was meant.</summary>
    private static IResult Of<T>(HubResult<T> result, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, HttpContext context, MachineViews views, string name, int status = StatusCodes.Status200OK) =>
        result.Fault is { } fault && fault.Message.StartsWith("There is no machine", StringComparison.Ordinal) ? Answer.Fault(views.Hinted(fault, context, name)) : Answer.Of(result, type, status);
}
