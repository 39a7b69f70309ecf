using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job</c>: notebooks and commands that the hub runs, when there is room.</summary>
internal static class JobVerb
{
    public static Command Create() => new("job", "Jobs of a hub: notebooks and commands that it runs when there is room, and whose output stays.")
    {
        JobSubmitVerb.Create(),
        JobLsVerb.Create(),
        JobShowVerb.Create(),
        JobLogsVerb.Create(),
        JobWaitVerb.Create(),
        JobOrderVerb.Create("cancel", "Cancel jobs. One that runs gets SIGTERM, and SIGKILL after its grace; what it has put out stays.", "cancelled"),
        JobOrderVerb.Create("hold", "Hold jobs back that wait, until 'holdfast job release'. One that runs goes on.", "held"),
        JobOrderVerb.Create("release", "Let jobs go on that are held.", "released"),
        JobRetryVerb.Create(),
        JobArtifactsVerb.Create(),
    };

    /// <summary>The argument that names a job; the shell completes it.</summary>
    public static Argument<string> Job()
    {
        var id = Asking.Named(new Argument<string>("ID|NAME") { Description = "The job's id, or its name: the newest of that name." });
        Complete(id);
        return id;
    }

    /// <summary>The argument that names one job or more.</summary>
    public static Argument<string[]> Jobs()
    {
        var ids = Asking.Named(new Argument<string[]>("ID|NAME") { Description = "Ids or names of jobs; a name is the newest job of it.", Arity = ArgumentArity.OneOrMore });
        Complete(ids);
        return ids;
    }

    /// <summary>The path of a job in the API.</summary>
    public static string PathOf(string id, string rest = "") => $"jobs/{Uri.EscapeDataString(id)}{rest}";

    private static void Complete(Argument argument) => argument.CompletionSources.Add(_ => Asking.Complete("jobs?most=100", reply =>
        reply.Read(HubJson.Default.JobList).Jobs.Select(view => view.Job).SelectMany(job => (string[])[job.Id, job.Spec.Name!]).Distinct()));
}
