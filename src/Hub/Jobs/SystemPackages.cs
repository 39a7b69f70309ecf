using System.Security.Cryptography;
using System.Text;
using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Jobs;

/// <summary>The packages of a computer's own system, which jobs without an image run in. Those of homes are not: no such job sees them.</summary>
public sealed class SystemPackages
{
    private const int MostNamed = 5;
    private readonly IReadOnlyList<string> _lines;

    private SystemPackages(IEnumerable<string> lines) => _lines = [.. lines.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A line for each: source, place, name and version, with tabs between them.</summary>
    public string Text => string.Concat(_lines.Select(line => $"{line}\n"));

    /// <summary>Tells one such environment from another: <c>packages:</c> and a hash of them.</summary>
    public string Fingerprint => $"packages:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..32]}";

    /// <summary>Reads them: the system's release, and what apt, conda, pip and npm have installed.</summary>
    /// <param name="root">The tree, <c>/</c> for this computer's own.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SystemPackages Read(string root = "/")
    {
        using var tree = new ForeignTree(root);
        if (tree.Status("/etc") is null) throw new IOException($"{root} cannot be read; mend: Linux 5.6 or newer.");
        var release = (tree.ReadText("/etc/os-release", 1 << 16) ?? tree.ReadText("/usr/lib/os-release", 1 << 16) ?? "").Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(pair => pair.Key, pair => pair.Last()[1].Trim('"'));
        return new SystemPackages(PackageList.Read(tree, home: null).Where(package => !ForeignTree.IsIn(package.Place, "/root")).Select(package => Line(package.Source, package.Place, package.Name, package.Version))
            .Append(Line("system", "", release.GetValueOrDefault("ID", "linux"), release.GetValueOrDefault("VERSION_ID", ""))));
    }

    /// <summary>What <see cref="Text"/> was; null when it is none.</summary>
    public static SystemPackages? Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0 && lines.All(line => line.Split('\t').Length == 4) ? new SystemPackages(lines) : null;
    }

    /// <summary>In what these differ from others, as <c>numpy 1.24 and not 1.26, no torch, tqdm 4.6 besides, and 3 more</c>; null when they do not.</summary>
    /// <param name="others">Those that were expected.</param>
    public string? DifferFrom(SystemPackages others)
    {
        var (here, there) = (ByName(this), ByName(others));
        List<string> differences =
        [
            .. here.Keys.Union(there.Keys).Where(key => here.GetValueOrDefault(key) != there.GetValueOrDefault(key))
                // Who asks why a job came to something else looks for what Python imports, then for the rest.
                .OrderBy(key => key.Source is "apt" or "npm").ThenBy(key => key.Name, StringComparer.Ordinal).ThenBy(key => key.Place, StringComparer.Ordinal)
                .Select(key => (here.GetValueOrDefault(key), there.GetValueOrDefault(key)) switch
                {
                    (null, _) => $"no {key.Name}",
                    ({ } own, null) => $"{key.Name} {own} besides",
                    var (own, other) => $"{key.Name} {own} and not {other}",
                }),
        ];
        return differences.Count == 0 ? null : string.Join(", ", differences.Take(MostNamed)) + (differences.Count > MostNamed ? $", and {differences.Count - MostNamed} more" : "");
    }

    /// <summary>Of what is installed several times under one name, all versions.</summary>
    private static Dictionary<(string Source, string Place, string Name), string> ByName(SystemPackages packages) =>
        packages._lines.Select(line => line.Split('\t')).GroupBy(words => (words[0], words[1], words[2])).ToDictionary(group => group.Key, group => string.Join('+', group.Select(words => words[3])));

    private static string Line(params string[] words) => string.Join('\t', words.Select(word => new string([.. word.Where(letter => !char.IsControl(letter))])));
}
