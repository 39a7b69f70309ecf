using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Holdfast.Notebooks;
using Holdfast.Notebooks.ThreeWay;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb fix</c>: makes a notebook into which git wrote conflict marks one that opens.</summary>
internal static class FixVerb
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "The notebooks.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("fix", "Mend notebooks with git's conflict marks between their lines. What can be merged by cells is; elsewhere both cells stay, between cells that say so.") { files };
        command.SetAction(parse => parse.GetValue(files)!.Select(Fix).DefaultIfEmpty().Max());
        return command;
    }

    private static int Fix(string path)
    {
        if (!NotebookFile.TryRead(path, out var bytes, out var error)) return Output.Fail(error);
        if (ConflictMarks.Of(bytes) is not { } marks)
        {
            if (!NotebookFile.TryParse(path, out var notebook, out error)) return Output.Fail(error);
            Console.WriteLine($"Nothing to mend: {path}{Left(ConflictCells.Count(notebook))}");
            return 0;
        }

        if (!TrySides(path, marks, out var start, out var ours, out var theirs, out error)) return Output.Fail($"{error} {path} is as it was.");
        var merge = NotebookMerge.Of(start, ours, theirs);
        FileReplacement.Write(path, merge.Document.Bytes.Span);
        Console.WriteLine($"Mended: {path}{Left(merge.Conflicts)}");
        return 0;
    }

    private static string Left(int conflicts) => conflicts == 0 ? "" : $" ({Output.Count(conflicts, "conflict")} left, between cells <<<<<<< and >>>>>>>)";

    /// <summary>
    /// The three notebooks: the sides of the marks, or those that git keeps while the merge is not committed: what git merged without a mark need not
    /// give a notebook on either side.
    /// </summary>
    private static bool TrySides(string path, ConflictMarks marks, out NotebookDocument? start, [NotNullWhen(true)] out NotebookDocument? ours, [NotNullWhen(true)] out NotebookDocument? theirs, [NotNullWhen(false)] out string? error)
    {
        (start, error, theirs) = (null, null, null);
        if (NotebookDocument.Parse(marks.Ours).TryGet(out ours, out var fault) && NotebookDocument.Parse(marks.Theirs).TryGet(out theirs, out fault))
        {
            start = (marks.Start is { } from ? NotebookDocument.Parse(from).Document : null) ?? Stage(path, 1);
            return true;
        }

        if (Stage(path, 2) is { } mine && Stage(path, 3) is { } other)
        {
            (start, ours, theirs) = (Stage(path, 1), mine, other);
            return true;
        }

        error = $"{path} has conflict marks, but one of its sides is no notebook even without them: {fault.Message}";
        return false;
    }

    private static NotebookDocument? Stage(string path, int number)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            var blob = GitCommand.Run(["-C", folder, "show", $":{number}:./{Path.GetFileName(path)}"], isQuiet: true);
            return blob.ExitCode == 0 ? NotebookDocument.Parse(blob.Out).Document : null;
        }
        catch (IOException)
        {
            // Without git there are the marks.
            return null;
        }
    }
}
