namespace Holdfast.Architecture.Tests;

/// <summary>Habits of the house that no analyzer knows.</summary>
public sealed class HabitsTests
{
    private const int MostLines = 400;

    [Fact]
    public void SourceFiles_Over400Lines_SayWhyAtTheirTop()
    {
        var silent = Repository.SourceFiles("src")
            .Select(path => (Path: path, Lines: File.ReadAllLines(path)))
            .Where(file => file.Lines.Length > MostLines && !file.Lines[0].StartsWith("// One file:", StringComparison.Ordinal))
            .Select(file => $"{file.Path} ({file.Lines.Length} lines)");

        Assert.Empty(silent);
    }

    [Fact]
    public void SourceFiles_Names_ComeFromTheDomain()
    {
        string[] empty = ["Manager", "Helper", "Helpers", "Utils", "Utilities", "Common", "Misc"];

        var vague = Repository.SourceFiles("src").Where(path => empty.Any(word => Path.GetFileNameWithoutExtension(path).EndsWith(word, StringComparison.Ordinal)));

        Assert.Empty(vague);
    }

    [Fact]
    public void Dependencies_EachPackage_HasALineInTheDocs()
    {
        var docs = File.ReadAllText(Path.Combine(Repository.Root, "docs/dependencies.md"));
        var packages = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value);

        Assert.All(packages, package => Assert.Contains($"`{package}`", docs));
    }
}
