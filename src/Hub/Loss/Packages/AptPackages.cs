using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Hub.Loss.Packages;

/// <summary>What dpkg has installed (deb-control(5), dpkg(1)); <c>apt-mark</c> tells what was asked for.</summary>
internal static class AptPackages
{
    private const string Info = "/var/lib/dpkg/info";
    private const int LargestDatabase = 64 << 20, LargestList = 32 << 20, LargestSetting = 16 << 20;

    public static IReadOnlyList<Package> Read(ForeignTree tree)
    {
        if (tree.Read("/var/lib/dpkg/status", LargestDatabase) is not { } status) return [];
        var found = new List<(string Name, string Architecture, string Version)>();
        var native = "";
        foreach (var stanza in Stanzas(status))
        {
            // A removed one whose settings are still there is listed too.
            if (stanza.Status.Split(' ') is not [_, _, "installed" or "triggers-awaited" or "triggers-pending" or "unpacked" or "half-configured"]) continue;
            if (stanza.Name == "dpkg") native = stanza.Architecture;
            found.Add((stanza.Name, stanza.Architecture, stanza.Version));
        }
        var came = new HashSet<(string, string)>();
        foreach (var stanza in Stanzas(tree.Read("/var/lib/apt/extended_states", LargestDatabase) ?? []))
            if (stanza.IsAutomatic) came.Add((stanza.Name, stanza.Architecture));

        // apt-mark knows a package that is for all architectures by the native one.
        return found.ConvertAll(package => new Package("apt", "", package.Architecture is "all" || package.Architecture == native ? package.Name : $"{package.Name}:{package.Architecture}",
            package.Version, !came.Contains((package.Name, package.Architecture is "all" ? native : package.Architecture))));
    }

    /// <summary>Adds the files and folders of packages, where diversions have put them; not settings that somebody has edited since.</summary>
    public static void AddFiles(ForeignTree tree, IReadOnlyCollection<Package> packages, HashSet<string> files)
    {
        if (packages.Count == 0) return;
        var architecture = tree.ReadText("/var/lib/dpkg/arch", 4096)?.Split('\n')[0] ?? "";
        var aliases = Aliases(tree);
        foreach (var package in packages)
        {
            var name = package.Name;
            if (!IsName(name)) continue;
            var list = tree.ReadText($"{Info}/{name}.list", LargestList) ?? tree.ReadText($"{Info}/{name}:{(architecture.Length > 0 ? architecture : NativeOf(tree, name))}.list", LargestList);
            foreach (var line in list?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? []) files.Add(Real(aliases, line));
        }
        var diverted = tree.ReadText("/var/lib/dpkg/diversions", LargestList)?.Split('\n') ?? [];
        for (var at = 0; at + 1 < diverted.Length; at += 3)
            if (files.Contains(Real(aliases, diverted[at]))) files.Add(Real(aliases, diverted[at + 1]));
        foreach (var (path, hash) in Settings(tree, packages.Select(package => package.Name.Split(':')[0]).ToHashSet()))
#pragma warning disable CA5351 // dpkg's choice, and nothing is trusted for it
            if (tree.Read(path, LargestSetting) is { } content && Convert.ToHexStringLower(MD5.HashData(content)) != hash) files.Remove(path);
#pragma warning restore CA5351
    }

    /// <summary>Files of settings with the hash of what the package brought: the field Conffiles.</summary>
    private static IEnumerable<(string Path, string Hash)> Settings(ForeignTree tree, HashSet<string> names)
    {
        var (isOne, isField) = (false, false);
        foreach (var line in (tree.ReadText("/var/lib/dpkg/status", LargestDatabase) ?? "").Split('\n'))
        {
            if (line.StartsWith("Package: ", StringComparison.Ordinal)) isOne = names.Contains(line[9..].Trim());
            if (!line.StartsWith(' ')) isField = isOne && line.StartsWith("Conffiles:", StringComparison.Ordinal);
            else if (isField && line.Split(' ') is [_, var path, var hash, ..]) yield return (path, hash);
        }
    }

    /// <summary>The package to which a file, or one in a folder, belongs; null when none does. Folders that a package has made are not its own.</summary>
    public static string? OwnerOf(ForeignTree tree, string path)
    {
        var aliases = Aliases(tree);
        foreach (var entry in tree.List(Info))
        {
            if (!entry.Name.EndsWith(".list", StringComparison.Ordinal) || tree.ReadText($"{Info}/{entry.Name}", LargestList) is not { } list) continue;
            // Most lists do not have it, in whatever spelling: its last name is sought first.
            if (!list.Contains(path[(path.LastIndexOf('/') + 1)..], StringComparison.Ordinal)) continue;
            if (list.Split('\n').Any(line => line.Length > 1 && Real(aliases, line) is var file && ForeignTree.IsIn(file, path) && tree.Status(file) is { IsFolder: false })) return entry.Name[..^5].Split(':')[0];
        }
        return null;
    }

    private static string NativeOf(ForeignTree tree, string name) =>
        tree.List(Info).FirstOrDefault(entry => entry.Name.StartsWith($"{name}:", StringComparison.Ordinal) && entry.Name.EndsWith(".list", StringComparison.Ordinal)) is { Name: { } file }
            ? file[(name.Length + 1)..^5] : "";

    private static bool IsName(string name) => name.Length is > 0 and < 200 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '+' or '-' or '.' or ':');

    /// <summary>Names in the root that are links to folders below <c>/usr</c>: packages call files by them.</summary>
    private static List<(string From, string To)> Aliases(ForeignTree tree) =>
        [.. from entry in tree.List("/")
            where entry.Kind == EntryKind.Link
            let target = tree.LinkTarget($"/{entry.Name}")
            where target is not null
            select ($"/{entry.Name}/", $"/{target.Trim('/')}/")];

    private static string Real(List<(string From, string To)> aliases, string path)
    {
        foreach (var (from, to) in aliases)
            if (path.StartsWith(from, StringComparison.Ordinal)) return to + path[from.Length..];
        return path;
    }

    private static IEnumerable<Stanza> Stanzas(byte[] text)
    {
        var stanza = new Stanza("", "", "", "", false);
        for (var at = 0; at < text.Length;)
        {
            var length = text.AsSpan(at).IndexOf((byte)'\n');
            if (length < 0) length = text.Length - at;
            var line = text.AsSpan(at, length);
            at += length + 1;
            if (line.Length == 0)
            {
                if (stanza.Name.Length > 0) yield return stanza;
                stanza = new Stanza("", "", "", "", false);
            }
            else if (line[0] is (byte)'P' && line.StartsWith("Package: "u8)) stanza = stanza with { Name = Encoding.UTF8.GetString(line[9..]).Trim() };
            else if (line[0] is (byte)'S' && line.StartsWith("Status: "u8)) stanza = stanza with { Status = Encoding.UTF8.GetString(line[8..]).Trim() };
            else if (line[0] is (byte)'V' && line.StartsWith("Version: "u8)) stanza = stanza with { Version = Encoding.UTF8.GetString(line[9..]).Trim() };
            else if (line[0] is (byte)'A' && line.StartsWith("Architecture: "u8)) stanza = stanza with { Architecture = Encoding.UTF8.GetString(line[14..]).Trim() };
            else if (line[0] is (byte)'A' && line.StartsWith("Auto-Installed: 1"u8)) stanza = stanza with { IsAutomatic = true };
        }
        if (stanza.Name.Length > 0) yield return stanza;
    }

    private sealed record Stanza(string Name, string Status, string Version, string Architecture, bool IsAutomatic);
}
