using System.Xml.Linq;

namespace Holdfast.Architecture.Tests;

/// <summary>Arrows between assemblies point down only. A new arrow is a decision: it is made here, with its reason in the commit.</summary>
public sealed class ArrowsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Sqlite"] = [],
        ["Data"] = [],
        ["Engines"] = [],
        ["Notebooks"] = ["Sqlite"],
        ["Journal"] = [],
        ["Kernels"] = [],
        ["Terminals"] = [],
        ["Keeper"] = ["Journal", "Kernels", "Terminals"],
        ["History"] = ["Notebooks", "Sqlite"],
        ["Lab"] = ["History", "Journal", "Keeper", "Kernels", "Notebooks", "Terminals"],
        ["Hub"] = ["Engines", "Notebooks", "Sqlite"],
        ["Cli"] = ["Data", "Engines", "History", "Hub", "Journal", "Keeper", "Kernels", "Lab", "Notebooks", "Terminals"],
    };

    [Fact]
    public void ProjectReferences_OfEveryAssembly_AreTheAllowedOnes()
    {
        var projects = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetFileName(Path.GetDirectoryName(path))!, References);

        Assert.Equal(Allowed.Keys.Order(), projects.Keys.Order());
        foreach (var (project, references) in projects)
        {
            Assert.True(references.All(Allowed[project].Contains), $"{project} refers to {string.Join(", ", references.Except(Allowed[project]))}, which is not an allowed arrow.");
        }
    }

    private static string[] References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference").Select(reference => Path.GetFileName(Path.GetDirectoryName(reference.Attribute("Include")!.Value))!)];
}
