using Holdfast.Hub.Loss;
using Holdfast.Hub.Points;

namespace Holdfast.Hub.Tests.Points;

/// <summary>What of a home is a package folder, and what going back leaves alone.</summary>
public sealed class PackageFoldersTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("hf-home-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Of_AHomeWithPipCondaNpmAndMore_AreWhatInstallersWrite()
    {
        foreach (var file in (string[])[
            ".local/lib/python3.11/site-packages/a.py", ".local/bin/a", ".local/share/jupyter/kernels/k", ".local/share/applications/x", "work/lib/readme", "work/bin/run",
            "venv/lib/python3.12/site-packages/b.py", "venv/bin/python3", ".npm-global/lib/node_modules/n/package.json", ".npm-global/bin/n",
            "miniconda3/conda-meta/history", "miniconda3/bin/conda", "miniconda3/pkgs/cache", "miniconda3/envs/one/conda-meta/history", "miniconda3/envs/one/lib/x", ".ssh/id", "a.ipynb"]) Write(file);

        using var tree = new ForeignTree(_home);

        Assert.Equal(
            [".local/bin", ".local/lib/python3.11/site-packages", ".local/share/jupyter", ".npm-global/bin", ".npm-global/lib/node_modules", "miniconda3/bin", "miniconda3/conda-meta",
                "miniconda3/envs/one/conda-meta", "miniconda3/envs/one/lib", "venv/bin", "venv/lib/python3.12/site-packages"],
            PackageFolders.Of(tree));
    }

    [Fact]
    public void Look_AtALinkToElsewhere_IsLeftOutAndSaid()
    {
        Write("elsewhere/python3.11/site-packages/a.py");
        Directory.CreateDirectory(Path.Combine(_home, ".local"));
        File.CreateSymbolicLink(Path.Combine(_home, ".local/lib"), "../elsewhere");

        var (tree, leftOut) = HomeWalk.Look(_home, TestContext.Current.CancellationToken);

        Assert.Empty(tree.Entries);
        Assert.Equal(["~/.local/lib/python3.11/site-packages is reached through a link: only what lies in the home itself is a part of it."], leftOut);
    }

    [Fact]
    public async Task Back_OfAnEnvironmentOfCondas_LeavesItsCacheAlone()
    {
        await using var hub = await new TestHub().StartAsync();
        await hub.CreateAsync("leaves", start: false);
        var conda = Path.Combine(hub.Folders.HomeOf("ada"), "miniconda3");
        foreach (var (file, text) in new[] { ("conda-meta/history", ""), ("conda-meta/numpy-1.0-py_0.json", "{}"), ("lib/numpy", "1"), ("pkgs/cache", "1") }) Write(Path.Combine(conda, file), text);
        var point = TestHub.Value(await hub.Service<EnvironmentPoints>().TakeAsync(TestHub.Ada, "leaves", null, TestHub.Cancellation));
        File.Delete(Path.Combine(conda, "conda-meta/numpy-1.0-py_0.json"));
        foreach (var (file, text) in new[] { ("conda-meta/numpy-2.0-py_0.json", "{}"), ("lib/numpy", "2"), ("pkgs/cache", "2"), ("new/folder", "x") }) Write(Path.Combine(conda, file), text);

        Assert.Equal([new PointChange("conda", "numpy", "/home/ada/miniconda3", "1.0=py_0", "2.0=py_0")], (await hub.DiffAsync("leaves")).Packages);
        var done = await hub.BackAsync("leaves", point.Id);

        Assert.Equal(["~/miniconda3/conda-meta", "~/miniconda3/lib", "~/miniconda3/new"], done.Folders.Order(StringComparer.Ordinal));
        Assert.Equal(("1", "2", false), (File.ReadAllText(Path.Combine(conda, "lib/numpy")), File.ReadAllText(Path.Combine(conda, "pkgs/cache")), Directory.Exists(Path.Combine(conda, "new"))));
        Assert.True(File.Exists(Path.Combine(conda, "conda-meta/numpy-1.0-py_0.json")));
        await hub.BackAsync("leaves", done.Saved!);
        Assert.Equal("x", File.ReadAllText(Path.Combine(conda, "new/folder")));
    }

    private void Write(string file, string text = "x")
    {
        var path = Path.Combine(_home, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
