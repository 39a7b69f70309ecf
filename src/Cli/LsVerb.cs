using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.Keeper;
using Holdfast.Cli.Lab;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary><c>holdfast ls</c>: what runs.</summary>
internal static class LsVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var command = new Command("ls", "List the labs and kernels that run, of every folder.") { format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (keeper, problem) = await KeeperContact.TryAsync(cancellationToken);
            await using var contact = keeper;
            if (problem is not null) return Output.Fail(problem);
            var labs = LabRegister.All();
            var kernels = keeper?.Kernels.OrderBy(kernel => kernel.Started).ToList() ?? [];
            if (parse.GetValue(format) == "json") WriteJson(labs, kernels);
            else WriteText(labs, kernels);
            return 0;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<RunningLab> labs, List<KernelRecord> kernels)
    {
        if (labs.Count > 0)
        {
            Output.Table(["LAB", "PROCESS", "FOLDER"], [.. labs.Select(lab => new[] { lab.Address, lab.ProcessId.ToString(CultureInfo.InvariantCulture), lab.Root })]);
            Console.WriteLine();
        }

        if (kernels.Count == 0)
        {
            Console.WriteLine(labs.Count > 0 ? "No kernel runs." : "No lab and no kernel runs. 'holdfast lab DIR' opens a folder of notebooks.");
            return;
        }

        Output.Table(["NOTEBOOK", "STATE", "KERNEL", "STARTED", "RECORDS", "FOLDER"],
            [.. kernels.Select(kernel => new[]
            {
                KernelTexts.Document(kernel),
                KernelTexts.State(kernel, TimeProvider.System),
                kernel.DisplayName,
                Output.Clock(kernel.Started, TimeProvider.System),
                kernel.LastSequence.ToString(CultureInfo.InvariantCulture),
                kernel.Root,
            })]);
        foreach (var kernel in kernels.Where(kernel => kernel.Note is not null)) Console.WriteLine($"{KernelTexts.Document(kernel)}: {kernel.Note}");
    }

    private static void WriteJson(IReadOnlyList<RunningLab> labs, List<KernelRecord> kernels) => Output.Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("labs");
        foreach (var lab in labs)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", lab.ProcessId);
            json.WriteString("url", lab.Address);
            json.WriteString("root", lab.Root);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("kernels");
        foreach (var kernel in kernels) KernelJson.Write(json, kernel);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
