using System.CommandLine;

namespace Holdfast.Cli.History;

/// <summary>What the verbs of the history take.</summary>
internal static class HistoryArguments
{
    public static Argument<string> Notebook() => new("NOTEBOOK") { Description = "The notebook, whether its file is still there or not." };

    public static Argument<string?> Version(string name = "VERSION", string otherwise = "Default the newest that differs from the file.") => new(name)
    {
        Description = $"Its number; -1 for the one before the newest; a time (14:00, '2026-11-20 14:00'), or how long ago (30m, 2h, 3d). {otherwise}",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
