using System.Text.Json;
using Holdfast.Notebooks.Running;

namespace Holdfast.Notebooks.Tests.Running;

/// <summary>What of a notebook is a test.</summary>
public sealed class NotebookTestTests
{
    [Theory]
    [InlineData("raw", "---\ntitle: X\nskip_exec: true\n---", true)]
    [InlineData("raw", "---\nskip_exec: false\n---", false)]
    [InlineData("markdown", "# Title\n> About it\n\n- skip_exec: true", true)]
    [InlineData("markdown", "# Title\n\nskip_exec: true is what it says here", false)]
    [InlineData("code", "skip_exec: true", false)]
    public void FrontMatter_SaysWhetherTheNotebookIsTested(string type, string source, bool isSkipped) =>
        Assert.Equal(isSkipped ? "skip_exec in its front matter" : null, Of((type, source), ("code", "x = 1")).Skipped);

    [Theory]
    [InlineData("#| eval: false\nx", "", false)]
    [InlineData("#|eval:False\nx", "", false)]
    [InlineData("#| eval: true\nx", "", true)]
    [InlineData("# eval: false\nx", "", true)]
    [InlineData("%%time\n#| slow\nx", "slow cuda", false)]
    [InlineData("#| export\n#| cuda\nx", "slow cuda", false)]
    [InlineData("#| slow\nx", "cuda", true)]
    [InlineData("import nbdev; nbdev.nbdev_export()", "", false)]
    public void Cell_WithADirective_IsRunOrNot(string source, string flags, bool isRun)
    {
        var test = Of(flags.Split(' '), ("code", source), ("code", "last"));
        Assert.Equal(isRun ? [source, "last"] : ["last"], test.Cells.Select(cell => cell.Source));
    }

    [Fact]
    public void Notebook_WithNothingToRun_IsSkipped() => Assert.Equal("nothing in it to run", Of(("markdown", "x"), ("code", " \n")).Skipped);

    private static NotebookTest Of(params (string Type, string Source)[] cells) => Of([], cells);

    private static NotebookTest Of(string[] flags, params (string Type, string Source)[] cells)
    {
        var json = $$"""{"cells":[{{string.Join(',', cells.Select((cell, number) => $$"""{"cell_type":"{{cell.Type}}","id":"c{{number}}","metadata":{},{{(cell.Type == "code" ? "\"outputs\":[],\"execution_count\":null," : "")}}"source":{{JsonSerializer.Serialize(cell.Source)}}}"""))}}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";
        Assert.True(NotebookDocument.Parse(System.Text.Encoding.UTF8.GetBytes(json)).TryGet(out var notebook, out var fault), fault?.Message);
        return NotebookTest.Of(notebook, flags.ToHashSet());
    }
}
