namespace Holdfast.Hub.Loss;

/// <summary>The packages of a file system tree, read from the databases of apt, pip, conda and npm; nothing is executed.</summary>
internal static class PackageList
{
    /// <summary>The name of the file with what was installed at the start, in the state folder.</summary>
    public const string FileName = "packages-before.json";

    /// <summary>Reads them and writes them down.</summary>
    public static void Remember(string root, string? home, string file) => throw new NotImplementedException();

    /// <summary>Reads them; what cannot be read is left out.</summary>
    /// <param name="root">The tree, <c>/</c> for this process' own. Links are not followed out of it.</param>
    /// <param name="home">A home inside, whose own packages (pip's user site, conda environments) are listed too; null for none.</param>
    public static IReadOnlyList<Package> Read(string root, string? home = null) => throw new NotImplementedException();
}

/// <summary>An installed package.</summary>
/// <param name="Source"><c>apt</c>, <c>pip</c>, <c>conda</c> or <c>npm</c>.</param>
/// <param name="Place">Where it is installed: empty for apt, else the site, environment or global folder.</param>
/// <param name="Name">As its source has it.</param>
/// <param name="Version">As its source has it.</param>
/// <param name="IsAsked">Whether somebody asked for it, as far as its source tells.</param>
public sealed record Package(string Source, string Place, string Name, string Version, bool IsAsked);
