using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbMergeTests
{
    private static readonly string Start = Repository.Notebook(("a", "first"), ("b", "second"));

    [Fact]
    public async Task Merge_WritesBothEdits_AndExitsWith1OnAConflict()
    {
        await using var place = new Place();
        place.Write("base.ipynb", Start);
        place.Write("ours.ipynb", Start.Replace("first", "ours", StringComparison.Ordinal));
        place.Write("theirs.ipynb", Start.Replace("second", "theirs", StringComparison.Ordinal));
        place.Write("against.ipynb", Start.Replace("first", "against", StringComparison.Ordinal));
        place.Write("bad.ipynb", "[]");
        var merged = Start.Replace("first", "ours", StringComparison.Ordinal).Replace("second", "theirs", StringComparison.Ordinal);

        Assert.Equal(new Ran(0, merged, ""), await place.RunAsync("nb", "merge", "base.ipynb", "ours.ipynb", "theirs.ipynb"));
        Assert.Equal(new Ran(0, "", ""), await place.RunAsync("nb", "merge", "base.ipynb", "ours.ipynb", "theirs.ipynb", "-o", "out.ipynb"));
        Assert.Equal(merged, File.ReadAllText(place.PathOf("out.ipynb")));
        var conflict = await place.RunAsync("nb", "merge", "base.ipynb", "ours.ipynb", "against.ipynb");
        Assert.Equal(1, conflict.ExitCode);
        Assert.StartsWith("holdfast: ours.ipynb: 1 conflict.", conflict.Errors, StringComparison.Ordinal);
        Assert.Contains("`<<<<<<< ours`", conflict.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await place.RunAsync("nb", "merge", "base.ipynb", "bad.ipynb", "theirs.ipynb")).ExitCode);
    }

    [Fact]
    public async Task Merge_AsGitsDriver_OfAFileThatIsNoNotebook_MergesItsLines()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place);
        repository.Write("n.ipynb", "1\n2\n3\n");
        await repository.BashAsync("git add -A && git commit --no-verify -qm one && git checkout -qb other && echo 4 >> n.ipynb && git commit --no-verify -qam four && git checkout -q main && sed -i s/1/0/ n.ipynb && git commit --no-verify -qam zero && git merge other -m both");

        Assert.Equal("0\n2\n3\n4\n", repository.Read("n.ipynb"));
    }

    [Theory]
    [InlineData("merge")]
    [InlineData("diff3")]
    public async Task Fix_OfMarksThatGitWrote_GivesANotebookThatOpens(string style)
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place, install: "");
        await repository.BashAsync($"git config merge.conflictStyle {style}");
        repository.Write("n.ipynb", Start);
        await repository.BashAsync("git add -A && git commit -qm one && git checkout -qb other && sed -i 's/first/theirs/; s/\"execution_count\": 2/\"execution_count\": 8/' n.ipynb && git commit -qam theirs && git checkout -q main && sed -i 's/first/ours/; s/\"execution_count\": 2/\"execution_count\": 9/' n.ipynb && git commit -qam ours");
        Assert.Equal(1, (await repository.TryAsync("git merge other")).ExitCode);
        Assert.Contains("\n<<<<<<< HEAD\n", repository.Read("n.ipynb"), StringComparison.Ordinal);
        Assert.Equal(1, (await repository.TryAsync("\"$0\" nb cat n.ipynb")).ExitCode);

        var said = await repository.BashAsync("\"$0\" nb fix n.ipynb && \"$0\" nb fix n.ipynb");

        Assert.Equal("Mended: n.ipynb (1 conflict left, between cells <<<<<<< and >>>>>>>)\nNothing to mend: n.ipynb (1 conflict left, between cells <<<<<<< and >>>>>>>)\n", said);
        var fixedUp = repository.Read("n.ipynb");
        Assert.Contains("\"execution_count\": 9", fixedUp, StringComparison.Ordinal);
        Assert.Contains("\"ours\"", fixedUp, StringComparison.Ordinal);
        Assert.Contains("\"theirs\"", fixedUp, StringComparison.Ordinal);
        Assert.Contains("\"second\"", fixedUp, StringComparison.Ordinal);
        await repository.BashAsync("\"$0\" nb cat n.ipynb");
    }

    [Fact]
    public async Task Fix_WhereASideIsNoNotebook_FailsAndLeavesTheFile()
    {
        await using var place = new Place();
        const string text = "{\n<<<<<<< ours\n\"cells\": [\n=======\n\"cells\": []\n>>>>>>> theirs\n, \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}";
        var file = place.Write("n.ipynb", text);

        var ran = await place.RunAsync("nb", "fix", "n.ipynb");

        Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
        Assert.Contains("n.ipynb is as it was.", ran.Errors, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }
}
