using Holdfast.Hub.Loss.Packages;

namespace Holdfast.Hub.Loss;

/// <summary>Two lists of packages compared.</summary>
internal static class PackageDifferences
{
    /// <summary>What is in one list and not, or with another version or from elsewhere, in the other one.</summary>
    public static IEnumerable<PackageDifference> Of(IReadOnlyList<Package> before, IReadOnlyList<Package> now)
    {
        var old = new Dictionary<(string, string, string), Package>();
        foreach (var package in before) old[Key(package)] = package;
        foreach (var package in now)
        {
            if (!old.Remove(Key(package), out var was)) yield return new(package, null, package.Version);
            else if ((was.Version, was.Origin) != (package.Version, package.Origin)) yield return new(package, was.Version, package.Version);
        }
        foreach (var package in old.Values) yield return new(package, package.Version, null);
    }

    /// <summary>Adds the files of all packages that are there to what belongs to packages; leaves out those of pip and npm that another package has brought.</summary>
    public static List<PackageChange> WithFiles(ForeignTree tree, IReadOnlyList<PackageDifference> differences, HashSet<string> files, HashSet<string> wholes)
    {
        var there = differences.Where(difference => difference.Now is not null).Select(difference => difference.Package).ToList();
        AptPackages.AddFiles(tree, [.. there.Where(package => package.Source == "apt")], files);
        CondaPackages.AddFiles(tree, there.Where(package => package.Source == "conda"), files);
        var brought = there.Where(package => files.Count > 0 && package.Source switch
        {
            "pip" => PipPackages.RecordOf(tree, package) is { } record && (files.Contains(record) || files.Contains($"{record}/METADATA") || files.Contains($"{record}/PKG-INFO")),
            "npm" => files.Contains($"{package.Place}/{package.Name}/package.json"),
            _ => false,
        }).ToHashSet();
        PipPackages.AddFiles(tree, there.Where(package => package.Source == "pip" && !brought.Contains(package)), files);
        NpmPackages.AddFiles(tree, there.Where(package => package.Source == "npm" && !brought.Contains(package)), files, wholes);
        return [.. from difference in differences
            let package = difference.Package
            where !brought.Contains(package)
            orderby package.IsAsked descending, package.Source, package.Name
            select new PackageChange(package.Source, package.Name, difference.Before, difference.Now, package.IsAsked)];
    }

    private static (string, string, string) Key(Package package) => (package.Source, package.Place, package.Source == "pip" ? PipPackages.Normal(package.Name) : package.Name);
}

/// <summary>A package that is not the same in two lists.</summary>
/// <param name="Package">As it is now; as it was when it is gone.</param>
/// <param name="Before">Its version before; null when it was not there.</param>
/// <param name="Now">Its version now; null when it is not there.</param>
internal sealed record PackageDifference(Package Package, string? Before, string? Now);
