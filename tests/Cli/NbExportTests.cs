using System.Diagnostics;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbExportTests
{
    private const string Script = "#!/usr/bin/env python\n# coding: utf-8\n\n# # Title\n\n# In[1]:\n\n\nx = 1\nget_ipython().system('ls')\n\n";

    [Fact]
    public async Task Export_OfOneNotebook_WritesTheScriptBesideItOnce()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook());

        var first = await place.RunAsync("nb", "export", "a.ipynb");
        var written = File.GetLastWriteTimeUtc(place.PathOf("a.py"));
        var again = await place.RunAsync("nb", "export", "a.ipynb");

        Assert.Equal(new Ran(0, "Exported: a.ipynb to a.py\n", ""), first);
        Assert.Equal(new Ran(0, "", ""), again);
        Assert.Equal(Script, await File.ReadAllTextAsync(place.PathOf("a.py"), TestContext.Current.CancellationToken));
        Assert.Equal(written, File.GetLastWriteTimeUtc(place.PathOf("a.py")));
    }

    [Fact]
    public async Task Export_ToStdout_AndFromStdin_IsTheScript()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook());

        Assert.Equal(new Ran(0, Script, ""), await place.RunAsync("nb", "export", "--to", "script", "-o", "-", "a.ipynb"));
        Assert.Equal(new Ran(0, Script, ""), await place.RunWithInputAsync(System.Text.Encoding.UTF8.GetBytes(Notebook()), "nb", "export", "-"));
    }

    [Fact]
    public async Task Export_OfAFolder_WritesAllAndSaysWhichFailed()
    {
        await using var place = new Place();
        for (var number = 0; number < 20; number++) place.Write($"in/{number:00}.ipynb", Notebook());
        place.Write("in/bad.ipynb", "{\n<<<<<<< ours\n}\n>>>>>>> theirs\n");
        place.Write("in/new.ipynb", """{"nbformat":5,"cells":[]}""");

        var ran = await place.RunAsync("nb", "export", "in", "-o", "out");

        Assert.Equal(1, ran.ExitCode);
        Assert.Equal(20, ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("in/bad.ipynb:2:1: ", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("merge conflict", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("in/new.ipynb:1:13: nbformat is not a version that can be read", ran.Errors, StringComparison.Ordinal);
        Assert.Equal(20, Directory.GetFiles(place.PathOf("out")).Length);
    }

    [Fact]
    public async Task Check_OfScripts_ListsWhatIsNotCurrent()
    {
        await using var place = new Place();
        foreach (var name in new[] { "a", "b", "c" }) place.Write($"{name}.ipynb", Notebook());
        await place.RunAsync("nb", "export", "a.ipynb", "b.ipynb");
        place.Write("b.py", "other");

        var stale = await place.RunAsync("nb", "export", "--check", "a.ipynb", "b.ipynb", "c.ipynb");

        Assert.Equal(new Ran(1, "Not current: b.py, from b.ipynb\nMissing: c.py, from c.ipynb\n", ""), stale);
        Assert.Equal("other", await File.ReadAllTextAsync(place.PathOf("b.py"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(place.PathOf("c.py")));
        Assert.Equal(new Ran(0, "", ""), await place.RunAsync("nb", "export", "--check", "a.ipynb"));
    }

    [Fact]
    public async Task Export_WhereNothingCanBeWritten_LeavesTheFileAndSaysSo()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook());
        place.Write("b/a.ipynb", Notebook());
        Directory.CreateDirectory(place.PathOf("a.py"));
        place.Write("file", "kept");

        var folder = await place.RunAsync("nb", "export", "a.ipynb");
        var below = await place.RunAsync("nb", "export", "a.ipynb", "-o", "file/a.py");
        var same = await place.RunAsync("nb", "export", "a.ipynb", "b/a.ipynb", "-o", "out");

        Assert.Equal(new Ran(1, "", "holdfast: a.py is a folder; a.ipynb was not exported. Give it another place with -o.\n"), folder);
        Assert.Equal(1, below.ExitCode);
        Assert.Contains("was not exported", below.Errors, StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(place.PathOf("file"), TestContext.Current.CancellationToken));
        Assert.Contains("would have one file", same.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.PathOf("out")));
        Assert.Empty(Directory.GetFiles(place.Folder, ".*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Export_OfAnotherLanguage_TakesItsExtension()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook("""{"language_info":{"name":"R","file_extension":".r"}}"""));

        Assert.Equal(new Ran(0, "Exported: a.ipynb to a.r\n", ""), await place.RunAsync("nb", "export", "a.ipynb"));
        Assert.Equal("x = 1\n!ls\n", await File.ReadAllTextAsync(place.PathOf("a.r"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Module_OfAProject_IsAPackageThatPythonImports()
    {
        await using var place = new Place();
        place.Write("project/pyproject.toml", "[project]\nname = \"my-lib\"\n\n[tool.nbdev]\nbranch = \"main\"\n");
        place.Write("project/nbs/00_core.ipynb", Cells("#| default_exp core", "#| export\ndef double(x): return 2 * x", "print('not exported')"));
        place.Write("project/nbs/01_more.ipynb", Cells("#| default_exp sub.more", "#| export\nfrom my_lib.core import double\nFOUR = double(2)"));
        place.Write("project/nbs/_draft.ipynb", "not read");

        var exported = await place.BashAsync("cd project && \"$0\" nb export --module && /usr/bin/python3 -c 'from my_lib.sub.more import *; print(FOUR)'");
        var check = await place.BashAsync("cd project && \"$0\" nb export --module --check");
        place.Write("project/nbs/00_core.ipynb", Cells("#| default_exp core", "#| export\ndef double(x): return x + x"));
        var stale = await place.BashAsync("cd project && \"$0\" nb export --module --check nbs/01_more.ipynb; \"$0\" nb export --module --check");

        Assert.Equal((0, "4"), (exported.ExitCode, exported.Out.Split('\n')[^2]));
        Assert.Equal(new Ran(0, "", ""), check);
        Assert.Equal(new Ran(1, "Not current: my_lib/core.py, from nbs/00_core.ipynb\n", ""), stale);
        Assert.True(File.Exists(place.PathOf("project/my_lib/sub/__init__.py")));
    }

    [Fact]
    public async Task Examples_AsScripts_CompileAsPython()
    {
        await using var place = new Place();

        var exported = await place.RunAsync("nb", "export", Path.Combine(Published.Repository, "examples"), "-o", "out");
        using var python = Process.Start("/usr/bin/python3", ["-m", "compileall", "-q", place.PathOf("out")]);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (exported.ExitCode, exported.Errors));
        Assert.Equal(0, python.ExitCode);
    }

    [Theory]
    [InlineData("'holdfast nb export' needs FILE|DIR.")]
    [InlineData("--cli makes a script, and --module a package: one of them.", "a.ipynb", "--cli", "--module")]
    [InlineData("-o - is for scripts that are written; with --check and --module name a file or a folder.", "a.ipynb", "--check", "-o", "-")]
    public async Task Export_NotUnderstood_ExitsWith2(string message, params string[] arguments)
    {
        await using var place = new Place();

        var ran = await place.RunAsync(["nb", "export", .. arguments]);

        Assert.Equal(new Ran(2, "", $"holdfast: {message}\n'holdfast nb export --help' says more.\n"), ran);
    }

    private static string Notebook(string metadata = "{}") =>
        $$$"""{"cells":[{"cell_type":"markdown","metadata":{},"source":"# Title"},{"cell_type":"code","execution_count":1,"metadata":{},"outputs":[],"source":["x = 1\n","!ls"]}],"metadata":{{{metadata}}},"nbformat":4,"nbformat_minor":4}""";

    private static string Cells(params string[] sources)
    {
        var cells = sources.Select((source, number) => $$"""{"cell_type":"code","execution_count":null,"id":"c{{number}}","metadata":{},"outputs":[],"source":{{System.Text.Json.JsonSerializer.Serialize(source)}}}""");
        return $$"""{"cells":[{{string.Join(',', cells)}}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";
    }
}
