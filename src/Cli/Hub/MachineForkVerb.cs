using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine fork NAME NEW</c>.</summary>
internal static class MachineForkVerb
{
    public static Command Create()
    {
        var (name, format, quiet) = (Asking.Machine(), Output.Format(), Asking.Quiet());
        var copy = new Argument<string>("NEW") { Description = "The name of the new one." };
        return Asking.Verb("fork", "Make a machine like another one, with a copy of its notebooks folder. It is not started.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(parse.GetValue(name)!, "/fork"), new ForkRequest(parse.GetValue(copy)!), HubJson.Default.ForkRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var machine = reply.Read(HubJson.Default.MachineView);
            Console.WriteLine(parse.GetValue(quiet) ? machine.Name : $"{machine.Name} is made, with a copy of the notebooks folder of {parse.GetValue(name)}.");
            return 0;
        }, name, copy, quiet, format);
    }
}
