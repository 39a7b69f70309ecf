using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job retry ID</c>.</summary>
internal static class JobRetryVerb
{
    public static Command Create()
    {
        var (id, format, quiet) = (JobVerb.Job(), Output.Format(), Asking.Quiet());
        return Asking.Verb("retry", "Submit a job that is over once more. The new job has the same code, command, parameters and output folder: it goes on from its last complete checkpoint.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, JobVerb.PathOf(parse.GetValue(id)!, "/retry"), null, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var view = reply.Read(HubJson.Default.JobView);
            Console.WriteLine(parse.GetValue(quiet) ? view.Job.Id : JobTexts.Line(view));
            return 0;
        }, id, quiet, format);
    }
}
