using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbPercentTests
{
    private const string Notebook = """
        {"cells":[{"cell_type":"markdown","id":"m","metadata":{},"source":"# Title"},{"cell_type":"code","execution_count":1,"id":"c","metadata":{},"outputs":[{"name":"stdout","output_type":"stream","text":"out"}],"source":["x = 1\n","!ls"]}],"metadata":{"kernelspec":{"name":"python3","language":"python"}},"nbformat":4,"nbformat_minor":5}
        """;

    private const string Script = """
        # ---
        # jupyter:
        #   jupytext:
        #     text_representation:
        #       extension: .py
        #       format_name: percent
        #       format_version: '1.3'
        #   kernelspec:
        #     language: python
        #     name: python3
        # ---

        # %% [markdown]
        # # Title

        # %%
        x = 1
        # !ls

        """;

    [Fact]
    public async Task ToPercent_OfAFolder_WritesAScriptForEach()
    {
        await using var place = new Place();
        place.Write("in/a.ipynb", Notebook);
        place.Write("in/b.ipynb", Notebook.Replace("python", "julia", StringComparison.Ordinal));

        var ran = await place.RunAsync("nb", "to", "percent", "in", "-o", "out");

        Assert.Equal(new Ran(0, "Exported: in/a.ipynb to out/a.py\nExported: in/b.ipynb to out/b.jl\n", ""), ran);
        Assert.Equal(Script, await File.ReadAllTextAsync(place.PathOf("out/a.py"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FromPercent_ThroughPipes_IsANotebookAndBack()
    {
        await using var place = new Place();
        place.Write("a.py", Script);

        var ran = await place.BashAsync("\"$0\" nb from percent - < a.py | \"$0\" nb to percent -");

        Assert.Equal(new Ran(0, Script, ""), ran);
    }

    [Fact]
    public async Task FromPercent_WhereAnotherNotebookIs_WritesOnlyWhenTold()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook);
        place.Write("a.py", Script.Replace("x = 1", "x = 2", StringComparison.Ordinal));

        Assert.Equal(
            new Ran(1, "", "holdfast: a.ipynb exists and is another notebook than a.py gives. --update puts the script's sources into it and keeps its outputs; --force replaces it.\n"),
            await place.RunAsync("nb", "from", "percent", "a.py"));
        Assert.Equal(Notebook, await File.ReadAllTextAsync(place.PathOf("a.ipynb"), TestContext.Current.CancellationToken));

        Assert.Equal(new Ran(0, "Exported: a.py to a.ipynb\n", ""), await place.RunAsync("nb", "from", "percent", "a.py", "--update"));
        Assert.Equal(Notebook.Replace("x = 1", "x = 2", StringComparison.Ordinal), await File.ReadAllTextAsync(place.PathOf("a.ipynb"), TestContext.Current.CancellationToken));
        Assert.Equal(new Ran(0, "", ""), await place.RunAsync("nb", "from", "percent", "a.py", "--update"));

        Assert.Equal(0, (await place.RunAsync("nb", "from", "percent", "a.py", "--force")).ExitCode);
        Assert.DoesNotContain("stdout", await File.ReadAllTextAsync(place.PathOf("a.ipynb"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "", ""), await place.RunAsync("nb", "from", "percent", "a.py"));
    }

    [Theory]
    [InlineData("# ---\n# jupyter:\n#   a: [\n# ---\n", "holdfast: a.py:4:1: The header of the script is not YAML: ", "percent", "a.py")]
    [InlineData("x", "holdfast: b.py does not exist.\n", "percent", "b.py")]
    [InlineData("x", "holdfast: a.ipynb is a notebook; 'holdfast nb to percent' makes its script.\n", "percent", "a.ipynb")]
    [InlineData("x", "holdfast: A notebook cannot be made of 'html'; the kinds are percent.\n", "html", "a.py")]
    [InlineData("x", "holdfast: --update keeps the notebook's outputs, and --force does not: one of them.\n", "percent", "a.py", "--update", "--force")]
    [InlineData("x", "holdfast: --update and --force are for notebooks that are written, and -o - writes none.\n", "percent", "a.py", "--update", "-o", "-")]
    public async Task FromPercent_ThatCannotBe_SaysWhy(string script, string message, params string[] arguments)
    {
        await using var place = new Place();
        place.Write("a.py", script);

        var ran = await place.RunAsync(["nb", "from", .. arguments]);

        Assert.NotEqual(0, ran.ExitCode);
        Assert.StartsWith(message, ran.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(place.PathOf("a.ipynb")));
    }
}
