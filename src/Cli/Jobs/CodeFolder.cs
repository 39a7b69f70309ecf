using Holdfast.Cli.Notebooks;

namespace Holdfast.Cli.Jobs;

/// <summary>The folder whose files are a job's code.</summary>
/// <param name="Root">Absolute, links resolved.</param>
/// <param name="Commit">Of the git work tree; null when there is none, or nothing is committed.</param>
/// <param name="IsChanged">Whether something differs from the commit; null without one.</param>
internal sealed record CodeFolder(string Root, string? Commit = null, bool? IsChanged = null)
{
    private const string Ignore = ".holdfastignore";

    private bool IsGit { get; init; }

    /// <summary>The folder that is named; else the git work tree that a folder is in; else that folder itself.</summary>
    public static (CodeFolder? Folder, string? Problem) Of(string? named, string folder)
    {
        if (named is not null && !Directory.Exists(named)) return (null, $"there is no folder {named}.");
        var root = Real(named ?? folder);
        var isInTree = false;
        for (var above = root; above is not null && !isInTree; above = Path.GetDirectoryName(above)) isInTree = Path.Exists(Path.Combine(above, ".git"));
        if (!isInTree) return (new CodeFolder(root), null);
        try
        {
            var tree = GitCommand.Run(["-C", root, "rev-parse", "--show-toplevel"], isQuiet: true).Line;
            if (tree is null) return (null, $"git says nothing of {root}, though it is in a work tree. 'git -C {root} status' says why.");
            var commit = GitCommand.Run(["-C", root, "rev-parse", "--verify", "HEAD"], isQuiet: true).Line;
            var isChanged = commit is null ? (bool?)null : GitCommand.Run(["-C", tree, "status", "--porcelain"], isQuiet: true).Out.Length > 0;
            return (new CodeFolder(named is null ? tree : root, commit, isChanged) { IsGit = true }, null);
        }
        catch (IOException)
        {
            // No git program here: the folder is read as one without it.
            return (new CodeFolder(root), null);
        }
    }

    /// <summary>A path with its links resolved, as git says paths.</summary>
    public static string Real(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(path) is not { } above) return path;
        var here = Path.Combine(Real(above), Path.GetFileName(path));
        return Directory.ResolveLinkTarget(here, returnFinalTarget: true) is { Exists: true } target ? Real(target.FullName) : here;
    }

    /// <summary>All files that go with a job, by their paths: what git does not ignore, without git what no .gitignore says, and of both what .holdfastignore does not say.</summary>
    public IReadOnlyList<CodeFile> Files()
    {
        var rules = new IgnoreRules();
        var files = new List<CodeFile>();
        if (!IsGit) Walk("", rules, files);
        else
        {
            Read("", Ignore, rules);
            foreach (var path in Known("").Where(path => !rules.Leaves(path)))
            {
                if (CodeFile.Read(Root, path) is { } file) files.Add(file);
            }
        }
        files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return files;
    }

    /// <summary>What git knows or does not ignore below a folder. A folder in its list is a work tree of its own, which it does not look into.</summary>
    private IEnumerable<string> Known(string folder)
    {
        foreach (var name in GitCommand.Run(["-C", Path.Combine(Root, folder), "ls-files", "-co", "--exclude-standard", "-z"], isQuiet: true).Names.Distinct())
        {
            var path = folder + name.TrimEnd('/');
            var there = new DirectoryInfo(Path.Combine(Root, path));
            if (!there.Exists || there.LinkTarget is not null) yield return path;
            else if (Path.Exists(Path.Combine(there.FullName, ".git"))) foreach (var inner in Known(path + "/")) yield return inner;
        }
    }

    private void Walk(string folder, IgnoreRules rules, List<CodeFile> files)
    {
        Read(folder, ".gitignore", rules);
        Read(folder, Ignore, rules);
        foreach (var entry in new DirectoryInfo(Path.Combine(Root, folder)).EnumerateFileSystemInfos())
        {
            var path = folder + entry.Name;
            var isFolder = entry is DirectoryInfo && entry.LinkTarget is null;
            if (rules.Leaves(path, isFolder)) continue;
            // A virtual environment, whatever it is called.
            if (isFolder && (File.Exists(Path.Combine(entry.FullName, "pyvenv.cfg")) || Directory.Exists(Path.Combine(entry.FullName, "conda-meta")))) continue;
            if (isFolder) Walk(path + "/", rules, files);
            else if (CodeFile.Read(Root, path) is { } file) files.Add(file);
        }
    }

    private void Read(string folder, string name, IgnoreRules rules)
    {
        var file = Path.Combine(Root, folder, name);
        if (File.Exists(file)) rules.Add(folder, File.ReadAllText(file));
    }
}
