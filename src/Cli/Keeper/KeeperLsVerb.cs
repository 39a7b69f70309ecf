using System.CommandLine;
using System.Globalization;
using Holdfast.Journal;
using Holdfast.Keeper.Client;

namespace Holdfast.Cli.Keeper;

/// <summary><c>holdfast keeper ls</c>: which keeper runs, and what it owns.</summary>
internal static class KeeperLsVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var command = new Command("ls", "Say which keeper runs and what it owns.") { format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (keeper, problem) = await KeeperContact.TryAsync(cancellationToken);
            await using var contact = keeper;
            if (problem is not null) return Output.Fail(problem);
            if (parse.GetValue(format) == "json") WriteJson(keeper);
            else if (keeper is null) Console.WriteLine($"No keeper runs for {Surroundings.Home.StateFolder}. A lab starts one.");
            else WriteText(keeper);
            return 0;
        });
        return command;
    }

    private static void WriteText(KeeperClient keeper)
    {
        var ended = KernelArchive.All(Surroundings.Home).Where(kernel => keeper.Find(kernel.Id) is null).Select(kernel => JournalRetention.BytesOf(kernel.JournalFolder)).Where(bytes => bytes > 0).ToList();
        Console.WriteLine($"Keeper, process {keeper.KeeperProcessId}, since {Output.Clock(keeper.KeeperStarted, TimeProvider.System)}, state in {Surroundings.Home.StateFolder}");
        if (keeper.Renewal is { } older) Console.WriteLine(older);
        if (ended.Count > 0) Console.WriteLine($"Journals of {Output.Count(ended.Count, "kernel")} that ended: {ByteText.Of(ended.Sum())}. 'holdfast keeper prune' makes room.");
        if (keeper.Kernels.Count == 0)
        {
            Console.WriteLine("It owns no kernel.");
            return;
        }

        Output.Table(["KERNEL", "PROCESS", "STATE", "JOURNAL", "NOTEBOOK"],
            [.. keeper.Kernels.OrderBy(kernel => kernel.Started).Select(kernel => new[]
            {
                kernel.Id,
                kernel.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "-",
                KernelTexts.State(kernel, TimeProvider.System),
                ByteText.Of(JournalRetention.BytesOf(kernel.JournalFolder)),
                KernelTexts.Document(kernel),
            })]);
    }

    private static void WriteJson(KeeperClient? keeper) => Output.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("state", Surroundings.Home.StateFolder);
        json.WriteBoolean("running", keeper is not null);
        if (keeper is null)
        {
            json.WriteNull("pid");
            json.WriteNull("started");
            json.WriteNull("release");
        }
        else
        {
            json.WriteNumber("pid", keeper.KeeperProcessId);
            json.WriteString("started", keeper.KeeperStarted);
            json.WriteString("release", keeper.KeeperVersion);
        }

        json.WriteStartArray("kernels");
        foreach (var kernel in (keeper?.Kernels ?? []).OrderBy(kernel => kernel.Started)) KernelJson.Write(json, kernel);
        json.WriteEndArray();
        json.WriteStartArray("journals");
        foreach (var kernel in KernelArchive.All(Surroundings.Home))
        {
            json.WriteStartObject();
            json.WriteString("kernel", kernel.Id);
            json.WriteString("root", kernel.Root);
            json.WriteBoolean("running", keeper?.Find(kernel.Id) is not null);
            json.WriteNumber("bytes", JournalRetention.BytesOf(kernel.JournalFolder));
            json.WriteNumber("saved_up_to", (keeper?.Find(kernel.Id) ?? kernel).WholeUpTo);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
