using System.Buffers;
using System.CommandLine;
using System.Text.Json;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine change NAME</c>.</summary>
internal static class MachineChangeVerb
{
    public static Command Create()
    {
        var (name, format, quiet) = (Asking.Machine(), Output.Format(), Asking.Quiet());
        var options = new MachineOptions();
        return Asking.Verb("change", "Change what a machine that does not run is to be; when it is stopped by the hub, also of one that runs. What is not said stays; an empty value takes away, as --git ''.", async (parse, hub, cancellationToken) =>
        {
            var body = new ArrayBufferWriter<byte>();
            bool any;
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                any = options.Write(json, parse);
                json.WriteEndObject();
            }
            if (!any) return Output.Fail("nothing was said that is to be changed; --help lists what can be.");
            var reply = await hub.SendAsync(HttpMethod.Patch, Asking.PathOf(parse.GetValue(name)!), body.WrittenSpan.ToArray(), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            if (!parse.GetValue(quiet)) Console.WriteLine($"{parse.GetValue(name)} is changed.");
            return 0;
        }, [name, .. options.All, quiet, format]);
    }
}
