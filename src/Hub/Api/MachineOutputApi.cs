using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What goes on in a machine: its changes as events, and what its first process said.</summary>
internal static class MachineOutputApi
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static void Map(RouteGroupBuilder api)
    {
        var machine = api.MapGroup("/machines/{name}").WithTags("machines");
        machine.MapGet("/events", EventsAsync)
            .WithSummary("The machine as it is and after each change, as server-sent events. Ends when it is deleted; a slow reader gets the newest only.")
            .Produces<MachineView>(StatusCodes.Status200OK, "text/event-stream").WithFaults(404);
        machine.MapGet("/logs", LogsAsync)
            .WithSummary("What the machine's first process said, last run last: at most 'tail' bytes of its end (64 kB), and with 'follow' what it says from then on until the machine has stopped.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").WithFaults(400, 404);
    }

    private static async Task EventsAsync(HttpContext context, Fleet fleet, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok)
        {
            await views.Of(machine, context, name).ExecuteAsync(context);
            return;
        }
        await LongAnswer.SendAsync(context, fleet.WatchAsync(machine.Value.Id, context.RequestAborted).Select(record => views.Of(record, context)), HubJson.Default.MachineView);
    }

    private static async Task LogsAsync(HttpContext context, Fleet fleet, MachineViews views, HubFolders folders, TimeProvider time, string name, string? tail, string? follow)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok || Wish(tail, follow) is not (var bytes, var goOn))
        {
            var answer = machine.Ok ? Answer.Fault(new HubFault("bad-request", "'tail' is a number of bytes from 0, 'follow' is true or false.")) : views.Of(machine, context, name);
            await answer.ExecuteAsync(context);
            return;
        }
        var id = machine.Value.Id;
        await LongAnswer.FollowAsync(
            context, folders.OutputOf(id),
            // A file that is shorter than it was is a new one.
            (length, at) => at is { } last && last <= length ? last : at is null ? Math.Max(0, length - bytes) : 0,
            () => !goOn || fleet.Find(context.Caller(), name) is not { Ok: true } now || now.Value.Id != id || !IsAlive(now.Value.State), Pause, time);
    }

    private static (long Bytes, bool Follow)? Wish(string? tail, string? follow) =>
        long.TryParse(tail ?? "65536", out var bytes) && bytes >= 0 && bool.TryParse(follow ?? "false", out var goOn) ? (bytes, goOn) : null;

    private static bool IsAlive(MachineState state) => state is MachineState.Pulling or MachineState.Starting or MachineState.Running or MachineState.Stopping;
}
