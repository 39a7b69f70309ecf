using System.CommandLine;
using Holdfast.Cli.Keeper;
using Holdfast.Keeper.Client;

namespace Holdfast.Cli.Terminals;

/// <summary><c>holdfast attach NAME</c>: a terminal of the keeper's in this one.</summary>
internal static class AttachVerb
{
    public static Command Create()
    {
        var name = TermVerb.Name();
        var command = new Command("attach", "Show a terminal in this one, as it is, and type into it. Ctrl-] detaches: it goes on. Ends with the exit code of its program when that ends.") { name };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            if (Surroundings.Variables.GetValueOrDefault("HOLDFAST_TERMINAL") == asked) return Output.Fail($"this is the terminal {asked}.");
            var (found, problem) = await KeeperContact.TryAsync(cancellationToken);
            await using var keeper = found;
            if (problem is not null) return Output.Fail(problem);
            if (keeper?.FindTerminal(asked) is not { } terminal)
            {
                return Output.Fail(TerminalArchive.Find(Surroundings.Home, asked) is null
                    ? $"no terminal '{asked}' runs. '{Surroundings.Program} term ls' lists them, 'term new {asked}' starts it."
                    : $"the terminal {asked} has ended. '{Surroundings.Program} term show {asked}' prints its record.");
            }

            if (RawTerminal.Size() is null) return Output.Fail($"attach needs a terminal to show it in. '{Surroundings.Program} term show {asked}' prints what it has shown.");
            Console.Error.WriteLine($"Attached to {asked}; ctrl-] detaches.");
            var raw = RawTerminal.Take();
            if (raw is null) return Output.Fail("attach needs a terminal to type in.");
            int? code;
            using (raw) code = await new Attachment(keeper, terminal).RunAsync();
            Console.WriteLine(code is null ? $"Detached from {asked}; it goes on." : $"The terminal {asked} has ended (exit code {code}).");
            return code ?? 0;
        });
        return command;
    }
}
