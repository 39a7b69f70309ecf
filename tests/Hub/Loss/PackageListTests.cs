using Holdfast.Hub.Loss;
using Holdfast.Hub.Loss.Packages;

namespace Holdfast.Hub.Tests.Loss;

/// <summary>Reading packages of trees that the tests lay out as pip, conda and npm do, and of this computer.</summary>
public sealed class PackageListTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hf-packages-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Read_ThisComputer_IsWhatDpkgSays()
    {
        if (!File.Exists("/usr/bin/dpkg-query")) Assert.Skip("There is no dpkg here.");

        var packages = PackageList.Read("/").Where(package => package.Source == "apt").ToList();

        var lines = (await SaysAsync("/usr/bin/dpkg-query", "-W", "-f", "${db:Status-Status} ${binary:Package} ${Version}\\n")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var said = lines.Where(line => line.StartsWith("installed ", StringComparison.Ordinal)).Select(line => line.Split(' ')).Select(words => (words[1].Replace(":amd64", "", StringComparison.Ordinal), words[2]));
        Assert.Equal(said.Order(), packages.Select(package => (package.Name, package.Version)).Order());
        var manual = (await SaysAsync("/usr/bin/apt-mark", "showmanual")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(manual.Order(), packages.Where(package => package.IsAsked).Select(package => package.Name).Order());
    }

    [Fact]
    public void Read_PipInSeveralPlaces_HasOriginsAndWhatWasAskedFor()
    {
        const string Site = "usr/local/lib/python3.11/dist-packages";
        DistInfo(Site, "leaf", "1.0", asked: true);
        DistInfo(Site, "came", "2", asked: false);
        DistInfo(Site, "vcs", "3", asked: true, "{\"url\": \"https://example.org/r.git\", \"vcs_info\": {\"vcs\": \"git\", \"commit_id\": \"abc\", \"requested_revision\": \"main\"}}");
        DistInfo(Site, "editable", "4", asked: true, "{\"url\": \"file:///notebooks/p\", \"dir_info\": {\"editable\": true}}");
        Write($"{Site}/old.egg-link", "/notebooks/old\n.");
        Write("notebooks/old/old.egg-info/PKG-INFO", "Name: old\nVersion: 5\n");
        Write("home/ada/.local/lib/python3.11/site-packages/own.egg-info", "Name: own\nVersion: 6\n");
        DistInfo("opt/venv/lib/python3.12/site-packages", "inside", "7", asked: true);
        Write("opt/venv/lib/python3.12/site-packages/conda_one-1.dist-info/INSTALLER", "conda\n");
        Write("opt/venv/lib/python3.12/site-packages/conda_one-1.dist-info/METADATA", "Name: conda-one\nVersion: 1\n");

        var packages = PackageList.Read(_root, "/home/ada").ToDictionary(package => package.Name);

        Assert.Equal(["came", "editable", "inside", "leaf", "old", "own", "vcs"], packages.Keys.Order());
        Assert.Equal(new Package("pip", $"/{Site}", "leaf", "1.0", true), packages["leaf"]);
        Assert.False(packages["came"].IsAsked);
        Assert.Equal("git+https://example.org/r.git@abc", packages["vcs"].Origin);
        Assert.Equal("-e file:///notebooks/p", packages["editable"].Origin);
        Assert.Equal(("5", "-e file:///notebooks/old"), (packages["old"].Version, packages["old"].Origin));
        Assert.DoesNotContain("own", PackageList.Read(_root).Select(package => package.Name));
    }

    [Fact]
    public void Read_Conda_KnowsWhatTheHistoryAskedFor()
    {
        Write("opt/conda/conda-meta/python-3.11.4-h1_0.json", "{\"files\": [\"bin/python3.11\", \"lib/libpython.so\"]}");
        Write("opt/conda/conda-meta/ca-certificates-2023.7.22-h2.json", "{}");
        Write("opt/conda/envs/train/conda-meta/numpy-1.25.0-py311_0.json", "{}");
        Write("opt/conda/conda-meta/history", "==> 2023 <==\n# cmd: conda install x\n# update specs: ['conda-forge::python=3.11', \"pandas[version='>2']\"]\n# remove specs: ['pandas']\n");

        var packages = PackageList.Read(_root);

        Assert.Equal(
            [new Package("conda", "/opt/conda", "ca-certificates", "2023.7.22=h2", false), new Package("conda", "/opt/conda", "python", "3.11.4=h1_0", true), new Package("conda", "/opt/conda/envs/train", "numpy", "1.25.0=py311_0", false)],
            packages);
        HashSet<string> files = [];
        using var tree = new ForeignTree(_root);
        CondaPackages.AddFiles(tree, packages, files);
        Assert.Contains("/opt/conda/bin/python3.11", files);
    }

    [Fact]
    public void Read_Npm_HasScopesAndLinks()
    {
        Write("usr/local/lib/node_modules/@scope/tool/package.json", "{\"name\": \"@scope/tool\", \"version\": \"1.2.3\", \"dependencies\": {}}");
        Write("usr/local/lib/node_modules/plain/package.json", "{\"version\": \"4.5.6\"}");
        Write("usr/local/lib/node_modules/plain/node_modules/dependency/package.json", "{\"version\": \"9\"}");
        Write("usr/local/lib/node_modules/broken/package.json", "[");
        Write("notebooks/mine/package.json", "{\"version\": \"7\"}");
        File.CreateSymbolicLink(Path.Combine(_root, "usr/local/lib/node_modules/mine"), "/notebooks/mine");

        Assert.Equal(["@scope/tool 1.2.3 ", "mine 7 file:///notebooks/mine", "plain 4.5.6 "], PackageList.Read(_root).Select(package => $"{package.Name} {package.Version} {package.Origin}"));
    }

    private static async Task<string> SaysAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private void DistInfo(string site, string name, string version, bool asked, string? origin = null)
    {
        var folder = $"{site}/{name}-{version}.dist-info";
        Write($"{folder}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        Write($"{folder}/INSTALLER", "pip\n");
        if (asked) Write($"{folder}/REQUESTED", "");
        if (origin is not null) Write($"{folder}/direct_url.json", origin);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
