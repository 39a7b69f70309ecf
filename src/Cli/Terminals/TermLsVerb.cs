using System.CommandLine;
using Holdfast.Cli.Keeper;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Terminals;

/// <summary><c>holdfast term ls</c>: the terminals that run, and how those ended that did.</summary>
internal static class TermLsVerb
{
    public static Command Create()
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also the older ones of names that were used again." };
        var format = Output.Format();
        var command = new Command("ls", "List terminals: those that run, and those that have ended, with their exit codes.") { all, format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (keeper, problem) = await KeeperContact.TryAsync(cancellationToken);
            await using var contact = keeper;
            if (problem is not null) return Output.Fail(problem);
            var terminals = All(keeper).Where(terminal => parse.GetValue(all) || !terminal.Name.Contains('~', StringComparison.Ordinal)).ToList();
            if (parse.GetValue(format) == "json") WriteJson(terminals);
            else WriteText(terminals);
            return 0;
        });
        return command;
    }

    /// <summary>All terminals, oldest first, as the keeper knows them, else as their records say.</summary>
    public static IEnumerable<TerminalRecord> All(KeeperClient? keeper) => TerminalArchive.All(Surroundings.Home).Select(terminal =>
        terminal.Ended is not null ? terminal
        : keeper?.FindTerminal(terminal.Name)
            ?? terminal with { Ended = terminal.LastActivity, ProcessId = null, Note = "It ended with its keeper." });

    private static void WriteText(List<TerminalRecord> terminals)
    {
        if (terminals.Count == 0)
        {
            Console.WriteLine($"No terminal. '{Surroundings.Program} term new' starts one.");
            return;
        }

        TerminalTexts.Table(terminals);
        foreach (var terminal in terminals.Where(terminal => terminal.Note is not null && terminal.ExitCode is null)) Console.WriteLine($"{terminal.Name}: {terminal.Note}");
    }

    private static void WriteJson(List<TerminalRecord> terminals) => Output.Json(json =>
    {
        json.WriteStartArray();
        foreach (var terminal in terminals) TerminalTexts.Write(json, terminal);
        json.WriteEndArray();
    });
}
