using System.CommandLine;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job cancel ID…</c>.</summary>
internal static class JobCancelVerb
{
    public static Command Create()
    {
        var (ids, quiet) = (JobVerb.Jobs(), Asking.Quiet());
        return Asking.Verb("cancel", "Cancel jobs. One that runs gets SIGTERM, and SIGKILL after its grace; what it has put out stays.", async (parse, hub, cancellationToken) =>
        {
            var code = 0;
            foreach (var id in parse.GetValue(ids)!)
            {
                var reply = await hub.SendAsync(HttpMethod.Post, JobVerb.PathOf(id, "/cancel"), null, cancellationToken);
                if (reply.Fault is not null) code = Asking.Fail(reply);
                else if (!parse.GetValue(quiet)) Console.WriteLine($"{id} is cancelled.");
            }
            return code;
        }, ids, quiet);
    }
}
