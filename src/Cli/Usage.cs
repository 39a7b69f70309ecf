using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Holdfast.Hub.Settings;

namespace Holdfast.Cli;

/// <summary>What is said to a command line that is not understood.</summary>
internal static class Usage
{
    /// <summary>The exit code of a command line that was not understood; 1 says that what was asked for failed.</summary>
    public const int ExitCode = 2;

    /// <summary>Answers a command line that no verb can be run for, and gives the exit code; null when one can. A verb that only groups others shows its help.</summary>
    public static int? Answer(ParseResult parse)
    {
        if (parse.Errors.Count == 0 || parse.Action is not ParseErrorAction) return null;
        var command = Faulty(parse);
        if (command.Action is null && parse.UnmatchedTokens.Count == 0)
        {
            HelpText.Write(Console.Out, command);
            return 0;
        }

        Output.Fail($"{Fault(parse, command)}\n'{HelpText.PathOf(command)} --help' says more.");
        return ExitCode;
    }

    /// <summary>The command that the first word which is not understood was said to: behind that word others may have been taken for verbs, as in <c>macine ls</c>.</summary>
    private static Command Faulty(ParseResult parse)
    {
        if (parse.UnmatchedTokens is not [var word, ..]) return parse.CommandResult.Command;
        var verbs = new List<Command>();
        for (var result = parse.CommandResult; result is not null; result = result.Parent as CommandResult) verbs.Insert(0, result.Command);
        return verbs[Math.Min(parse.Tokens.TakeWhile(token => token.Value != word).Count(token => token.Type == TokenType.Command), verbs.Count - 1)];
    }

    private static string Fault(ParseResult parse, Command command)
    {
        if (parse.UnmatchedTokens is [var word, ..]) return Unknown(command, word);
        var error = parse.Errors[0];
        return error.SymbolResult switch
        {
            ArgumentResult { Tokens.Count: 0, Parent: OptionResult option } => $"{option.Option.Name} needs a value.",
            OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} needs a value.",
            ArgumentResult { Tokens.Count: 0 } argument => $"'{HelpText.PathOf(command)}' needs {argument.Argument.Name}.",
            CommandResult when command.Arguments.FirstOrDefault() is { Arity.MinimumNumberOfValues: > 0 } first => $"'{HelpText.PathOf(command)}' needs {first.Name}.",
            _ => error.Message,
        };
    }

    private static string Unknown(Command command, string word)
    {
        var path = HelpText.PathOf(command);
        if (word.StartsWith('-')) return $"'{path}' has no option '{word}'.{Meant(word, command.Options.Select(option => option.Name))}";
        return command.Action is null
            ? $"'{path}' has no verb '{word}'.{Meant(word, command.Subcommands.Select(verb => verb.Name))}"
            : $"'{path}' takes no further word '{word}'.";
    }

    private static string Meant(string word, IEnumerable<string> names) =>
        names.Select(name => (Name: name, Far: NearestName.Distance(word, name))).Where(near => near.Far <= 2).OrderBy(near => near.Far).Select(near => $" Did you mean '{near.Name}'?").FirstOrDefault() ?? "";
}
