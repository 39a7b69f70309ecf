using System.CommandLine;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job cancel ID…</c>, <c>hold</c> and <c>release</c>: an order to jobs, one after the other.</summary>
internal static class JobOrderVerb
{
    public static Command Create(string verb, string description, string done)
    {
        var (ids, quiet) = (JobVerb.Jobs(), Asking.Quiet());
        return Asking.Verb(verb, description, async (parse, hub, cancellationToken) =>
        {
            var code = 0;
            foreach (var id in parse.GetValue(ids)!)
            {
                var reply = await hub.SendAsync(HttpMethod.Post, JobVerb.PathOf(id, $"/{verb}"), null, cancellationToken);
                if (reply.Fault is not null) code = Asking.Fail(reply);
                else if (!parse.GetValue(quiet)) Console.WriteLine($"{id} is {done}.");
            }
            return code;
        }, ids, quiet);
    }
}
