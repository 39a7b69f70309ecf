using System.Buffers;
using System.CommandLine;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine create NAME</c>.</summary>
internal static class MachineCreateVerb
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Its name: up to 40 lower-case letters, digits and single dashes, a letter first." };
        var options = new MachineOptions();
        var start = new Option<bool>("--start") { Description = "Start it, and show how that goes." };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("create", "Make a machine. Its price is said; it costs when it runs.", async (parse, hub, cancellationToken) =>
        {
            var body = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                json.WriteString("name", parse.GetValue(name));
                options.Write(json, parse);
                json.WriteEndObject();
            }
            var reply = await hub.SendAsync(HttpMethod.Post, "machines", body.WrittenSpan.ToArray(), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var machine = reply.Read(HubJson.Default.MachineView);
            if (parse.GetValue(start)) return await MachineStartVerb.RunAsync(hub, machine.Name, new StartRequest(), wait: true, parse.GetValue(quiet), parse.GetValue(format) == "json", cancellationToken);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            Console.WriteLine(parse.GetValue(quiet) ? machine.Name : $"{machine.Name} is made: {MachineTexts.Place(machine)}, type {machine.Type}, {MachineTexts.Price(machine)}. '{Surroundings.Program} machine start {machine.Name}' starts it.");
            return 0;
        }, [name, .. options.All, start, quiet, format]);
    }
}
