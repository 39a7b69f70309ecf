using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast sweep</c>: jobs that try values of parameters.</summary>
internal static class SweepVerb
{
    public static Command Create() => new("sweep", "Sweeps: jobs that try values of parameters, each trial a job of its own. 'holdfast job submit --sweep' makes one.") { List(), SweepShowVerb.Create(), SweepShowVerb.CreateBest() };

    private static Command List()
    {
        var all = new Option<bool>("--all", "-a") { Description = "All there ever were; without it those among the newest 200 jobs." };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("ls", "List sweeps, the newest first.", async (parse, hub, cancellationToken) =>
        {
            var (jobs, fault) = await JobLsVerb.ReadAsync(hub, "", parse.GetValue(all) ? int.MaxValue : 200, cancellationToken);
            if (jobs is null) return Asking.Fail(fault!);
            var sweeps = jobs.FindAll(view => view.Job.Spec.Sweep is not null);
            if (parse.GetValue(format) == "json") Output.Json(json => System.Text.Json.JsonSerializer.Serialize(json, [.. sweeps], HubJson.Default.JobViewArray));
            else if (parse.GetValue(quiet)) sweeps.ForEach(view => Console.WriteLine(view.Job.Id));
            else if (sweeps.Count == 0) Console.WriteLine($"No sweep. '{Surroundings.Program} job submit train.ipynb --sweep lr=0.1,0.01' makes one.");
            else Output.Table(["JOB", "NAME", "STATE", "TRIED", "METRIC", "TRIALS"], [.. sweeps.Select(Row)]);
            return 0;
        }, all, quiet, format);
    }

    private static string[] Row(JobView view)
    {
        var sweep = view.Job.Spec.Sweep!;
        return [view.Job.Id, view.Job.Spec.Name!, JobTexts.State(view.Job), string.Join(", ", sweep.Parameters.Keys), sweep.Metric is { } metric ? $"{metric} ({sweep.Goal ?? SweepTrials.Minimize})" : "", JobTexts.Parts(view)];
    }
}
