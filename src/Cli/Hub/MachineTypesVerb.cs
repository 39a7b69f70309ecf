using System.CommandLine;
using System.Globalization;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine types</c>.</summary>
internal static class MachineTypesVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        return Asking.Verb("types", "List the types that machines can have: what they may use, and what an hour costs. The first is the default.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("types", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var list = reply.Read(HubJson.Default.TypeList);
            Output.Table(["TYPE", "CPU", "MEMORY", "GPUS", "/DEV/SHM", $"{list.Currency} AN HOUR"],
            [
                .. list.Types.Select(type => new[]
                {
                    type.Name,
                    type.Processors?.ToString(CultureInfo.InvariantCulture) ?? "all",
                    type.Memory is { } memory ? ByteText.Of(memory) : "all",
                    type.Gpus.ToString(CultureInfo.InvariantCulture),
                    type.SharedMemory is { } shared ? ByteText.Of(shared) : "-",
                    type.Price.ToString("0.00##", CultureInfo.InvariantCulture),
                }),
            ]);
            return 0;
        }, format);
    }
}
