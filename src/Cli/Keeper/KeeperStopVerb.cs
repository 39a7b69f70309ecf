using System.CommandLine;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Keeper;

/// <summary><c>holdfast keeper stop</c>: ends the keeper, and its kernels only when somebody said so.</summary>
internal static class KeeperStopVerb
{
    public static Command Create()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "End the kernels that run without asking." };
        var command = new Command("stop", "End the keeper and every kernel it owns. Their journals stay.") { yes };
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

            if (keeper.Kernels.Count > 0 && !parse.GetValue(yes) && !Confirm(keeper.Kernels))
            {
                return Output.Fail("nothing was stopped. 'holdfast keeper stop --yes' ends these kernels without asking.");
            }

            var count = keeper.Kernels.Count;
            await keeper.StopKeeperAsync(cancellationToken);
            Console.WriteLine(count == 0 ? "The keeper has ended." : $"The keeper has ended, and {Output.Count(count, "kernel")} with it.");
            return 0;
        });
        return command;
    }

    private static bool Confirm(IReadOnlyCollection<KernelRecord> kernels)
    {
        Console.WriteLine($"This ends {Output.Count(kernels.Count, "kernel")} and what {(kernels.Count == 1 ? "it computes" : "they compute")}:");
        foreach (var kernel in kernels) Console.WriteLine($"  {KernelTexts.Line(kernel, TimeProvider.System)}");
        if (Console.IsInputRedirected) return false;
        Console.Write("End them? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
