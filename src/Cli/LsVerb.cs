using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.Keeper;
using Holdfast.Cli.Lab;
using Holdfast.Cli.Terminals;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary><c>holdfast ls</c>: what runs.</summary>
internal static class LsVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var command = new Command("ls", "List the labs, kernels and terminals that run, of every folder.") { format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (keeper, problem) = await KeeperContact.TryAsync(cancellationToken);
            await using var contact = keeper;
            if (problem is not null) return Output.Fail(problem);
            var labs = LabRegister.All();
            List<KernelRecord> kernels = [.. (keeper?.Kernels ?? Alone()).OrderBy(kernel => kernel.Started)];
            List<TerminalRecord> terminals = [.. (keeper?.Terminals ?? []).OrderBy(terminal => terminal.Started)];
            if (parse.GetValue(format) == "json") WriteJson(labs, keeper is not null, kernels, terminals);
            else WriteText(labs, keeper is not null, kernels, terminals);
            return 0;
        });
        return command;
    }

    /// <summary>Kernels whose keeper has ended without them. A process id may be used again, but not with the kernel's folder in its command.</summary>
    private static IEnumerable<KernelRecord> Alone() => KernelArchive.All(Surroundings.Home).Where(kernel =>
    {
        try
        {
            return kernel.ProcessId is { } id && File.ReadAllText($"/proc/{id}/cmdline").Contains(kernel.Folder, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }).Select(kernel => kernel with { ExecutionState = KernelTexts.Unknown, BusySince = null });

    private static void WriteText(IReadOnlyList<RunningLab> labs, bool kept, List<KernelRecord> kernels, List<TerminalRecord> terminals)
    {
        if (labs.Count > 0)
        {
            Output.Table(["LAB", "PROCESS", "FOLDER"], [.. labs.Select(lab => new[] { lab.Address, lab.ProcessId.ToString(CultureInfo.InvariantCulture), lab.Root })]);
            Console.WriteLine();
        }

        if (terminals.Count > 0)
        {
            TerminalTexts.Table(terminals);
            if (kernels.Count == 0) return;
            Console.WriteLine();
        }

        if (kernels.Count == 0)
        {
            Console.WriteLine(labs.Count > 0 ? "No kernel runs." : $"No lab and no kernel runs. '{Surroundings.Program} lab DIR' opens a folder of notebooks.");
            return;
        }

        Output.Table(["NOTEBOOK", "STATE", "KERNEL", "STARTED", "RECORDS", "FOLDER"],
            [.. kernels.Select(kernel => new[]
            {
                KernelTexts.Document(kernel),
                KernelTexts.State(kernel, TimeProvider.System),
                kernel.DisplayName,
                Output.Clock(kernel.Started, TimeProvider.System),
                kept ? kernel.LastSequence.ToString(CultureInfo.InvariantCulture) : "-",
                kernel.Root,
            })]);
        foreach (var kernel in kernels.Where(kernel => kernel.Note is not null)) Console.WriteLine($"{KernelTexts.Name(kernel)}: {kernel.Note}");
        if (!kept) Console.WriteLine($"{Output.Count(kernels.Count, "kernel")} {(kernels.Count == 1 ? "runs" : "run")} without a keeper just now, unrecorded; the next lab takes {(kernels.Count == 1 ? "it" : "them")} up.");
    }

    private static void WriteJson(IReadOnlyList<RunningLab> labs, bool kept, List<KernelRecord> kernels, List<TerminalRecord> terminals) => Output.Json(json =>
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
        json.WriteBoolean("keeper", kept);
        json.WriteStartArray("kernels");
        foreach (var kernel in kernels) KernelJson.Write(json, kernel);
        json.WriteEndArray();
        json.WriteStartArray("terminals");
        foreach (var terminal in terminals) TerminalTexts.Write(json, terminal);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
