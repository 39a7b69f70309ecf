using System.CommandLine;
using Holdfast.Cli.Terminals;
using Holdfast.Keeper.Client;

namespace Holdfast.Cli.Keeper;

/// <summary><c>holdfast keeper stop</c>: ends the keeper, and its kernels only when somebody said so.</summary>
internal static class KeeperStopVerb
{
    public static Command Create()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "End the kernels and terminals that run without asking." };
        var command = new Command("stop", "End the keeper and every kernel and terminal it owns. Their journals stay.") { yes };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (keeper, problem) = await KeeperContact.TryAsync(cancellationToken);
            await using var contact = keeper;
            if (problem is not null) return Output.Fail(problem);
            if (keeper is null)
            {
                Console.WriteLine("No keeper runs.");
                return 0;
            }

            var owned = Owned(keeper);
            if (owned.Length > 0 && !parse.GetValue(yes) && !Confirm(keeper, owned))
            {
                var these = keeper.Terminals.Count == 0 ? "kernels" : keeper.Kernels.Count == 0 ? "terminals" : "kernels and terminals";
                return Output.Fail($"nothing was stopped. 'holdfast keeper stop --yes' ends these {these} without asking.");
            }

            await keeper.StopKeeperAsync(cancellationToken);
            Console.WriteLine(owned.Length == 0 ? "The keeper has ended." : $"The keeper has ended, and {owned} with it.");
            return 0;
        });
        return command;
    }

    /// <summary>What the keeper owns, counted; empty for nothing.</summary>
    private static string Owned(KeeperClient keeper) => string.Join(" and ",
        new (int Count, string Noun)[] { (keeper.Kernels.Count, "kernel"), (keeper.Terminals.Count, "terminal") }.Where(owned => owned.Count > 0).Select(owned => Output.Count(owned.Count, owned.Noun)));

    private static bool Confirm(KeeperClient keeper, string owned)
    {
        Console.WriteLine($"This ends {owned} and what {(keeper.Kernels.Count + keeper.Terminals.Count == 1 ? "it computes" : "they compute")}:");
        foreach (var kernel in keeper.Kernels) Console.WriteLine($"  {KernelTexts.Line(kernel, TimeProvider.System)}");
        foreach (var terminal in keeper.Terminals) Console.WriteLine($"  terminal {terminal.Name}: {TerminalTexts.Command(terminal)} in {terminal.WorkingFolder}");
        if (Console.IsInputRedirected) return false;
        Console.Write("End them? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
