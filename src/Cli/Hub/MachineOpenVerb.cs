using System.CommandLine;
using Holdfast.Cli.Lab;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine open NAME</c>: its address, and a browser there.</summary>
internal static class MachineOpenVerb
{
    public static Command Create()
    {
        var (name, quiet) = (Asking.Machine(), new Option<bool>("--no-browser") { Description = "Print the address only." });
        return Asking.Verb("open", "Print a machine's address and open it in the browser, where there is one. One that does not run offers to start there.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync(Asking.PathOf(parse.GetValue(name)!), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var url = reply.Read(HubJson.Default.MachineView).Url;
            Console.WriteLine(url);
            if (!parse.GetValue(quiet)) Browser.Open(url);
            return 0;
        }, name, quiet);
    }
}
