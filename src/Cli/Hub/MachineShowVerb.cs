using System.CommandLine;
using System.Globalization;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine show NAME</c>: all about one, above all what went wrong at its start.</summary>
internal static class MachineShowVerb
{
    public static Command Create()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        return Asking.Verb("show", "Show a machine: what it is, how its last start went, and in safe mode which hook failed, with line, command, exit code and output.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync(Asking.PathOf(parse.GetValue(name)!), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            Write(reply.Read(HubJson.Default.MachineView));
            return 0;
        }, name, format);
    }

    private static void Write(MachineView machine)
    {
        Console.WriteLine($"{machine.Name}: {MachineTexts.State(machine)}");
        if (machine.Message is { } message) Console.WriteLine(string.Join('\n', message.Split('\n').Select(MachineTexts.Plain)));
        if (machine.Notice is { } notice) Console.WriteLine(MachineTexts.Plain(notice.Text));
        Line("address", machine.Url);
        Line("owner", machine.Owner);
        Line("runs on", MachineTexts.Place(machine));
        Line("allocated", machine.EndsAt is { } end ? $"until {Output.Clock(end, TimeProvider.System)}" : null);
        Line("digest", machine.Digest);
        Line("type", $"{machine.Type}, {MachineTexts.Price(machine)}");
        Line("gpus", string.Join(", ", machine.Gpus));
        Line("git", machine.Git);
        Line("variables", string.Join(" ", machine.Environment.Select(variable => $"{variable.Key}={variable.Value}")));
        Line("secrets", string.Join(", ", machine.Secrets));
        Line("autostart", machine.AutoStart ? "with the hub" : null);
        Line("work", ActivityTexts.Work(machine));
        Line("auto stop", ActivityTexts.Rule(machine));
        Line("time left", ActivityTexts.Stop(machine));
        Line("created", Output.Clock(machine.Created, TimeProvider.System));
        Line("started", machine.Started is { } started ? $"{Output.Clock(started, TimeProvider.System)}, run {machine.Run.ToString(CultureInfo.InvariantCulture)}" : null);
        Line("stopped", machine.Stopped is { } stopped ? Output.Clock(stopped, TimeProvider.System) : null);
        Section("Last start", machine.Steps.Select(MachineTexts.Step));
        Section("Hooks", machine.Hooks.SelectMany(MachineTexts.Hook));
        Section("Notes of the start", machine.Notes.Select(note => $"  {MachineTexts.Plain(note)}"));
    }

    private static void Line(string name, string? value)
    {
        if (value is { Length: > 0 }) Console.WriteLine($"  {name,-10} {value}");
    }

    private static void Section(string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0) return;
        Console.WriteLine();
        Console.WriteLine($"{title}:");
        all.ForEach(Console.WriteLine);
    }
}
