using System.Globalization;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What machines use, how long they may go on, and who is told of them.</summary>
internal static class ActivityApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var machine = api.MapGroup("/machines/{name}").WithTags("machines");
        machine.MapGet("/usage", Usage)
            .WithSummary("What a machine used since a time (ISO 8601; a day ago): of the last day a sample a minute, of a week one for ten minutes.").Produces<UsageSample[]>().WithFaults(400, 404);
        machine.MapPost("/extend", ExtendAsync)
            .WithSummary("Have a running machine not be stopped by the hub before so many seconds from now.").Accepts<ExtendRequest>("application/json").Produces<MachineView>().WithFaults(400, 403, 404, 409);
        var webhook = api.MapGroup("/me/webhook").WithTags("people");
        webhook.MapGet("", (HttpContext context, Webhooks webhooks) => Answer.Json(new WebhookView(webhooks.Of(context.Caller().Name)), HubJson.Default.WebhookView))
            .WithSummary("The address that is told of the caller's machines; null for none.").Produces<WebhookView>();
        webhook.MapPut("", SetWebhookAsync)
            .WithSummary("Have an address be told, by a POST of JSON, when a run of the caller's ends, and when a machine of theirs stops by itself, fails, or waits to be stopped.")
            .Accepts<WebhookRequest>("application/json").Produces(StatusCodes.Status204NoContent).WithFaults(400, 403);
        webhook.MapDelete("", (HttpContext context, Webhooks webhooks) => PeopleApi.Done(webhooks.Set(context.Caller(), null)))
            .WithSummary("Have nobody be told any more.").Produces(StatusCodes.Status204NoContent).WithFaults(403);
    }

    private static IResult Usage(HttpContext context, Fleet fleet, MachineViews views, UsageSamples samples, ActivityClock clock, string name, string? since)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var from = clock.Now.AddDays(-1);
        if (since is not null && !DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out from)) return Answer.Fault(new HubFault("bad-request", "'since' is a time as 2026-11-21T12:00:00Z."));
        return Answer.Json([.. samples.Read(machine.Value.Id, from)], HubJson.Default.UsageSampleArray);
    }

    private static async Task<IResult> ExtendAsync(HttpContext context, ActivityWatch watch, MachineViews views, string name)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.ExtendRequest);
        return wish.Ok ? views.Of(await watch.ExtendAsync(context.Caller(), name, wish.Value.Seconds, context.RequestAborted), context, name) : Answer.Fault(wish.Fault);
    }

    private static async Task<IResult> SetWebhookAsync(HttpContext context, Webhooks webhooks)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.WebhookRequest);
        return wish.Ok ? PeopleApi.Done(webhooks.Set(context.Caller(), wish.Value.Url)) : Answer.Fault(wish.Fault);
    }
}
