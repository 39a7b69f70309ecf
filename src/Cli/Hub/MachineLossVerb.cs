using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine loss NAME</c>: what a stop would destroy.</summary>
internal static class MachineLossVerb
{
    public static Command Create()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        return Asking.Verb("loss", "List what a stop would destroy: packages, files and settings that lie in no volume. Of a machine that does not run, what its last stop destroyed.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            var reply = await hub.GetAsync(Asking.PathOf(asked, "/loss"), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var loss = reply.Read(HubJson.Default.LossView);
            foreach (var kept in loss.Kept) Console.WriteLine($"Kept: {kept.Path}");
            if (loss.Now is { } now)
            {
                Console.WriteLine(now.IsEmpty ? $"Stopping {asked} would lose nothing." : $"Stopping {asked} would lose {ByteText.Of(now.Size)}:");
                LossTexts.Write(Console.Out, now);
                if (!now.IsEmpty) Console.WriteLine($"'{Surroundings.Program} machine keep {asked} PATH' keeps a path; '{Surroundings.Program} recipe record {asked}' makes installs part of its recipe.");
            }
            else if (loss.LastStop is { IsEmpty: false } last)
            {
                Console.WriteLine($"The last stop of {asked}, {Output.Clock(last.Time, TimeProvider.System)}, has lost {ByteText.Of(last.Size)}:");
                LossTexts.Write(Console.Out, last);
            }
            else Console.WriteLine($"{asked} does not run, and its last stop has lost nothing.");
            return 0;
        }, name, format);
    }
}
