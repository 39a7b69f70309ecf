using System.CommandLine;
using Holdfast.Cli.Jobs;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job submit</c>: a notebook, a script or any command becomes a job.</summary>
internal static class JobSubmitVerb
{
    public static Command Create()
    {
        var options = new JobOptions();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be done, with the price; send and run nothing." };
        var wait = new Option<bool>("--wait") { Description = "Wait for its end, and end with its exit code (see 'job wait')." };
        var follow = new Option<bool>("--follow") { Description = "The same, and print what it says." };
        var json = new Option<bool>("--json") { Description = "Print the job as JSON. (-o is the output folder here.)" };
        var quiet = Asking.Quiet();
        return Asking.Verb("submit", "Run a notebook, a Python script or any command as a job. The files of its project go along, once for each state of them.", async (parse, hub, cancellationToken) =>
        {
            var (wish, wrong) = options.Read(parse);
            if (wish is null) return Output.Fail(wrong!);
            using var submission = new JobSubmission(wish);
            if (await submission.PrepareAsync(cancellationToken) is { } problem) return Output.Fail(problem);
            if (parse.GetValue(dryRun)) return await JobDryRun.RunAsync(hub, submission, parse.GetValue(json), cancellationToken);
            var reply = await submission.SubmitAsync(hub, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var view = reply.Read(HubJson.Default.JobView);
            var (isFollow, isQuiet) = (parse.GetValue(follow), parse.GetValue(quiet));
            if (parse.GetValue(json)) reply.WriteJson();
            else if (isQuiet) Console.WriteLine(view.Job.Id);
            else (isFollow ? Console.Error : Console.Out).WriteLine(Told(view, submission));
            if (!isFollow && !parse.GetValue(wait)) return 0;
            return await EndAsync(hub, view, isFollow, isQuiet, cancellationToken);
        }, [.. options.All, dryRun, wait, follow, json, quiet]);
    }

    private static async Task<int> EndAsync(HubClient hub, JobView view, bool isFollow, bool isQuiet, CancellationToken cancellationToken)
    {
        // What says how it goes is on stderr: stdout is the command's, or the id's.
        if (isFollow && view.Job.Parts == 0) await JobWatch.LogAsync(hub, view.Job.Id, 0, follow: true, cancellationToken);
        var end = await JobWatch.EndAsync(hub, view.Job.Id, changed =>
        {
            if (!isQuiet && JobTexts.Line(changed) != JobTexts.Line(view)) Console.Error.WriteLine(JobTexts.Line(changed));
        }, cancellationToken);
        return end is null ? JobWatch.Platform : JobWatch.ExitOf(end.Job);
    }

    private static string Told(JobView view, JobSubmission submission)
    {
        var price = JobTexts.Price(view.Price, view.Currency);
        var facts = new[] { JobTexts.Queue(view), view.Job.Parts > 0 ? $"{Output.Count(view.Job.Parts, "job")}, each {price}" : price, submission.Files.Count > 0 ? $"with {Output.Count(submission.Files.Count, "file")}" : null };
        return $"{JobTexts.Of(view.Job)} is submitted: {string.Join(", ", facts.Where(fact => fact is not null))}; output in {view.Job.Store ?? view.Job.Output}.";
    }
}
