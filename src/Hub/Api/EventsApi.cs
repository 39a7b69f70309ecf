using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Events;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What happened, and what happens.</summary>
internal static class EventsApi
{
    private const int MostEvents = 1000;

    public static void Map(RouteGroupBuilder api) => api.MapGet("/events", GetAsync)
        .WithTags("events")
        .WithSummary("What happened, the newest first: at most 'most' events (100), older than the event 'before', of one 'machine'. With 'Accept: text/event-stream' what happens from now on, or after the event that Last-Event-ID names.")
        .Produces<HubEvent[]>().WithFaults(400);

    private static async Task GetAsync(HttpContext context, EventLog events, string? before, string? most, string? machine)
    {
        if (context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await StreamAsync(context, events, machine);
            return;
        }
        var answer = long.TryParse(before ?? $"{long.MaxValue}", out var id) && int.TryParse(most ?? "100", out var count) && count is > 0 and <= MostEvents
            ? Answer.Json([.. events.Read(context.Caller(), id, machine, count)], HubJson.Default.HubEventArray)
            : Answer.Fault(new HubFault("bad-request", $"'before' is the id of an event, 'most' a number from 1 to {MostEvents}."));
        await answer.ExecuteAsync(context);
    }

    private static async Task StreamAsync(HttpContext context, EventLog events, string? machine)
    {
        var after = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : events.Newest();
        LongAnswer.Begin(context, "text/event-stream");
        // Who is cut off before the first event goes on from here all the same (an id without data is remembered, and shown to nobody).
        await SendAsync($"id: {after}\n\n");
        await foreach (var happened in events.WatchAsync(context.Caller(), after, machine, context.RequestAborted))
            await SendAsync(happened is null ? ":\n\n" : $"id: {happened.Id}\ndata: {JsonSerializer.Serialize(happened, HubJson.Default.HubEvent)}\n\n");

        async Task SendAsync(string text)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
