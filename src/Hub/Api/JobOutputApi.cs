using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What a job has put out: the files of its output folder, and the metrics that it has logged there.</summary>
internal static class JobOutputApi
{
    private const int UsualLimit = 200;

    public static void Map(RouteGroupBuilder api)
    {
        var output = api.MapGroup("/jobs/{job}").WithTags("jobs");
        output.MapGet("/artifacts", ListAsync)
            .WithSummary("The files of the job's output folder, by path: at most 'limit' (200; 1 to 1000) of them, those after the path 'after'.").Produces<ArtifactList>().WithFaults(400, 404, 503);
        output.MapGet("/artifacts/{**path}", (HttpContext context, IJobs jobs, ArtifactAnswer answer, string job, string path, string? view) =>
                bool.TryParse(view ?? "false", out var isView)
                    ? WithAsync(context, jobs, job, found => isView ? answer.ViewAsync(context, found, path) : answer.DownloadAsync(context, found, path))
                    : Task.FromResult(Answer.Fault(new HubFault("bad-request", "'view' is true or false."))))
            .WithSummary("A file of the job's output folder, or a range of it; with 'view' to be looked at: pictures, text, HTML, and notebooks as HTML.")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream").WithFaults(400, 404, 503);
        output.MapGet("/artifacts.zip", ZipAsync).WithSummary("All files of the job's output folder.").Produces<byte[]>(StatusCodes.Status200OK, "application/zip").WithFaults(404);
        output.MapGet("/metrics", Metrics)
            .WithSummary("The metrics that the job has logged, all or those of 'names' (separated by commas), at most 2,000 points of each: of more the lowest and highest of each stretch. " +
                "With 'from' (the 'position' of an earlier answer) only what came after it.").Produces<JobMetrics>().WithFaults(400, 404);
        output.MapGet("/metrics.csv", CsvAsync).WithSummary("Every line that the job has logged: run, step, time, and a column for each metric.").Produces<string>(StatusCodes.Status200OK, "text/csv").WithFaults(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IJobs jobs, OutputFiles artifacts, string job, string? after, string? limit)
    {
        var most = UsualLimit;
        if (limit is not null && !(int.TryParse(limit, out most) && most is >= 1 and <= JobArtifacts.MostAtOnce)) return Answer.Fault(new HubFault("bad-request", "'limit' is a number from 1 to 1000."));
        return await WithAsync(context, jobs, job, async found => Answer.Of(await artifacts.ListAsync(found, after, most, context.RequestAborted), HubJson.Default.ArtifactList));
    }

    private static IResult Metrics(HttpContext context, IJobs jobs, MetricsReader metrics, string job, string? names, string? from)
    {
        var position = 0L;
        if (from is not null && !(long.TryParse(from, out position) && position >= 0)) return Answer.Fault(new HubFault("bad-request", "'from' is the 'position' of an earlier answer."));
        var wanted = names?.Split(',').ToHashSet();
        return With(context, jobs, job, found => Answer.Json(
            position == 0 ? metrics.Read(found, wanted, context.RequestAborted) : metrics.ReadFrom(found, position, wanted, context.RequestAborted), HubJson.Default.JobMetrics));
    }

    private static async Task<IResult> CsvAsync(HttpContext context, IJobs jobs, MetricsCsv csv, string job)
    {
        var found = jobs.Find(context.Caller(), job);
        if (!found.Ok) return Answer.Fault(found.Fault);
        context.Response.ContentType = "text/csv; charset=utf-8";
        await csv.WriteAsync(found.Value.Job, context.Response.Body, context.RequestAborted);
        return TypedResults.Empty;
    }

    private static async Task<IResult> ZipAsync(HttpContext context, IJobs jobs, ArtifactAnswer answer, string job)
    {
        var found = jobs.Find(context.Caller(), job);
        if (!found.Ok) return Answer.Fault(found.Fault);
        await answer.WriteZipAsync(context, found.Value.Job);
        return TypedResults.Empty;
    }

    private static async Task<IResult> WithAsync(HttpContext context, IJobs jobs, string job, Func<JobRecord, Task<IResult>> answer)
    {
        var found = jobs.Find(context.Caller(), job);
        return found.Ok ? await answer(found.Value.Job) : Answer.Fault(found.Fault);
    }

    private static IResult With(HttpContext context, IJobs jobs, string job, Func<JobRecord, IResult> answer)
    {
        var found = jobs.Find(context.Caller(), job);
        return found.Ok ? answer(found.Value.Job) : Answer.Fault(found.Fault);
    }
}
