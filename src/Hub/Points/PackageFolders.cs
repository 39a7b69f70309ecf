using Holdfast.Hub.Loss;
using Holdfast.Hub.Loss.Packages;

namespace Holdfast.Hub.Points;

/// <summary>Where in a home packages are installed: what a point holds of it, and nothing else.</summary>
internal static class PackageFolders
{
    /// <summary>What of an environment of conda's is not its packages: caches, and environments that are looked at for themselves.</summary>
    private static readonly HashSet<string> NotPackages = ["pkgs", "envs", ".cache"];

    /// <summary>
    /// Paths from the home on: pip's sites with the programs beside them, Jupyter's folders in <c>.local</c>, npm's global folders, all of environments of conda's. They are in
    /// an order that is always the same, and none lies in another.
    /// </summary>
    public static IReadOnlyList<string> Of(ForeignTree home)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var prefix in PrefixesOf(home))
        {
            if (home.Status($"{prefix}/conda-meta") is { IsFolder: true })
            {
                found.UnionWith(home.List(prefix).Where(entry => !NotPackages.Contains(entry.Name)).Select(entry => $"{prefix}/{entry.Name}"));
                continue;
            }
            var own = Sites(home, prefix).Append($"{prefix}/lib/node_modules").Where(path => home.Status(path) is { IsFolder: true } or { IsLink: true }).ToList();
            if (prefix == "/.local") own.AddRange(((string[])["/.local/share/jupyter", "/.local/etc/jupyter"]).Where(path => home.Status(path) is { IsFolder: true }));
            if (own.Count > 0 && home.Status($"{prefix}/bin") is { IsFolder: true }) own.Add($"{prefix}/bin");
            found.UnionWith(own);
        }
        return [.. found.Where(path => !found.Any(other => other != path && ForeignTree.IsIn(path, other))).Select(path => path[1..])];
    }

    /// <summary>The packages in them, in places as the machine sees them.</summary>
    /// <param name="home">The home.</param>
    /// <param name="inside">Where it is inside.</param>
    public static IReadOnlyList<Package> Read(ForeignTree home, string inside)
    {
        var prefixes = PrefixesOf(home);
        return [.. prefixes.SelectMany(prefix => PipPackages.Read(home, prefix)).Concat(prefixes.SelectMany(prefix => CondaPackages.Read(home, prefix)))
            .Concat(prefixes.SelectMany(prefix => NpmPackages.Read(home, prefix))).Select(package => package with { Place = inside + package.Place })];
    }

    /// <summary>What changes with each install below prefixes: the folders in which each package has an entry. Some of them may not be there.</summary>
    public static IEnumerable<string> Watched(ForeignTree tree, IEnumerable<string> prefixes) =>
        prefixes.SelectMany(prefix => Sites(tree, prefix).Append($"{prefix}/conda-meta").Append($"{prefix}/lib/node_modules"));

    /// <summary>Folders of a home in which something may be installed.</summary>
    public static IReadOnlyList<string> PrefixesOf(ForeignTree home)
    {
        var own = Prefixes.Below(home, "").ToList();
        return [.. own, .. own.SelectMany(prefix => Prefixes.Folders(home, $"{prefix}/envs").Select(name => $"{prefix}/envs/{name}"))];
    }

    /// <summary>The sites of Pythons below a prefix.</summary>
    public static IEnumerable<string> Sites(ForeignTree tree, string prefix) =>
        Prefixes.Folders(tree, $"{prefix}/lib", name => name.StartsWith("python", StringComparison.Ordinal))
            .SelectMany(name => (string[])[$"{prefix}/lib/{name}/dist-packages", $"{prefix}/lib/{name}/site-packages"]);

    /// <summary>Whether an install seems to be under way in a site: pip writes RECORD last, and puts what it replaces aside under a name with <c>~</c>.</summary>
    public static bool IsBusy(ForeignTree tree, string site) => tree.List(site).Any(entry => entry.Name[0] == '~'
        || (entry.Name.EndsWith(".dist-info", StringComparison.Ordinal) && tree.Status($"{site}/{entry.Name}/RECORD") is null && tree.Status($"{site}/{entry.Name}/METADATA") is not null));
}
