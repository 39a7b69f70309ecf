using System.CommandLine;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine logs NAME</c>.</summary>
internal static class MachineLogsVerb
{
    public static Command Create()
    {
        var name = Asking.Machine();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what it says, until it has stopped." };
        var tail = new Option<long>("--tail") { Description = "Bytes of its end. Default 65536.", HelpName = "BYTES", DefaultValueFactory = _ => 65536 };
        return Asking.Verb("logs", "Print what a machine itself said: its start, its lab. What its hooks said is in 'machine show'.", async (parse, hub, cancellationToken) =>
        {
            var (response, fault) = await hub.StreamAsync(HttpMethod.Get, Asking.PathOf(parse.GetValue(name)!, $"/logs?tail={Math.Max(0, parse.GetValue(tail))}&follow={(parse.GetValue(follow) ? "true" : "false")}"), cancellationToken);
            if (response is null) return Asking.Fail(fault!);
            using (response)
            {
                await using var text = await response.Content.ReadAsStreamAsync(cancellationToken);
                await using var stdout = new StandardOutput();
                await text.CopyToAsync(stdout, cancellationToken);
            }
            return 0;
        }, name, follow, tail);
    }
}
