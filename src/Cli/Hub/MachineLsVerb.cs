using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine ls</c>.</summary>
internal static class MachineLsVerb
{
    public static Command Create()
    {
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("ls", "List machines.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("machines", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var machines = reply.Read(HubJson.Default.MachineViewArray);
            if (parse.GetValue(quiet)) Array.ForEach(machines, machine => Console.WriteLine(machine.Name));
            else if (machines.Length == 0) Console.WriteLine($"No machine. '{Surroundings.Program} machine create NAME --start' makes one.");
            else
            {
                Output.Table(["MACHINE", "STATE", "WORK", "STOPS IN", "TYPE", "RUNS ON", "OWNER", "ADDRESS"],
                    [.. machines.Select(machine => new[] { machine.Name, MachineTexts.State(machine), ActivityTexts.Short(machine), ActivityTexts.TimeLeft(machine), machine.Type, machine.Image ?? machine.Node ?? machine.Engine, machine.Owner, machine.Url })]);
            }
            return 0;
        }, quiet, format);
    }
}
