using System.CommandLine;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine start NAME</c>.</summary>
internal static class MachineStartVerb
{
    public static Command Create()
    {
        var (name, format, quiet) = (Asking.Machine(), Output.Format(), Asking.Quiet());
        var type = new Option<string?>("--type") { Description = "With another type from now on.", HelpName = "TYPE" };
        var safe = new Option<bool>("--safe") { Description = "Without hooks." };
        var wait = Wait();
        return Asking.Verb("start", "Start a machine. When one of its hooks fails it runs all the same, in safe mode, and 'machine show' says what failed.", (parse, hub, cancellationToken) =>
            RunAsync(hub, parse.GetValue(name)!, new StartRequest(parse.GetValue(type), parse.GetValue(safe)), parse.GetValue(wait), parse.GetValue(quiet), parse.GetValue(format) == "json", cancellationToken),
            name, type, safe, wait, quiet, format);
    }

    public static Option<bool> Wait() => new("--wait", "-w") { Description = "Wait until it has come to that, and show how it goes." };

    public static async Task<int> RunAsync(HubClient hub, string name, StartRequest wish, bool wait, bool quiet, bool json, CancellationToken cancellationToken)
    {
        var before = await hub.GetAsync(Asking.PathOf(name), cancellationToken);
        if (before.Fault is not null) return Asking.Fail(before);
        var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(name, "/start"), wish, HubJson.Default.StartRequest, cancellationToken);
        if (reply.Fault is not null) return Asking.Fail(reply);
        var machine = before.Read(HubJson.Default.MachineView);
        // One that runs or starts already stays as it is.
        var run = machine.State is MachineState.Pulling or MachineState.Starting or MachineState.Running ? machine.Run : machine.Run + 1;
        return await ShowAsync(hub, reply, run, wait, quiet, json, cancellationToken);
    }

    /// <summary>Shows how a start goes, or only that it was wished. Exit code 1 when it fails.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="reply">What it has answered to the wish.</param>
    /// <param name="run">The number of the start that is meant: the machine may still be at the one before.</param>
    /// <param name="wait">Whether to wait.</param>
    /// <param name="quiet">Whether to say nothing.</param>
    /// <param name="json">Whether to write the machine as JSON.</param>
    /// <param name="cancellationToken">Gives up; the start goes on.</param>
    public static async Task<int> ShowAsync(HubClient hub, HubReply reply, int run, bool wait, bool quiet, bool json, CancellationToken cancellationToken)
    {
        var machine = reply.Read(HubJson.Default.MachineView);
        if (!wait)
        {
            if (json) return reply.WriteJson();
            if (!quiet) Console.WriteLine(machine.State == MachineState.Running && machine.Run >= run ? $"{machine.Name} runs: {machine.Url}" : $"{machine.Name} starts. '{Surroundings.Program} machine start {machine.Name} --wait' shows how it goes.");
            return 0;
        }
        var said = 0;
        await foreach (var now in hub.WatchAsync(machine.Name, cancellationToken))
        {
            machine = now;
            if (now.Run < run && now.State != MachineState.Deleted) continue;
            var settled = now.State is MachineState.Running or MachineState.Failed or MachineState.Deleted or MachineState.Stopped;
            // The last step may still go on.
            for (; !json && !quiet && said < now.Steps.Count && (settled || now.Steps[said].Took is not null); said++) Console.WriteLine(MachineTexts.Step(now.Steps[said]));
            if (settled) break;
        }
        if (json) await WriteAsync(hub, machine.Name, cancellationToken);
        if (machine.State != MachineState.Running) return Output.Fail($"{machine.Name} is {MachineTexts.State(machine)}. {machine.Message}".TrimEnd());
        if (json || quiet) return 0;
        Console.WriteLine($"{machine.Name} runs: {machine.Url}");
        if (machine.Reason is not null) Console.WriteLine($"{Output.Sentence(machine.Message ?? "")} '{Surroundings.Program} machine show {machine.Name}' says more.".TrimStart());
        return 0;
    }

    private static async Task WriteAsync(HubClient hub, string name, CancellationToken cancellationToken)
    {
        var reply = await hub.GetAsync(Asking.PathOf(name), cancellationToken);
        if (reply.Fault is null) reply.WriteJson();
    }
}
