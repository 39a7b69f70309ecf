using System.Diagnostics.CodeAnalysis;
using Holdfast.Cli.Notebooks;
using Holdfast.Notebooks.Exporting;

namespace Holdfast.Cli.Running;

/// <summary>Which notebooks a test means.</summary>
internal static class TestSelection
{
    /// <summary>The file whose folder is left out with all below it.</summary>
    private const string NoTest = ".notest";

    public static bool TryFind(IReadOnlyList<string> named, string? revision, out IReadOnlyList<string> paths, [NotNullWhen(false)] out string? error)
    {
        (paths, error) = ([], null);
        if (named.FirstOrDefault(path => !Path.Exists(path)) is { } missing)
        {
            error = $"{missing} does not exist.";
            return false;
        }

        if (named.Count == 0) named = [ModuleSettings.For(".") is { } project && Directory.Exists(project.Notebooks) ? Path.GetRelativePath(".", project.Notebooks) : "."];
        paths = [.. NotebookPaths.Of(named).Where(path => named.Contains(path) || named.Any(folder => IsTested(folder, path)))];
        if (revision is not null)
        {
            if (!TryChanged(revision, out var changed, out error)) return false;
            paths = [.. paths.Where(path => changed.Contains(Path.GetFullPath(path)))];
        }
        else if (paths.Count == 0)
        {
            error = $"There is no notebook to test in {string.Join(", ", named)}.";
        }

        return error is null;
    }

    private static bool IsTested(string folder, string path)
    {
        if (!Directory.Exists(folder) || !Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + "/", StringComparison.Ordinal)) return false;
        var below = Path.GetRelativePath(folder, path).Split('/');
        if (below.Any(name => name[0] == '_')) return false;
        return !Enumerable.Range(0, below.Length).Any(depth => File.Exists(Path.Join([folder, .. below[..depth], NoTest])));
    }

    private static bool TryChanged(string revision, out HashSet<string> changed, [NotNullWhen(false)] out string? error)
    {
        (changed, error) = ([], null);
        var top = GitCommand.Run(["rev-parse", "--show-toplevel"], isQuiet: true).Line;
        if (top is null) error = "--changed compares with a revision of git, and this folder is in no repository.";
        else if (GitCommand.Run(["rev-parse", "--verify", "--quiet", "--end-of-options", $"{revision}^{{commit}}"], isQuiet: true).Line is not { } commit) error = $"git knows no revision '{revision}'.";
        else
        {
            var names = GitCommand.Run(["-C", top, "diff", "--name-only", "-z", "--diff-filter=d", commit, "--", "*.ipynb"]).Names
                .Concat(GitCommand.Run(["-C", top, "ls-files", "--others", "--exclude-standard", "-z", "--", "*.ipynb"]).Names);
            changed = [.. names.Select(name => Path.Join(top, name))];
        }

        return error is null;
    }
}
