using System.Text.Json;

namespace Holdfast.Hub.Loss.Packages;

/// <summary>
/// What pip and its like have installed: the folders <c>*.dist-info</c> of a site (packaging.python.org/en/latest/specifications/recording-installed-packages), the older
/// <c>*.egg-info</c>, and links to checkouts.
/// </summary>
internal static class PipPackages
{
    private const int LargestMetadata = 8 << 20, LargestRecord = 32 << 20;

    public static IEnumerable<Package> Read(ForeignTree tree, string prefix) => Sites(tree, prefix).SelectMany(site => ReadSite(tree, site));

    /// <summary>Adds the files of packages, scripts outside of the site too.</summary>
    public static void AddFiles(ForeignTree tree, IEnumerable<Package> packages, HashSet<string> files)
    {
        foreach (var inSite in packages.GroupBy(package => package.Place))
        {
            var names = inSite.Select(package => Normal(package.Name)).ToHashSet();
            foreach (var entry in tree.List(inSite.Key))
            {
                if (!names.Contains(Normal(entry.Name.Split('-')[0]))) continue;
                var at = $"{inSite.Key}/{entry.Name}";
                if (entry.Name.EndsWith(".dist-info", StringComparison.Ordinal))
                {
                    // What pip writes last is in no record of older versions.
                    files.UnionWith(tree.List(at).Select(file => $"{at}/{file.Name}"));
                    foreach (var line in tree.ReadText($"{at}/RECORD", LargestRecord)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
                        files.Add(Path.GetFullPath(FirstField(line), inSite.Key));
                }
                else if (entry.Name.EndsWith(".egg-info", StringComparison.Ordinal))
                {
                    files.Add(at);
                    foreach (var line in tree.ReadText($"{at}/installed-files.txt", LargestRecord)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
                        files.Add(Path.GetFullPath(line.Trim(), at));
                }
                else if (entry.Name.EndsWith(".egg-link", StringComparison.Ordinal)) files.UnionWith([at, $"{inSite.Key}/easy-install.pth"]);
            }
        }
    }

    /// <summary>The file or folder that tells of a package; null when it is gone.</summary>
    public static string? RecordOf(ForeignTree tree, Package package) => tree.List(package.Place)
        .Where(entry => (entry.Name.EndsWith(".dist-info", StringComparison.Ordinal) || entry.Name.EndsWith(".egg-info", StringComparison.Ordinal)) && Normal(entry.Name.Split('-')[0]) == Normal(package.Name))
        .Select(entry => $"{package.Place}/{entry.Name}").FirstOrDefault();

    /// <summary>A name as pip compares it (PEP 503).</summary>
    public static string Normal(string name)
    {
        var text = name.EndsWith(".egg-link", StringComparison.Ordinal) ? name[..^9] : name;
        return string.Join('-', text.ToLowerInvariant().Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<string> Sites(ForeignTree tree, string prefix)
    {
        foreach (var name in Prefixes.Folders(tree, $"{prefix}/lib", name => name.StartsWith("python", StringComparison.Ordinal)))
        {
            // Debian's own folder has what dpkg installs, and nothing that pip does.
            if (prefix != "/usr" || name != "python3") yield return $"{prefix}/lib/{name}/dist-packages";
            yield return $"{prefix}/lib/{name}/site-packages";
        }
    }

    private static IEnumerable<Package> ReadSite(ForeignTree tree, string site)
    {
        foreach (var entry in tree.List(site).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var at = $"{site}/{entry.Name}";
            var package = entry.Name switch
            {
                _ when entry.Name.EndsWith(".dist-info", StringComparison.Ordinal) => FromDistInfo(tree, site, at),
                _ when entry.Name.EndsWith(".egg-info", StringComparison.Ordinal) => FromMetadata(tree, site, entry.Kind == EntryKind.Folder ? $"{at}/PKG-INFO" : at),
                _ when entry.Name.EndsWith(".egg-link", StringComparison.Ordinal) => FromLink(tree, site, at),
                _ => null,
            };
            if (package is not null) yield return package;
        }
    }

    private static Package? FromDistInfo(ForeignTree tree, string site, string folder)
    {
        // What conda or Debian has installed is theirs to list.
        if (tree.ReadText($"{folder}/INSTALLER", 256)?.Trim() is "conda" or "debian") return null;
        if (FromMetadata(tree, site, $"{folder}/METADATA") is not { } package) return null;
        return package with { IsAsked = tree.Status($"{folder}/REQUESTED") is not null, Origin = tree.Read($"{folder}/direct_url.json", LargestMetadata) is { } direct ? Origin(direct) : null };
    }

    private static Package? FromLink(ForeignTree tree, string site, string file)
    {
        if (tree.ReadText(file, 4096)?.Split('\n')[0].Trim() is not { Length: > 1 } checkout || checkout[0] != '/') return null;
        var info = tree.List(checkout).FirstOrDefault(entry => entry.Name.EndsWith(".egg-info", StringComparison.Ordinal)).Name;
        var package = info is null ? null : FromMetadata(tree, site, $"{checkout}/{info}/PKG-INFO");
        return (package ?? new Package("pip", site, Path.GetFileNameWithoutExtension(file), "0", true)) with { IsAsked = true, Origin = $"-e {new Uri(checkout)}" };
    }

    /// <summary>The head of a core metadata file; one of egg-info without a mark was asked for as far as anybody knows.</summary>
    private static Package? FromMetadata(ForeignTree tree, string site, string file)
    {
        string? name = null, version = null;
        foreach (var line in (tree.ReadText(file, LargestMetadata) ?? "").AsSpan().EnumerateLines())
        {
            if (line.IsEmpty || (name is not null && version is not null)) break;
            if (line.StartsWith("Name:", StringComparison.OrdinalIgnoreCase)) name = line[5..].Trim().ToString();
            else if (line.StartsWith("Version:", StringComparison.OrdinalIgnoreCase)) version = line[8..].Trim().ToString();
        }
        return name is { Length: > 0 } && version is not null ? new Package("pip", site, name, version, IsAsked: true) : null;
    }

    /// <summary>Of <c>direct_url.json</c>: packaging.python.org/en/latest/specifications/direct-url-data-structure.</summary>
    private static string? Origin(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (!root.TryGetProperty("url", out var address) || address.GetString() is not { } url) return null;
            var folder = root.TryGetProperty("subdirectory", out var part) ? $"#subdirectory={part.GetString()}" : "";
            if (root.TryGetProperty("vcs_info", out var vcs)) return $"{vcs.GetProperty("vcs").GetString()}+{url}@{vcs.GetProperty("commit_id").GetString()}{folder}";
            var isEditable = root.TryGetProperty("dir_info", out var info) && info.TryGetProperty("editable", out var editable) && editable.ValueKind == JsonValueKind.True;
            return (isEditable ? "-e " : "") + url + folder;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string FirstField(string line)
    {
        if (line[0] != '"') return line.Split(',')[0];
        var end = line.IndexOf("\",", 1, StringComparison.Ordinal);
        return (end < 0 ? line[1..] : line[1..end]).Replace("\"\"", "\"", StringComparison.Ordinal);
    }
}
