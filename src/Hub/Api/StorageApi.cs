using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.People;
using Holdfast.Hub.Settings;
using Holdfast.Hub.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>Volumes: what they hold, and snapshots of the caller's home.</summary>
internal static class StorageApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var storage = api.MapGroup("/storage").WithTags("storage");
        storage.MapGet("", (HttpContext context, Volumes volumes) => Answer.Json([.. volumes.Of(context.Caller())], HubJson.Default.VolumeViewArray))
            .WithSummary("The volumes that the caller may see, with what they hold as of when it was measured.").Produces<VolumeView[]>();
        storage.MapGet("/files", List).WithSummary("What lies in a folder of a volume; of a file the file itself.").Produces<StoredEntry[]>().WithFaults(404);
        storage.MapPost("/measure", MeasureAsync).WithSummary("Measure a volume now.").Produces<VolumeView>().WithFaults(404);

        var snapshots = api.MapGroup("/snapshots").WithTags("storage");
        snapshots.MapGet("", (HttpContext context, HomeSnapshots store) => Answer.Json([.. store.List(context.Caller().Name)], HubJson.Default.HomeSnapshotArray))
            .WithSummary("The snapshots of the caller's home, taken before new hooks ran, the newest first.").Produces<HomeSnapshot[]>();
        snapshots.MapPost("/{id}/restore", RestoreAsync)
            .WithSummary("Bring a snapshot back, or one path of it. What is there now is moved aside, into a folder of the home.")
            .Accepts<RestoreRequest>("application/json").Produces<RestoredHome>().WithFaults(400, 404, 409, 503);
    }

    private static IResult List(HttpContext context, Volumes volumes, string? volume, string? path)
    {
        var found = volumes.Find(context.Caller(), volume);
        if (!found.Ok) return Answer.Fault(found.Fault);
        var asked = $"/{path?.Trim('/')}";
        if (VolumeUsage.List(found.Value, asked) is { } entries) return Answer.Json([.. entries], HubJson.Default.StoredEntryArray);
        var beside = VolumeUsage.List(found.Value, Path.GetDirectoryName(asked)!) ?? [];
        return Answer.Fault(new HubFault("not-found", $"There is no {asked[1..]} in {volume}.{NearestName.Hint(Path.GetFileName(asked), beside.Select(entry => entry.Name))}"));
    }

    private static async Task<IResult> MeasureAsync(HttpContext context, Volumes volumes, VolumeUsage usage, string? volume)
    {
        var found = volumes.Find(context.Caller(), volume);
        return found.Ok ? Answer.Json(new VolumeView(volume!, await usage.MeasureAsync(found.Value, context.RequestAborted)), HubJson.Default.VolumeView) : Answer.Fault(found.Fault);
    }

    private static async Task<IResult> RestoreAsync(HttpContext context, HomeSnapshots store, AuditLog audit, string id)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.RestoreRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        var restored = store.Restore(context.Caller().Name, id, wish.Value.Path, context.RequestAborted);
        if (restored.Ok) audit.Write(context.Caller().Name, "home.restore", id, wish.Value.Path);
        return Answer.Of(restored, HubJson.Default.RestoredHome);
    }
}
