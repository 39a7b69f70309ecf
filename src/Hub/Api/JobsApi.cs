using System.Globalization;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;
using Holdfast.Hub.People;
using Holdfast.Hub.Recipes;
using Holdfast.Hub.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>Jobs: submitted, listed, cancelled, and what they say.</summary>
internal static class JobsApi
{
    private const int MostListed = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static void Map(RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("jobs");
        jobs.MapGet("", List).WithSummary("Jobs that the caller may see and that are no parts of others, the newest first: of a 'state', an 'owner', a 'name', 'before' a number, at most 'most' (100).")
            .Produces<JobList>().WithFaults(400);
        jobs.MapPost("", SubmitAsync).WithSummary("Submit a job. It is answered when the job would outlive a power cut.")
            .Accepts<JobSpec>("application/json").Produces<JobView>(StatusCodes.Status201Created).WithFaults(400, 403, 409, 503);
        jobs.MapPost("/plan", PlanAsync).WithSummary("What a job would be, its price, its place in the queue, and of a job of a machine what no image has; nothing is submitted. Whether an output in a store can be written is found out.")
            .Accepts<JobSpec>("application/json").Produces<JobPlan>().WithFaults(400, 403, 503);
        jobs.MapGet("/code/{hash}", (JobCode code, string hash) => JobRules.Hash($"sha256:{hash}") is not null && code.Find(hash) is { } found
                ? Answer.Json(found, HubJson.Default.CodeView) : Answer.Fault(new HubFault("not-found", "This code was not sent yet.")))
            .WithSummary("Whether code was sent before.").Produces<CodeView>().WithFaults(404);
        jobs.MapPut("/code/{hash}", TakeCodeAsync).WithSummary("Send code: a tar archive, compressed with gzip, whose SHA-256 is the hash in the address.").Produces<CodeView>().WithFaults(400, 403);
        jobs.MapGet("/{job}", (HttpContext context, JobBook all, JobViews views, string job) => Of(views, all.Find(context.Caller(), job)))
            .WithSummary("A job by its id, or the newest of a name.").Produces<JobView>().WithFaults(404);
        jobs.MapGet("/{job}/parts", (HttpContext context, JobBook all, JobViews views, string job) =>
                all.Find(context.Caller(), job) is var found && found.Ok ? Answer.Json([.. all.Parts(found.Value).Select(views.Of)], HubJson.Default.JobViewArray) : Answer.Fault(found.Fault!))
            .WithSummary("The shards or trials of a job, in order.").Produces<JobView[]>().WithFaults(404);
        jobs.MapPost("/{job}/cancel", (HttpContext context, JobBook all, JobViews views, string job) => Of(views, all.Cancel(context.Caller(), job)))
            .WithSummary("End a job, in the queue or at work, with its parts. One that is over stays as it is.").Produces<JobView>().WithFaults(403, 404);
        jobs.MapPost("/{job}/hold", async (HttpContext context, JobBook all, JobViews views, string job) => Of(views, await all.HoldAsync(context.Caller(), job, isHeld: true, context.RequestAborted)))
            .WithSummary("Hold back a job that waits; of one with parts those that wait.").Produces<JobView>().WithFaults(403, 404, 409);
        jobs.MapPost("/{job}/release", async (HttpContext context, JobBook all, JobViews views, string job) => Of(views, await all.HoldAsync(context.Caller(), job, isHeld: false, context.RequestAborted)))
            .WithSummary("Let a job go on that is held.").Produces<JobView>().WithFaults(403, 404, 409);
        jobs.MapPost("/{job}/retry", async (HttpContext context, JobBook all, JobViews views, string job) => Of(views, await all.RetryAsync(context.Caller(), job), StatusCodes.Status201Created))
            .WithSummary("Submit a job again that is over, with the same output folder: it goes on from its last complete checkpoint.")
            .Produces<JobView>(StatusCodes.Status201Created).WithFaults(400, 403, 404, 409, 503);
        jobs.MapGet("/{job}/events", EventsAsync).WithSummary("The job as it is and after each change, as server-sent events, to its end.")
            .Produces<JobView>(StatusCodes.Status200OK, "text/event-stream").WithFaults(404);
        jobs.MapGet("/{job}/logs", LogsAsync).WithSummary("What the command has said, all attempts, 'from' a byte on; with 'follow' what it says from then on, to its end.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").WithFaults(400, 404);
    }

