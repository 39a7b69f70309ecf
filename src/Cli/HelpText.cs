using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Holdfast.Cli;

/// <summary>The help of every verb, in lines of at most 100 characters. In a list a verb is described by its first sentence.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Widest = 100;

    /// <summary>Takes the place of the library's help.</summary>
    public static void Use(RootCommand root)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption) (option.Description, option.Action) = ("Show this help.", new HelpText());
            else
            {
                option.Description = "Show the version.";
                option.Aliases.Add("-V");
            }
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        Write(Console.Out, parseResult.CommandResult.Command);
        return 0;
    }

    /// <summary>Writes the help of one verb.</summary>
    public static void Write(TextWriter output, Command command)
    {
        var width = Console.IsOutputRedirected ? Widest : Math.Clamp(Console.WindowWidth, 40, Widest);
        foreach (var line in Wrap(command.Description!, width)) output.WriteLine(line);
        output.WriteLine();
        output.WriteLine($"Usage: {PathOf(command)}{Arguments(command)}{(command.Action is null ? " VERB" : " [OPTIONS]")}");
        if (command is { Action: not null, Subcommands.Count: > 0 }) output.WriteLine($"       {PathOf(command)} VERB");

        Section(output, width, "Arguments", command.Arguments.Select(argument => (argument.Name, argument.Description!)));
        Section(output, width, "Verbs", command.Subcommands.Select(verb => (verb.Name + Arguments(verb), FirstSentence(verb.Description!))));
        Section(output, width, "Options", Options(command).Select(option => (NamesOf(option), option.Description!)));
        if (command is not RootCommand) return;
        output.WriteLine();
        output.WriteLine("Exit codes: 0 done, 1 it failed, 2 the command line was not understood.");
    }

    /// <summary>The verb as it is typed, <c>holdfast keeper stop</c>.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "holdfast";

    private static IEnumerable<Option> Options(Command command)
    {
        var root = command;
        while (root.Parents.OfType<Command>().FirstOrDefault() is { } parent) root = parent;
        return command.Options.Concat(root.Options.Where(option => command != root && option.Recursive)).OrderBy(option => option is HelpOption or VersionOption);
    }

    private static void Section(TextWriter output, int width, string title, IEnumerable<(string Name, string Text)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        output.WriteLine();
        output.WriteLine($"{title}:");
        var column = all.Max(row => row.Name.Length) + 4;
        foreach (var (name, text) in all)
        {
            var start = $"  {name}".PadRight(column);
            foreach (var line in Wrap(text, Math.Max(20, width - column)))
            {
                output.WriteLine(start + line);
                start = new string(' ', column);
            }
        }
    }

    private static string Arguments(Command command) =>
        string.Concat(command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" {argument.Name}"));

    private static string NamesOf(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).Where(name => name[0] == '-' && name != "-?").Distinct().OrderBy(name => name.Length));
        return option.HelpName is { } value ? $"{names} {value}" : names;
    }

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..(end + 1)] : text;

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line += line.Length > 0 ? $" {word}" : word;
        }

        yield return line;
    }
}
