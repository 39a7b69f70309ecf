using System.CommandLine;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast runs</c>: what trains where.</summary>
internal static class RunsVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var all = new Option<bool>("--all", "-a") { Description = "Also those that have ended, and what waits." };
        return Asking.Verb("runs", "List what runs in the machines of a hub: where, since when, how far it is.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("runs", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var list = reply.Read(HubJson.Default.RunList);
            var shown = list.Runs.Where(run => parse.GetValue(all) || run.State is "running" or "asks").ToList();
            if (shown.Count == 0) Console.WriteLine($"Nothing runs.{(list.Runs.Count > 0 ? $" '{Surroundings.Program} runs --all' lists what ran." : "")}");
            else Output.Table(["MACHINE", "RUN", "STATE", "SINCE", "PROGRESS", "CPU", "LAST LINE"], [.. shown.Select(Row)]);
            foreach (var silent in list.Silent) Console.Error.WriteLine($"{silent} does not answer.");
            return 0;
        }, all, format);
    }

    private static string[] Row(RunView run) =>
    [
        run.Machine,
        MachineTexts.Plain($"{run.Name}{(run.Cell is { } cell ? $" cell {cell}{(run.Cells > 0 ? $" of {run.Cells}" : "")}" : run.Description is { } command ? $": {Short(command)}" : "")}"),
        run.State,
        run.Started is { } started ? Output.Clock(started, TimeProvider.System) : "",
        run.Progress is { } progress ? $"{Math.Floor(progress * 100):0} %" : "",
        run.Cpu is { } cpu ? cpu.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) : "",
        MachineTexts.Plain(Short(run.LastLine ?? "")),
    ];

    private static string Short(string text) => text.Length > 60 ? $"{text[..59]}…" : text;
}
