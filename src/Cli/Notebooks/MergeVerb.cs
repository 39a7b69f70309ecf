using System.CommandLine;
using Holdfast.Notebooks.ThreeWay;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb merge</c>: merges two edits of a notebook cell by cell, for people and as git's merge driver.</summary>
internal static class MergeVerb
{
    public static Command Create()
    {
        var start = new Argument<string>("BASE") { Description = "The notebook both come from; an empty file (/dev/null) when there is none." };
        var ours = new Argument<string>("OURS") { Description = "Our edit of it. The result has its style." };
        var theirs = new Argument<string>("THEIRS") { Description = "Their edit of it." };
        var output = new Option<string>("--output", "-o") { Description = "The file to write. Default standard output.", HelpName = "OUT" };
        var driver = new Option<string>("--driver") { Description = "For git: write to OURS, which is of this path in the repository, and let git merge lines where a side is no notebook.", HelpName = "PATH" };
        var command = new Command("merge", "Merge two edits of a notebook: cells by id, sources line by line, metadata key by key; outputs that both changed are ours. Where both changed the same lines, both cells stay, between cells that say so. Exits with 1 when there are such conflicts.") { start, ours, theirs, output, driver };
        command.SetAction(parse =>
        {
            var (a, b, c) = (parse.GetValue(start)!, parse.GetValue(ours)!, parse.GetValue(theirs)!);
            var path = parse.GetValue(driver);
            if (!NotebookFile.TryParseOrEmpty(a, out var from, out var error) || !NotebookFile.TryParseOrEmpty(b, out var mine, out error) || !NotebookFile.TryParseOrEmpty(c, out var other, out error))
                return path is null ? Output.Fail(error) : MergeLines(path, a, b, c, error);
            var merge = NotebookMerge.Of(from.Cells.Count == 0 ? null : from, mine, other);
            Write(path is null ? parse.GetValue(output) : b, merge.Document.Bytes.Span);
            if (merge.Conflicts == 0) return 0;
            Output.Fail($"{path ?? b}: {Output.Count(merge.Conflicts, "conflict")}. The notebook opens; look for the cells <<<<<<< and >>>>>>>, keep what is right between them, and delete them.");
            return 1;
        });
        return command;
    }

    private static void Write(string? path, ReadOnlySpan<byte> bytes)
    {
        if (path is not null)
        {
            FileReplacement.Write(path, bytes);
            return;
        }

        using var stdout = new StandardOutput();
        stdout.Write(bytes);
    }

    private static int MergeLines(string path, string start, string ours, string theirs, string error)
    {
        Console.Error.WriteLine($"holdfast: warning: {path} is merged line by line, not by cells: {error}");
        return GitCommand.Run(["merge-file", "-q", "-L", "ours", "-L", "base", "-L", "theirs", ours, start, theirs]).ExitCode == 0 ? 0 : 1;
    }
}