    private static IResult List(HttpContext context, JobBook jobs, JobViews views, string? state, string? owner, string? name, string? before, string? most)
    {
        var wanted = Enum.GetValues<JobState>().Where(each => JobWords.Of(each) == state).Select(each => (JobState?)each).FirstOrDefault();
        if (state is not null && wanted is null) return Answer.Fault(new HubFault("bad-request", $"'state' is {string.Join(", ", Enum.GetValues<JobState>().Select(JobWords.Of))}, not '{state}'."));
        if (!long.TryParse(before ?? "9223372036854775807", NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !int.TryParse(most ?? "100", NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > MostListed)
            return Answer.Fault(new HubFault("bad-request", $"'before' is the number of a job, 'most' a number from 1 to {MostListed}."));
        var found = jobs.List(context.Caller(), new JobFilter(wanted, owner, name, number, count));
        return Answer.Json(new JobList([.. found.Select(views.Of)], found.Count == count ? found[^1].Number : null), HubJson.Default.JobList);
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, JobBook jobs, JobViews views)
    {
        var spec = await Body.ReadAsync(context, HubJson.Default.JobSpec);
        return spec.Ok ? Of(views, await jobs.SubmitAsync(context.Caller(), JobRules.Filled(spec.Value), cancellationToken: context.RequestAborted), StatusCodes.Status201Created) : Answer.Fault(spec.Fault);
    }

    private static async Task<IResult> PlanAsync(HttpContext context, HubOptions options, JobBook jobs, OutputPlaces places, MachineDrift drift)
    {
        var spec = await Body.ReadAsync(context, HubJson.Default.JobSpec);
        if (!spec.Ok) return Answer.Fault(spec.Fault);
        var plan = jobs.Plan(context.Caller(), JobRules.Filled(spec.Value));
        if (!plan.Ok) return Answer.Fault(plan.Fault);
        var (whole, machine) = plan.Value;
        if (StorePlace.IsMeant(whole.Output!) && await places.ProbeAsync(whole.Output!, context.Caller().Name, context.RequestAborted) is { } nowhere)
            return Answer.Fault(nowhere with { Message = $"output: {nowhere.Message}" });
        var type = JobShape.Of(whole.Resources, options.Settings).Type;
        var parts = JobParts.Count(whole);
        var first = parts == 0 ? whole : JobParts.Of(whole).First();
        var atOnce = Math.Max(1, Math.Min(parts, whole.Sweep?.MaxParallel ?? parts));
        var attempts = whole.Retry?.MaxAttempts ?? JobRules.DefaultAttempts;
        var most = whole.MaxDuration is { } longest ? type.Price * Math.Max(1, parts) * attempts * (decimal)longest.TotalHours : (decimal?)null;
        return Answer.Json(new JobPlan(
            whole, type.Name, type.Price * atOnce, most, options.Settings.Currency, Math.Max(1, parts), attempts, JobRules.Arguments(first), jobs.Waiting,
            machine is null ? null : await drift.LookAsync(machine, context.RequestAborted)), HubJson.Default.JobPlan);
    }

    private static async Task<IResult> TakeCodeAsync(HttpContext context, JobCode code, string hash)
    {
        if (!context.Caller().MayWrite) return Answer.Fault(HubFault.OnlyReads);
        return JobRules.Hash($"sha256:{hash}") is null
            ? Answer.Fault(new HubFault("bad-request", "The hash is 64 hexadecimal digits."))
            : Answer.Of(await code.TakeAsync(hash, context.Request.Body, context.RequestAborted), HubJson.Default.CodeView);
    }

    private static async Task EventsAsync(HttpContext context, JobBook jobs, JobViews views, string job)
    {
        var found = jobs.Find(context.Caller(), job);
        if (!found.Ok)
        {
            await Answer.Fault(found.Fault).ExecuteAsync(context);
            return;
        }
        await LongAnswer.SendAsync(context, jobs.WatchAsync(found.Value, context.RequestAborted).Select(views.Of), HubJson.Default.JobView);
    }

    private static async Task LogsAsync(HttpContext context, JobBook jobs, HubFolders folders, TimeProvider time, string job, string? from, string? follow)
    {
        var found = jobs.Find(context.Caller(), job);
        var isAsked = long.TryParse(from ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var first) & bool.TryParse(follow ?? "false", out var goOn);
        if (!found.Ok || !isAsked)
        {
            await Answer.Fault(found.Fault ?? new HubFault("bad-request", "'from' is a number of bytes from 0, 'follow' is true or false.")).ExecuteAsync(context);
            return;
        }
        var id = found.Value.Id;
        await LongAnswer.FollowAsync(
            context, folders.LogOf(id), (length, at) => Math.Min(Math.Max(first, at ?? 0), length), () => !goOn || jobs.Find(context.Caller(), id) is not { Ok: true, Value.IsOver: false }, Pause, time);
    }

    private static IResult Of(JobViews views, HubResult<JobRecord> result, int status = StatusCodes.Status200OK) =>
        result.Ok ? Answer.Json(views.Of(result.Value), HubJson.Default.JobView, status) : Answer.Fault(result.Fault);
}
