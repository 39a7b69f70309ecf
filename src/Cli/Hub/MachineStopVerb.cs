using System.CommandLine;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine stop NAME</c> and <c>restart NAME</c>: what would be lost is shown before.</summary>
internal static class MachineStopVerb
{
    public static Command Create()
    {
        var (name, format, quiet, wait) = (Asking.Machine(), Output.Format(), Asking.Quiet(), MachineStartVerb.Wait());
        var yes = Asking.Yes("Stop it without asking, whatever is lost.");
        return Asking.Verb("stop", "Stop a machine. Its volumes stay. What would be lost is shown, and asked about; without a terminal nothing is stopped then, and the exit code is 3.", async (parse, hub, cancellationToken) =>
        {
            var (asked, json) = (parse.GetValue(name)!, parse.GetValue(format) == "json");
            var reply = await AskAsync(hub, asked, "stop", new StopRequest(parse.GetValue(yes)), parse.GetValue(quiet), cancellationToken);
            if (reply.Fault is { } fault) return fault.Code == "would-lose" ? Refused(asked, "stop", json ? reply : null) : Asking.Fail(reply);
            var machine = reply.Read(HubJson.Default.MachineView);
            if (parse.GetValue(wait))
            {
                await foreach (var now in hub.WatchAsync(asked, cancellationToken))
                {
                    machine = now;
                    if (now.State is MachineState.Stopped or MachineState.Created or MachineState.Failed or MachineState.Deleted) break;
                }
                reply = await hub.GetAsync(Asking.PathOf(asked), cancellationToken);
            }
            if (json && reply.Fault is null) return reply.WriteJson();
            if (!parse.GetValue(quiet)) Console.WriteLine(machine.State is MachineState.Created or MachineState.Stopped or MachineState.Failed ? $"{asked} is {MachineTexts.State(machine)}." : $"{asked} is being stopped.");
            return 0;
        }, name, yes, wait, quiet, format);
    }

    public static Command CreateRestart()
    {
        var (name, format, quiet, wait) = (Asking.Machine(), Output.Format(), Asking.Quiet(), MachineStartVerb.Wait());
        var yes = Asking.Yes("Stop it without asking, whatever is lost.");
        var type = new Option<string?>("--type") { Description = "With another type from now on.", HelpName = "TYPE" };
        var safe = new Option<bool>("--safe") { Description = "Without hooks." };
        return Asking.Verb("restart", "Stop and start a machine. Asks as stop does.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            var before = await hub.GetAsync(Asking.PathOf(asked), cancellationToken);
            if (before.Fault is not null) return Asking.Fail(before);
            var reply = await AskAsync(hub, asked, "restart", new StopRequest(parse.GetValue(yes), parse.GetValue(type), parse.GetValue(safe)), parse.GetValue(quiet), cancellationToken);
            if (reply.Fault is { } fault) return fault.Code == "would-lose" ? Refused(asked, "restart", parse.GetValue(format) == "json" ? reply : null) : Asking.Fail(reply);
            return await MachineStartVerb.ShowAsync(hub, reply, before.Read(HubJson.Default.MachineView).Run + 1, parse.GetValue(wait), parse.GetValue(quiet), parse.GetValue(format) == "json", cancellationToken);
        }, name, type, safe, yes, wait, quiet, format);
    }

    /// <summary>Asks the hub; when something would be lost shows it and asks the person.</summary>
    private static async Task<HubReply> AskAsync(HubClient hub, string name, string verb, StopRequest wish, bool quiet, CancellationToken cancellationToken)
    {
        var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(name, $"/{verb}"), wish, HubJson.Default.StopRequest, cancellationToken);
        if (reply.Fault is not { Code: "would-lose" } fault) return reply;
        if (!quiet)
        {
            Console.Error.WriteLine(fault.Message);
            if (fault.Loss is { } loss) LossTexts.Write(Console.Error, loss, most: 10);
        }
        return Asking.Ask("Stop it all the same?")
            ? await hub.SendAsync(HttpMethod.Post, Asking.PathOf(name, $"/{verb}"), wish with { Confirmed = true }, HubJson.Default.StopRequest, cancellationToken)
            : reply;
    }

    private static int Refused(string name, string verb, HubReply? json)
    {
        json?.WriteJson();
        Output.Fail($"{name} runs on. 'holdfast machine keep {name} PATH' keeps a path, 'holdfast machine {verb} {name} --yes' goes on without asking.");
        return Asking.WouldLose;
    }
}
