using System.CommandLine;
using System.CommandLine.Parsing;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Terminals;

/// <summary><c>holdfast term new [NAME] [-- COMMAND…]</c>: starts a terminal and leaves it alone.</summary>
internal static class TermNewVerb
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "Its name. Default the lowest number that is free.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Argument<string[]>("-- COMMAND") { Description = "Program and arguments. Default your login shell.", Arity = ArgumentArity.ZeroOrMore };
        var verb = new Command("new", "Start a terminal that goes on by itself, and print its name. 'holdfast attach NAME' shows it, and so do the pages of labs on this folder.") { name, command };
        verb.SetAction(async (parse, cancellationToken) =>
        {
            string?[] named = parse.GetValue(name) is { } first ? [first] : [];
            string?[] words = [.. named, .. parse.GetValue(command) ?? []];
            // What stands before the two dashes is the name.
            var dashes = parse.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Count(token => token.Type == TokenType.Argument);
            var start = new TerminalStart
            {
                Name = dashes > 0 ? words[0] : null,
                Argv = [.. words.Skip(dashes > 0 ? 1 : 0).Select(word => word!)],
                Environment = Surroundings.Variables,
                WorkingFolder = Environment.CurrentDirectory,
                Size = RawTerminal.Size() ?? TerminalSize.Default,
            };
            var connected = await KeeperClient.ConnectAsync(Surroundings.Home, cancellationToken: cancellationToken);
            if (!connected.Ok) return Output.Fail(connected.Failure.Message);
            await using var keeper = connected.Value;
            var reply = await keeper.StartTerminalAsync(start, cancellationToken);
            if (!reply.Ok) return Output.Fail(reply.Failure.Message);
            Console.WriteLine(reply.Value.Name);
            return 0;
        });
        return verb;
    }
}
