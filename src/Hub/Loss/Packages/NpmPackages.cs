using System.Text.Json;

namespace Holdfast.Hub.Loss.Packages;

/// <summary>What <c>npm install -g</c> has installed: a folder for each in <c>lib/node_modules</c>; what each needs lies below it.</summary>
internal static class NpmPackages
{
    private const int LargestMetadata = 4 << 20;

    public static IEnumerable<Package> Read(ForeignTree tree, string prefix)
    {
        var place = $"{prefix}/lib/node_modules";
        foreach (var name in Names(tree, place).Order(StringComparer.Ordinal))
        {
            var at = $"{place}/{name}";
            if (tree.Read($"{at}/package.json", LargestMetadata) is not { } json || VersionOf(json) is not { } version) continue;
            yield return new Package("npm", place, name, version, IsAsked: true, tree.LinkTarget(at) is { } target ? new Uri(Path.GetFullPath(target, Path.GetDirectoryName(at)!)).ToString() : null);
        }
    }

    /// <summary>Adds the folders of packages, with all that is in them, and the links to their programs.</summary>
    public static void AddFiles(ForeignTree tree, IEnumerable<Package> packages, HashSet<string> files, HashSet<string> wholes)
    {
        foreach (var inPlace in packages.GroupBy(package => package.Place))
        {
            var folders = inPlace.Select(package => $"{inPlace.Key}/{package.Name}").ToHashSet();
            wholes.UnionWith(folders);
            files.Add($"{inPlace.Key}/.package-lock.json");
            var programs = Path.GetFullPath("../../bin", inPlace.Key);
            foreach (var entry in tree.List(programs).Where(entry => entry.Kind == EntryKind.Link))
            {
                if (tree.LinkTarget($"{programs}/{entry.Name}") is { } target && folders.Any(folder => ForeignTree.IsIn(Path.GetFullPath(target, programs), folder))) files.Add($"{programs}/{entry.Name}");
            }
        }
    }

    private static IEnumerable<string> Names(ForeignTree tree, string place)
    {
        foreach (var entry in tree.List(place).Where(entry => entry.Kind != EntryKind.Other && entry.Name[0] != '.'))
        {
            if (entry.Name[0] != '@') yield return entry.Name;
            else
                foreach (var scoped in tree.List($"{place}/{entry.Name}").Where(scoped => scoped.Name[0] != '.')) yield return $"{entry.Name}/{scoped.Name}";
        }
    }

    private static string? VersionOf(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("version", out var version) ? version.GetString() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
