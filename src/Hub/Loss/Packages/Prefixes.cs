namespace Holdfast.Hub.Loss.Packages;

/// <summary>Folders in which Python, conda or Node may be installed: <c>/usr</c>, <c>/usr/local</c>, what lies in <c>/</c>, <c>/opt</c>, <c>/srv</c> and homes.</summary>
internal static class Prefixes
{
    private const int MostInAFolder = 200;
    private static readonly HashSet<string> Never = ["proc", "sys", "dev", "run", "tmp", "boot", "etc", "bin", "sbin", "lib", "lib64", "storage", "notebooks", "home", "usr", "var"];

    public static IReadOnlyList<string> Of(ForeignTree tree, string? home)
    {
        List<string> found = ["/usr", "/usr/local"];
        foreach (var name in Folders(tree, "/", entry => !Never.Contains(entry))) found.Add($"/{name}");
        foreach (var folder in (string[])["/opt", "/srv"]) found.AddRange(Folders(tree, folder).Select(name => $"{folder}/{name}"));
        foreach (var own in home is null or "/root" ? ["/root"] : (string[])["/root", home]) found.AddRange(Below(tree, own));
        foreach (var prefix in found.ToList())
            found.AddRange(Folders(tree, $"{prefix}/envs").Select(name => $"{prefix}/envs/{name}"));
        return found;
    }

    /// <summary>Those in one home, without environments in them.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="home">The home in it; empty when that is its root.</param>
    public static IEnumerable<string> Below(ForeignTree tree, string home)
    {
        var own = Folders(tree, $"{home}/", name => name[0] != '.' || name is ".local" or ".venv" or ".npm-global").Select(name => $"{home}/{name}");
        return own.Concat(((string[])[".virtualenvs", ".pyenv/versions", ".conda/envs", ".nvm/versions/node", ".local/pipx/venvs"])
            .SelectMany(folder => Folders(tree, $"{home}/{folder}").Select(name => $"{home}/{folder}/{name}")));
    }

    /// <summary>Names of folders, links left out: what they lead to is found at its own place.</summary>
    public static IEnumerable<string> Folders(ForeignTree tree, string folder, Func<string, bool>? which = null) =>
        tree.List(folder).Where(entry => entry.Kind == EntryKind.Folder && which?.Invoke(entry.Name) != false).Select(entry => entry.Name).Order(StringComparer.Ordinal).Take(MostInAFolder);
}
