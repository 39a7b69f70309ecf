using System.Text.Json;
using Holdfast.Hub.Loss.Packages;

namespace Holdfast.Hub.Loss;

/// <summary>The packages of a file system tree, read from the databases of apt, pip, conda and npm; nothing is executed.</summary>
internal static class PackageList
{
    private const int LargestList = 8 << 20;

    /// <summary>Reads them; what cannot be read is left out.</summary>
    /// <param name="root">The tree, <c>/</c> for this process' own. Links are not followed out of it.</param>
    /// <param name="home">A home inside, whose own packages (pip's user site, conda environments) are listed too; null for none.</param>
    public static IReadOnlyList<Package> Read(string root, string? home = null)
    {
        using var tree = new ForeignTree(root);
        return Read(tree, home);
    }

    /// <inheritdoc cref="Read(string, string?)" />
    public static IReadOnlyList<Package> Read(ForeignTree tree, string? home)
    {
        var prefixes = Prefixes.Of(tree, home);
        return [.. AptPackages.Read(tree), .. prefixes.SelectMany(prefix => PipPackages.Read(tree, prefix)), .. prefixes.SelectMany(prefix => CondaPackages.Read(tree, prefix)),
            .. prefixes.SelectMany(prefix => NpmPackages.Read(tree, prefix))];
    }

    /// <summary>Writes down the packages of a tree, to be compared with those at the stop. A list that was there is replaced as a whole.</summary>
    /// <param name="root">As of <see cref="Read(string, string?)"/>.</param>
    /// <param name="home">As of <see cref="Read(string, string?)"/>.</param>
    /// <param name="file">Where; <c>/var/lib/holdfast/packages-before.json</c> in a machine.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Remember(string root, string? home, string file)
    {
        var temporary = file + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(Read(root, home), LossJson.Default.IReadOnlyListPackage));
        File.Move(temporary, file, overwrite: true);
    }

    /// <summary>What <see cref="Remember"/> wrote; null when it did not, or somebody else has written there since.</summary>
    /// <param name="folder">The folder of the file, which others may write.</param>
    /// <param name="name">Its name.</param>
    public static IReadOnlyList<Package>? Recall(string folder, string name)
    {
        using var tree = new ForeignTree(folder);
        try
        {
            return tree.Read($"/{name}", LargestList) is { } bytes && JsonSerializer.Deserialize(bytes, LossJson.Default.IReadOnlyListPackage) is { } list
                && list.All(package => package is { Source: not null, Place: not null, Name: not null, Version: not null }) ? list : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An installed package.</summary>
/// <param name="Source"><c>apt</c>, <c>pip</c>, <c>conda</c> or <c>npm</c>.</param>
/// <param name="Place">Where it is installed: empty for apt, else the site, environment or global folder.</param>
/// <param name="Name">As its source has it.</param>
/// <param name="Version">As its source has it.</param>
/// <param name="IsAsked">Whether somebody asked for it, as far as its source tells.</param>
/// <param name="Origin">
/// Where it came from, when that was not its source's index: an address as pip takes it (<c>git+https://…@commit</c>, <c>file:///…</c>), with <c>-e </c> before it when
/// it is used from there; for conda the channel.
/// </param>
public sealed record Package(string Source, string Place, string Name, string Version, bool IsAsked, string? Origin = null);
