using System.CommandLine;
using Holdfast.Lab.History;

namespace Holdfast.Cli.History;

/// <summary><c>holdfast history restore</c>: puts a version, or cells of it, into the file.</summary>
internal static class RestoreVerb
{
    public static Command Create()
    {
        var notebook = HistoryArguments.Notebook();
        var version = HistoryArguments.Version();
        var cells = new Option<string[]>("--cell") { Description = "Only the cell with this id, or the cell at this place (#3). May be given several times. Everything else stays.", HelpName = "ID" };
        var command = new Command("restore", "Put a version of a notebook, or single cells of it, into its file. What the file holds now is kept as a version first.") { notebook, version, cells };
        command.SetAction(parse =>
        {
            var (history, problem) = NotebookVersions.Open(parse.GetValue(notebook)!);
            using var opened = history;
            if (history is null) return Output.Fail(problem!);
            var (number, unknown) = history.Find(parse.GetValue(version));
            if (unknown is not null) return Output.Fail(unknown);
            var names = parse.GetValue(cells) is { Length: > 0 } given ? given : null;
            var done = NotebookRestore.Restore(history.Store, history.Path, number, names, Surroundings.Home.StateFolder, TimeProvider.System);
            if (done.Problem is not null) return Output.Fail(done.Problem);
            var what = names is null ? $"version {number}" : $"{Output.Count(names.Length, "cell")} of version {number}";
            Console.WriteLine(!done.Changed ? $"{history.Path} holds {what} already; nothing was changed."
                : done.Kept is { } kept ? $"{history.Path} holds {what} again. What it held before is version {kept}."
                : $"{history.Path} holds {what} again.");
            return 0;
        });
        return command;
    }
}
