using System.CommandLine;
using System.Diagnostics;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Cleaning;
using Holdfast.Notebooks.ThreeWay;
using Holdfast.Notebooks.Trust;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb hook</c>: what git's hooks run.</summary>
internal static class HooksRunVerb
{
    public static Command Create()
    {
        var hook = new Argument<string>("HOOK") { Description = "pre-commit: check that the notebooks about to be committed are whole and clean. post-merge: trust those that came in." };
        hook.AcceptOnlyFromAmong("pre-commit", "post-merge");
        var rules = new CleanOptions();
        var command = new Command("hook", "Do what a hook of git is for. The hooks that 'holdfast nb install-hooks' sets up start it.") { hook };
        rules.AddTo(command);
        command.SetAction(parse => parse.GetValue(hook) == "pre-commit" ? CheckStaged(rules.Rules(parse)) : TrustMerged());
        return command;
    }

    private static int CheckStaged(Func<string, CleanRules> rulesFor)
    {
        var root = GitCommand.Run(["rev-parse", "--show-toplevel"]).Line ?? Environment.CurrentDirectory;
        string[] staged = [.. GitCommand.Run(["diff", "--cached", "--name-only", "-z", "--diff-filter=ACMRT", "--", "*.ipynb"]).Names];
        using var blobs = staged.Length == 0 ? null : new GitBlobs();
        var faults = staged.Select(path => Fault(path, blobs!.Staged(path) ?? [], rulesFor(Path.GetDirectoryName(Path.Join(root, path))!))).OfType<string>().ToList();
        foreach (var fault in faults) Output.Fail(fault);
        if (faults.Count > 0) Console.Error.WriteLine("Nothing was committed. 'git commit --no-verify' commits all the same.");
        return faults.Count > 0 || !AreExportsCurrent(root, staged) ? 1 : 0;
    }

    /// <summary>What is wrong with a notebook as it is about to be committed; null when nothing is.</summary>
    private static string? Fault(string path, byte[] content, CleanRules rules)
    {
        if (!NotebookDocument.Parse(content).TryGet(out var notebook, out var fault)) return NotebookFile.Text(path, fault);
        if (ConflictCells.Count(notebook) is > 0 and var conflicts) return $"{path} has {Output.Count(conflicts, "conflict")} of a merge left, between cells <<<<<<< and >>>>>>>.";
        return ReferenceEquals(NotebookCleaner.Clean(notebook, rules), notebook) ? null : $"{path} is not clean as it was added: git add --renormalize '{path}'";
    }

    /// <summary>Whether the scripts made from notebooks are those of the notebooks, where the project's settings ask for it.</summary>
    private static bool AreExportsCurrent(string root, string[] staged)
    {
        string Asked(string path) => ProjectSettings.For(Path.GetDirectoryName(Path.Join(root, path))!).Text("check_exports") ?? "";
        string[] scripts = [.. staged.Where(path => Asked(path) is "script")];
        return (scripts.Length == 0 || Export(root, scripts)) && (!staged.Any(path => Asked(path) is "module") || Export(root, ["--module"]));
    }

    private static bool Export(string root, string[] arguments)
    {
        using var export = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["nb", "export", "--check", .. arguments]) { WorkingDirectory = root })!;
        export.WaitForExit();
        return export.ExitCode == 0;
    }

    private static int TrustMerged()
    {
        var root = GitCommand.Run(["rev-parse", "--show-toplevel"]).Line ?? Environment.CurrentDirectory;
        var notary = new Notary(Notary.DataFolder(Surroundings.Variables), TimeProvider.System);
        foreach (var path in GitCommand.Run(["diff", "--name-only", "-z", "--diff-filter=ACMRT", "ORIG_HEAD", "HEAD", "--", "*.ipynb"], isQuiet: true).Names)
        {
            if (NotebookFile.TryParse(Path.Join(root, path), out var notebook, out _) && notary.Sign(notebook).Problem is { } problem) Console.Error.WriteLine($"holdfast: {problem}");
        }

        return 0;
    }
}
