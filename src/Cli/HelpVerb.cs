using System.CommandLine;

namespace Holdfast.Cli;

/// <summary><c>holdfast help VERB</c>: what <c>VERB --help</c> shows.</summary>
internal static class HelpVerb
{
    public static Command Create(RootCommand root)
    {
        var verb = new Argument<string[]>("VERB") { Description = "The verb, as in 'help keeper ls'. Default: all verbs.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("help", "Show the help of a verb.") { verb };
        command.SetAction(parse =>
        {
            var asked = root.Parse(parse.GetValue(verb)!);
            if (asked.UnmatchedTokens.Count > 0) return Usage.Answer(asked)!.Value;
            HelpText.Write(Console.Out, asked.CommandResult.Command);
            return 0;
        });
        return command;
    }
}
