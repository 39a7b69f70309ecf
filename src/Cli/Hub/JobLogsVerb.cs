using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job logs ID</c>.</summary>
internal static class JobLogsVerb
{
    public static Command Create()
    {
        var id = JobVerb.Job();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what it says, until it is over." };
        var from = new Option<long?>("--from") { Description = "From this byte on; 'job show' says where each attempt begins.", HelpName = "BYTE" };
        var tail = new Option<long?>("--tail") { Description = "Bytes of its end alone.", HelpName = "BYTES" };
        return Asking.Verb("logs", "Print what a job has said, all attempts after each other.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync(JobVerb.PathOf(parse.GetValue(id)!), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var view = reply.Read(HubJson.Default.JobView);
            if (view.Job.Parts > 0) return Output.Fail($"{JobTexts.Of(view.Job)} says nothing itself, its parts do: '{Surroundings.Program} sweep show {view.Job.Id}' lists them.");
            var first = Math.Max(Math.Max(0, parse.GetValue(from) ?? 0), parse.GetValue(tail) is { } bytes ? view.LogLength - Math.Max(0, bytes) : 0);
            return await JobWatch.LogAsync(hub, view.Job.Id, first, parse.GetValue(follow), cancellationToken);
        }, id, follow, from, tail);
    }
}
