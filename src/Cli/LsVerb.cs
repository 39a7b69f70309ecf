using System.CommandLine;
using System.Text.Json;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary><c>holdfast ls</c>: what runs.</summary>
internal static class LsVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var command = new Command("ls", "List the kernels that run, of every folder.") { format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            await using var keeper = await KeeperClient.TryConnectAsync(Surroundings.Home, cancellationToken);
            var kernels = keeper?.Kernels.OrderBy(kernel => kernel.Started).ToList() ?? [];
            if (parse.GetValue(format) == "json") WriteJson(kernels);
            else WriteText(kernels);
            return 0;
        });
        return command;
    }

    private static void WriteText(List<KernelRecord> kernels)
    {
        if (kernels.Count == 0)
        {
            Console.WriteLine("No kernel runs. 'holdfast lab DIR' opens a folder of notebooks.");
            return;
        }

        Output.Table(["NOTEBOOK", "STATE", "KERNEL", "STARTED", "RECORDS", "FOLDER"],
            [.. kernels.Select(kernel => new[]
            {
                KernelTexts.Document(kernel),
                KernelTexts.State(kernel, TimeProvider.System),
                kernel.DisplayName,
                Output.Clock(kernel.Started, TimeProvider.System),
                kernel.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture),
                kernel.Root,
            })]);
        foreach (var kernel in kernels.Where(kernel => kernel.Note is not null)) Console.WriteLine($"{KernelTexts.Document(kernel)}: {kernel.Note}");
    }

    private static void WriteJson(List<KernelRecord> kernels)
    {
        using var stdout = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(stdout, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var kernel in kernels) KernelJson.Write(json, kernel);
            json.WriteEndArray();
        }

        stdout.WriteByte((byte)'\n');
    }
}
