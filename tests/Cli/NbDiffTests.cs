using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbDiffTests
{
    [Fact]
    public async Task Diff_ShowsCells_AndExitsAsDiffDoes()
    {
        await using var place = new Place();
        var before = Repository.Notebook(("a", "one"), ("b", "two"));
        place.Write("a.ipynb", before);
        place.Write("b.ipynb", before.Replace("two", "three", StringComparison.Ordinal).Replace("printed by a", "other", StringComparison.Ordinal).Replace("\"metadata\": {}", "\"metadata\": {\"x\": 1}", StringComparison.Ordinal));
        place.Write("bad.ipynb", "{");

        Assert.Equal(new Ran(0, "", ""), await place.RunAsync("nb", "diff", "a.ipynb", "a.ipynb"));
        Assert.Equal(new Ran(1, """
            1 cell edited, outputs of 1 cell changed

            metadata of the notebook
            +metadata.x: 1

            cell 1, id a, code
            - output: stdout, 1 line: printed by a
            + output: stdout, 1 line: other

            cell 2, id b, code
            -two
            +three

            """, ""), await place.RunAsync("nb", "diff", "a.ipynb", "b.ipynb"));
        var trouble = await place.RunAsync("nb", "diff", "a.ipynb", "bad.ipynb");
        Assert.Equal((2, ""), (trouble.ExitCode, trouble.Out));
        Assert.StartsWith("holdfast: bad.ipynb:1:2: ", trouble.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_AsJson_HasEachCell()
    {
        await using var place = new Place();
        var before = Repository.Notebook(("a", "one"), ("b", "two"));
        place.Write("a.ipynb", before);
        place.Write("b.ipynb", Repository.Notebook(("n", "new"), ("a", "one"), ("b", "three")));

        var ran = await place.RunAsync("nb", "diff", "-o", "json", "a.ipynb", "b.ipynb");

        Assert.Equal(1, ran.ExitCode);
        Assert.False(ran.Json.GetProperty("same").GetBoolean());
        var cells = ran.Json.GetProperty("cells").EnumerateArray().ToList();
        var edited = cells.Single(cell => cell.GetProperty("id").GetString() == "b");
        Assert.Equal(["-two", "+three"], edited.GetProperty("source").EnumerateArray().Select(line => line.GetString()));
        Assert.Equal((1, 2), (edited.GetProperty("before").GetInt32(), edited.GetProperty("after").GetInt32()));
        Assert.True((await place.RunAsync("nb", "diff", "-o", "json", "a.ipynb", "a.ipynb")).Json.GetProperty("same").GetBoolean());
    }
}
