using System.Text.Json;
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
    private const int Piece = 64 << 10;
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
        Stream(context, "text/event-stream");
        EndWithTheLogin(context);
        await foreach (var record in fleet.WatchAsync(machine.Value.Id, context.RequestAborted))
        {
            await context.Response.Body.WriteAsync("data: "u8.ToArray(), context.RequestAborted);
            await JsonSerializer.SerializeAsync(context.Response.Body, views.Of(record, context), HubJson.Default.MachineView, context.RequestAborted);
            await context.Response.Body.WriteAsync("\n\n"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
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
        Stream(context, "text/plain; charset=utf-8");
        EndWithTheLogin(context);
        var (id, file, at) = (machine.Value.Id, folders.OutputOf(machine.Value.Id), (long?)null);
        var buffer = new byte[Piece];
        while (true)
        {
            // Looked at before the file: what was said until then is in it.
            var ended = !goOn || fleet.Find(context.Caller(), name) is not { Ok: true } now || now.Value.Id != id || !IsAlive(now.Value.State);
            if (File.Exists(file))
            {
                await using var output = new FileStream(file, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
                // A file that is shorter than it was is a new one.
                output.Position = at is { } last && last <= output.Length ? last : Math.Max(0, output.Length - (at is null ? bytes : output.Length));
                while (await output.ReadAsync(buffer, context.RequestAborted) is > 0 and var count) await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
                at = output.Position;
            }
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (ended) return;
            await Task.Delay(Pause, time, context.RequestAborted);
        }
    }

    private static (long Bytes, bool Follow)? Wish(string? tail, string? follow) =>
        long.TryParse(tail ?? "65536", out var bytes) && bytes >= 0 && bool.TryParse(follow ?? "false", out var goOn) ? (bytes, goOn) : null;

    private static bool IsAlive(MachineState state) => state is MachineState.Pulling or MachineState.Starting or MachineState.Running or MachineState.Stopping;

    /// <summary>A session that was ended, or a token that was revoked, sees nothing more.</summary>
    private static void EndWithTheLogin(HttpContext context)
    {
        if (context.Features.Get<Login>() is { } login) context.Response.RegisterForDispose(login.Ended.Register(context.Abort));
    }

    private static void Stream(HttpContext context, string type)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        // A proxy in front must not hold it back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }
}
