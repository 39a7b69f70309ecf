using System.Text.Json;

namespace Holdfast.Hub.Loss.Packages;

/// <summary>What conda, mamba and micromamba have installed: <c>conda-meta</c> of an environment has a file for each package, and a history of what was asked for.</summary>
internal static class CondaPackages
{
    private const int LargestRecord = 32 << 20;

    public static IEnumerable<Package> Read(ForeignTree tree, string prefix)
    {
        var records = tree.List($"{prefix}/conda-meta").Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)).Select(entry => entry.Name[..^5].Split('-')).Where(parts => parts.Length >= 3).ToList();
        if (records.Count == 0) yield break;
        var asked = Asked(tree.ReadText($"{prefix}/conda-meta/history", LargestRecord) ?? "");
        foreach (var parts in records.OrderBy(parts => parts[0], StringComparer.Ordinal))
        {
            // NAME-VERSION-BUILD: a name may have a '-', the others have none. The build is part of what makes it this very package.
            var name = string.Join('-', parts[..^2]);
            yield return new Package("conda", prefix, name, $"{parts[^2]}={parts[^1]}", asked.Contains(name));
        }
    }

    /// <summary>Folders of conda's own, caches of what it has fetched and unpacked.</summary>
    public static IEnumerable<string> Caches(IEnumerable<Package> packages) => packages.Where(package => package.Source == "conda").Select(package => $"{package.Place}/pkgs").Distinct();

    /// <summary>Adds the files of packages, and what conda writes of itself.</summary>
    public static void AddFiles(ForeignTree tree, IEnumerable<Package> packages, HashSet<string> files)
    {
        foreach (var package in packages)
        {
            var record = RecordOf(package);
            files.UnionWith([record, $"{package.Place}/conda-meta/history", $"{package.Place}/.condatmp"]);
            if (tree.Read(record, LargestRecord) is not { } bytes) continue;
            try
            {
                using var document = JsonDocument.Parse(bytes);
                if (!document.RootElement.TryGetProperty("files", out var list) || list.ValueKind != JsonValueKind.Array) continue;
                foreach (var file in list.EnumerateArray())
                    if (file.ValueKind == JsonValueKind.String) files.Add(Path.GetFullPath(file.GetString()!, package.Place));
            }
            catch (JsonException)
            {
                // Its files are then files of nobody.
            }
        }
    }

    /// <summary>The file that tells of a package.</summary>
    public static string RecordOf(Package package) => $"{package.Place}/conda-meta/{package.Name}-{package.Version.Replace('=', '-')}.json";

    /// <summary>Lines such as <c># update specs: ['numpy&gt;=1.2', "python=3.11"]</c>, the last word on each name counting.</summary>
    private static HashSet<string> Asked(string history)
    {
        var asked = new HashSet<string>();
        foreach (var line in history.AsSpan().EnumerateLines())
        {
            var isUpdate = line.StartsWith("# update specs:") || line.StartsWith("# install specs:");
            if (!isUpdate && !line.StartsWith("# remove specs:")) continue;
            foreach (var spec in line[(line.IndexOf(':') + 1)..].ToString().Split(['\'', '"'], StringSplitOptions.None).Where((_, at) => at % 2 == 1))
            {
                var name = spec[(spec.LastIndexOf(':') + 1)..].Split(['=', '<', '>', '!', '~', ' ', '['])[0];
                if (isUpdate) asked.Add(name);
                else asked.Remove(name);
            }
        }
        return asked;
    }
}
