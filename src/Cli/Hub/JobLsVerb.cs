using System.CommandLine;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job ls</c>.</summary>
internal static class JobLsVerb
{
    private const int Page = 200, Usual = 20;

    public static Command Create()
    {
        var all = new Option<bool>("--all", "-a") { Description = "All there ever were." };
        var most = new Option<int>("--most", "-n") { Description = $"The newest so many. Default {Usual}.", HelpName = "COUNT", DefaultValueFactory = _ => Usual };
        most.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var count) && count > 0)) result.AddError($"--most is a number, 1 or more, not '{text}'.");
        });
        var state = new Option<string?>("--state") { Description = $"Only those that are {string.Join(", ", States)}.", HelpName = "STATE" };
        state.CompletionSources.Add(States);
        var name = new Option<string?>("--name") { Description = "Only those of this name.", HelpName = "NAME" };
        var owner = new Option<string?>("--owner") { Description = "Only this person's.", HelpName = "LOGIN" };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("ls", "List jobs, the newest first. Shards and trials are in 'job show' and 'sweep show'.", async (parse, hub, cancellationToken) =>
        {
            var query = string.Concat(new[] { ("state", parse.GetValue(state)), ("name", parse.GetValue(name)), ("owner", parse.GetValue(owner)) }.Where(part => part.Item2 is not null).Select(part => $"&{part.Item1}={Uri.EscapeDataString(part.Item2!)}"));
            var (jobs, fault) = await ReadAsync(hub, query, parse.GetValue(all) ? int.MaxValue : parse.GetValue(most), cancellationToken);
            if (jobs is null) return Asking.Fail(fault!);
            if (parse.GetValue(format) == "json") Output.Json(json => JsonSerializer.Serialize(json, [.. jobs], HubJson.Default.JobViewArray));
            else if (parse.GetValue(quiet)) jobs.ForEach(view => Console.WriteLine(view.Job.Id));
            else if (jobs.Count == 0) Console.WriteLine(query.Length > 0 ? "No such job." : $"No job. '{Surroundings.Program} job submit train.ipynb' runs a notebook.");
            else Output.Table(["JOB", "NAME", "STATE", "SUBMITTED", "TOOK", "TYPE", "OWNER", ""], [.. jobs.Select(Row)]);
            return 0;
        }, all, most, state, name, owner, quiet, format);
    }

    /// <summary>The newest jobs, as many as are wanted.</summary>
    public static async Task<(List<JobView>? Jobs, HubReply? Fault)> ReadAsync(HubClient hub, string query, int count, CancellationToken cancellationToken)
    {
        var jobs = new List<JobView>();
        for (long? before = null; ;)
        {
            var reply = await hub.GetAsync($"jobs?most={Math.Min(Page, count - jobs.Count)}{query}{(before is { } number ? $"&before={number}" : "")}", cancellationToken);
            if (reply.Fault is not null) return (null, reply);
            var page = reply.Read(HubJson.Default.JobList);
            jobs.AddRange(page.Jobs);
            before = page.Next;
            if (before is null || jobs.Count >= count) return (jobs, null);
        }
    }

    private static string[] States { get; } = [.. Enum.GetValues<JobState>().Select(JobTexts.State)];

    private static string[] Row(JobView view)
    {
        var job = view.Job;
        return
        [
            job.Id, job.Spec.Name!, JobTexts.State(job), Output.Clock(job.Created, TimeProvider.System), JobTexts.Took(job), job.Type ?? job.Spec.Resources?.Type ?? "", job.Owner,
            job.Parts > 0 ? JobTexts.Parts(view) : JobTexts.Queue(view) ?? "",
        ];
    }
}
