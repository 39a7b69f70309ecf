using System.CommandLine;

namespace Holdfast.Cli.History;

/// <summary><c>holdfast history show</c>: the file of a version.</summary>
internal static class ShowVerb
{
    public static Command Create()
    {
        var notebook = HistoryArguments.Notebook();
        var version = HistoryArguments.Version(otherwise: "Default the newest.");
        var command = new Command("show", "Write a version of a notebook to stdout, byte for byte as its file was.") { notebook, version };
        command.SetAction(parse =>
        {
            var (history, problem) = NotebookVersions.Open(parse.GetValue(notebook)!);
            using var opened = history;
            if (history is null) return Output.Fail(problem!);
            var (number, unknown) = history.Find(parse.GetValue(version) ?? "-0");
            if (unknown is not null) return Output.Fail(unknown);
            using var stdout = new StandardOutput();
            stdout.Write(history.Read(number));
            return 0;
        });
        return command;
    }
}
