using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;

namespace Holdfast.Kernels.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class KernelSpecFinderTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("hfs");
    private readonly Dictionary<string, string> _variables;

    public KernelSpecFinderTests() => _variables = new Dictionary<string, string> { ["HOME"] = _home.FullName, ["PATH"] = At("empty") };

    public void Dispose() => _home.Delete(true);

    private string At(params string[] parts) => Path.Combine([_home.FullName, .. parts]);

    private string Write(string content, params string[] parts)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(parts))!);
        File.WriteAllText(At(parts), content);
        return At(parts);
    }

    private Task<KernelSpecCatalog> FindAsync() => KernelSpecFinder.FindAsync(_variables, TestContext.Current.CancellationToken);

    /// <summary>A Python that only looks like one.</summary>
    private string FakePython(bool hasKernel, params string[] prefix)
    {
        if (hasKernel) Directory.CreateDirectory(At([.. prefix, "lib", "python3.12", "site-packages", "ipykernel", "resources"]));
        Write("ELF", [.. prefix, "bin", "python"]);
        return Write("ELF", [.. prefix, "bin", "python3"]);
    }

    [Fact]
    public async Task Path_ShimWithoutIpykernelInFront_FindsTheNextPythonAndNamesIt()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/ipykernel")) Assert.Skip("python3-ipykernel is not installed");
        var shim = Write("#!/bin/sh\nexec /bin/false\n", "shims", "python3");
        File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("""{"argv":["python3","-m","ipykernel_launcher","-f","{connection_file}"],"display_name":"Mine","language":"python"}""", "jp", "kernels", "mine", "kernel.json");
        _variables["PATH"] = $"{At("shims")}:/usr/bin";
        _variables["JUPYTER_PATH"] = At("jp");

        var catalog = await FindAsync();

        Assert.Equal("/usr/bin/python3", catalog.Specs["mine"].Python);
        Assert.Equal("/usr/bin/python3", catalog.Specs["mine"].Argv[0]);
        Assert.Equal("python3", catalog.Default);
        Assert.Contains("logo-64x64.png", catalog.Specs["python3"].ResourceFiles);
        Assert.Empty(catalog.Problems);
    }

    [Fact]
    public async Task Path_ShimForAPythonWithIpykernel_GivesTheInterpreterBehindIt()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/ipykernel")) Assert.Skip("python3-ipykernel is not installed");
        var shim = Write("#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n", "shims", "python3");
        File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _variables["PATH"] = At("shims");

        var catalog = await FindAsync();

        Assert.Equal("/usr/bin/python3", catalog.Specs["python3"].Python);
    }

    [Fact]
    public async Task JupyterPath_SameNameTwice_FirstWinsAndNamesAreLowerCase()
    {
        const string Spec = """{"argv":["/bin/sh","{connection_file}"],"display_name":"D","language":"l","interrupt_mode":"message","env":{"A":"b"},"metadata":{"x":1}}""";
        Write(Spec.Replace("\"D\"", "\"First\"", StringComparison.Ordinal), "a", "kernels", "Tide", "kernel.json");
        Write("x", "a", "kernels", "Tide", "logo-32x32.png");
        Write("x", "a", "kernels", "Tide", "secret.txt");
        Write(Spec, "b", "kernels", "tide", "kernel.json");
        _variables["JUPYTER_PATH"] = $"{At("a")}:{At("b")}";

        var spec = (await FindAsync()).Specs["tide"];

        Assert.Equal("First", spec.DisplayName);
        Assert.True(spec.InterruptByMessage);
        Assert.Equal("b", spec.Environment["A"]);
        Assert.Equal(["logo-32x32.png"], spec.ResourceFiles);
        Assert.Equal(At("a", "kernels", "Tide"), spec.ResourceFolder);
        Assert.Equal(1, JsonDocument.Parse(spec.Json).RootElement.GetProperty("metadata").GetProperty("x").GetInt32());
    }

    [Theory]
    [InlineData("{\n  \"argv\": [\"a\"],\n}", "line 3")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "argv")]
    [InlineData("{\"argv\":[1]}", "argv")]
    [InlineData("{\"argv\":[\"a\"],\"env\":{\"a\":1}}", "env")]
    [InlineData("{\"argv\":[\"a\"],\"interrupt_mode\":\"loud\"}", "interrupt_mode")]
    [InlineData("{\"argv\":[\"/nowhere/python\"]}", "/nowhere/python")]
    [InlineData("{\"argv\":[\"python\"]}", "ipykernel")]
    public async Task KernelJson_Broken_IsASentenceThatNamesTheFileAndTheOthersAreFound(string json, string fault)
    {
        var file = Write(json, "a", "kernels", "broken", "kernel.json");
        Write("""{"argv":["/bin/sh"],"env":{"A":"1","A":"2"}}""", "a", "kernels", "whole", "kernel.json");
        _variables["JUPYTER_PATH"] = At("a");

        var catalog = await FindAsync();

        var problem = Assert.Single(catalog.Problems, p => p.StartsWith(file, StringComparison.Ordinal));
        Assert.Contains(fault, problem, StringComparison.Ordinal);
        Assert.False(catalog.Specs.ContainsKey("broken"));
        Assert.Equal("whole", catalog.Specs["whole"].DisplayName);
    }

    [Fact]
    public async Task Environments_WithIpykernel_AreOfferedUnderTheirNames()
    {
        FakePython(true, ".virtualenvs", "Vision Lab");
        FakePython(false, ".virtualenvs", "bare");
        FakePython(true, "miniconda3", "envs", "torch");
        Directory.CreateDirectory(At("miniconda3", "envs", "torch", "conda-meta"));
        FakePython(true, "project", ".venv");
        FakePython(true, "elsewhere", "torch");
        Write($"{At("elsewhere", "torch")}\n{At("gone")}\n", ".conda", "environments.txt");
        _variables["VIRTUAL_ENV"] = At("project", ".venv");

        var specs = (await FindAsync()).Specs;

        Assert.Equal(At("project", ".venv", "bin", "python"), specs["python-project"].Python);
        Assert.Equal("Python (Vision Lab)", specs["python-vision-lab"].DisplayName);
        Assert.Equal(At("elsewhere", "torch", "bin", "python"), specs["python-torch"].Python);
        Assert.Equal(At("miniconda3", "envs", "torch"), specs["python-torch-2"].Environment["CONDA_PREFIX"]);
        Assert.DoesNotContain("python-bare", specs.Keys);
    }

    [Fact]
    public async Task Environment_SeesThePackagesBelowIt_IsOffered()
    {
        FakePython(false, ".virtualenvs", "light");
        FakePython(true, "base");
        Write($"home = {At("base", "bin")}\ninclude-system-site-packages = true\n", ".virtualenvs", "light", "pyvenv.cfg");

        Assert.Contains("python-light", (await FindAsync()).Specs.Keys);
    }

    [Fact]
    public async Task ActiveEnvironment_OnPath_IsPython3BeforeTheUsersKernelspec()
    {
        var python = FakePython(true, "venv1");
        Write("home = /usr/bin\n", "venv1", "pyvenv.cfg");
        Write("""{"argv":["python","-m","ipykernel_launcher"]}""", "venv1", "share", "jupyter", "kernels", "python3", "kernel.json");
        Write("""{"argv":["/bin/sh"],"display_name":"user's"}""", ".local", "share", "jupyter", "kernels", "python3", "kernel.json");
        _variables["PATH"] = At("venv1", "bin");

        Assert.Equal(python, (await FindAsync()).Specs["python3"].Python);

        _variables["JUPYTER_PREFER_ENV_PATH"] = "0";
        Assert.Equal("user's", (await FindAsync()).Specs["python3"].DisplayName);
    }

    [Fact]
    public async Task Specs_OnThisMachine_AreThoseThatJupyterClientFinds()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/jupyter_client")) Assert.Skip("python3-jupyter-client is not installed");
        Write("""{"argv":["/bin/sh","-c","x"],"display_name":"Shell","language":"sh"}""", ".local", "share", "jupyter", "kernels", "shell", "kernel.json");
        _variables["PATH"] = "/usr/bin";
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", "import json; from jupyter_client.kernelspec import KernelSpecManager as M; print(json.dumps({k: v['spec'] for k, v in M().get_all_specs().items()}))"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in _variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var theirs = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));

        var ours = (await FindAsync()).Specs;

        Assert.Equal(theirs.RootElement.EnumerateObject().Select(p => p.Name).Order(), ours.Keys);
        foreach (var spec in theirs.RootElement.EnumerateObject())
            Assert.True(JsonElement.DeepEquals(spec.Value, JsonDocument.Parse(ours[spec.Name].Json).RootElement), Encoding.UTF8.GetString(ours[spec.Name].Json.Span));
    }
}
