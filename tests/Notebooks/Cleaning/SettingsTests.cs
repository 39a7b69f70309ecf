using Holdfast.Notebooks.Cleaning;

namespace Holdfast.Notebooks.Tests.Cleaning;

public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-").FullName;

    [Theory]
    [InlineData(".holdfast.yaml", "allowed_metadata_keys: [mine, 'yours']\nclean-ids: false # kept\n")]
    [InlineData(".holdfast.yaml", "allowed_metadata_keys:\n  - mine\n  - \"yours\"\nclean_ids: no\nother:\n  clean_ids: yes\n")]
    [InlineData("pyproject.toml", "[project]\nclean_ids = true\n[tool.holdfast]\nallowed_metadata_keys = [\n  \"mine\", # one\n  'yours',\n]\nclean-ids = false\n[tool.nbdev]\nclean_ids = true\n")]
    [InlineData("pyproject.toml", "[tool.nbdev]\nallowed_metadata_keys = ['mine', 'yours']\nclean_ids = false\n")]
    [InlineData("settings.ini", "[DEFAULT]\nallowed_metadata_keys = mine yours\nclean_ids = False\n")]
    public void Settings_OfEachKind_SetTheRules(string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "nbs/deep"));
        File.WriteAllText(Path.Combine(_folder, name), text);

        var rules = CleanRules.From(ProjectSettings.For(Path.Combine(_folder, "nbs/deep")));

        Assert.True(rules.KeepIds);
        Assert.False(rules.StripOutputs);
        Assert.Superset(new HashSet<string> { "mine", "yours", "kernelspec" }, rules.NotebookKeys.ToHashSet());
        Assert.Equal(new CleanRules().NotebookKeys.Count + 2, rules.NotebookKeys.Count);
    }

    [Fact]
    public void Settings_NearestFolder_Counts_AndTheRepositoryEndsTheSearch()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "repository/.git"));
        Directory.CreateDirectory(Path.Combine(_folder, "repository/nbs"));
        File.WriteAllText(Path.Combine(_folder, ".holdfast.yaml"), "strip_outputs: true\n");

        Assert.Null(ProjectSettings.For(Path.Combine(_folder, "repository/nbs")).File);
        File.WriteAllText(Path.Combine(_folder, "repository/settings.ini"), "[DEFAULT]\nstrip_outputs = True\n");
        File.WriteAllText(Path.Combine(_folder, "repository/nbs/pyproject.toml"), "[project]\nname = \"p\"\n");
        Assert.Equal(Path.Combine(_folder, "repository/settings.ini"), ProjectSettings.For(Path.Combine(_folder, "repository/nbs")).File);
        Assert.True(CleanRules.From(ProjectSettings.For(_folder)).StripOutputs);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
