using System.Text.Json.Nodes;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class HistoryTests
{
    [Fact]
    public async Task History_OfANotebookThatALabSaved_IsListedComparedShownAndRestored()
    {
        await using var place = new Place();
        var path = Path.Combine(place.Notebooks, "n.ipynb");
        await using (var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", place.Notebooks, "--no-browser", "--port", "0", "--token", "t")))
        {
            await SaveAsync(lab, ("a", "x = 1\nx", "1"), ("b", "y", "2"));
            await SaveAsync(lab, ("a", "x = 2\nx", ""));
            // The lab keeps what is still to be kept before it ends.
            Assert.Equal(0, await lab.EndAsync());
        }

        var cleared = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var list = await place.RunAsync("history", path);
        Assert.Equal((0, ""), (list.ExitCode, list.Errors));
        Assert.Matches("""^VERSION +WHEN +KIND +CELLS +SIZE +CHANGE\n2 +\d\d:\d\d +save +1 +\d+ B +−1 cell, 1 cell edited, outputs of 1 cell cleared\n1 +\d\d:\d\d +save +2 +\d+ B +first version\n$""", list.Out);
        Assert.Equal([2, 1], (await place.RunAsync("history", path, "-o", "json")).Json.EnumerateArray().Select(version => version.GetProperty("version").GetInt32()));
        Assert.EndsWith($" {path}\n", (await place.RunAsync("history")).Out, StringComparison.Ordinal);

        Assert.Equal("""
            version 1 → the file now
            −1 cell, 1 cell edited, outputs of 1 cell cleared

            cell 1, id a, code
            -x = 1
            +x = 2
             x
            - output: stdout, 1 line: 1

            cell 2, id b, code (gone)
            -y
            - output: stdout, 1 line: 2

            """, (await place.RunAsync("history", "diff", path)).Out);
        Assert.Equal("version 2 → version 1\n+1 cell, 1 cell edited, outputs of 1 cell changed\n", (await place.RunAsync("history", "diff", path, "-0", "-1")).Out[..72]);
        Assert.Equal(cleared, (await place.RunAsync("history", "show", path)).Out);

        Assert.Equal(new Ran(0, $"{path} holds 1 cell of version 1 again. What it held before is version 2.\n", ""), await place.RunAsync("history", "restore", path, "1", "--cell", "b"));
        Assert.Equal(["x = 2\nx", "y"], Sources(path));
        Assert.Equal(new Ran(0, $"{path} holds version 1 again. What it held before is version 3.\n", ""), await place.RunAsync("history", "restore", path, "-2"));
        Assert.Equal((await place.RunAsync("history", "show", path, "1")).Out, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal($"{path} holds version 1 already; nothing was changed.\n", (await place.RunAsync("history", "restore", path, "1")).Out);

        File.Delete(path);
        Assert.Equal(0, (await place.RunAsync("history", "restore", path, "2")).ExitCode);
        Assert.Equal(cleared, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task History_AskedForWhatIsNotThere_SaysWhatAndTheMend()
    {
        await using var place = new Place();
        var path = place.Write("notebooks/n.ipynb", "{}");

        Assert.Equal("No version of any notebook is kept yet. 'holdfast lab' keeps one at each save and each run.\n", (await place.RunAsync("history")).Out);
        var unknown = await place.RunAsync("history", path);
        Assert.Equal(1, unknown.ExitCode);
        Assert.StartsWith($"holdfast: no version of {path} is kept: it was neither saved nor run", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await place.RunAsync("history", "restore", "nope.ipynb")).Errors, StringComparison.Ordinal);
        Assert.Equal(new Ran(2, "", "holdfast: 'holdfast history show' needs NOTEBOOK.\n'holdfast history show --help' says more.\n"), await place.RunAsync("history", "show"));
    }

    [Theory]
    [InlineData("7", "there is no version 7 of")]
    [InlineData("-5", "has only 1 version")]
    [InlineData("soon", "'soon' is no version: give its number")]
    [InlineData("3d", "as old as that")]
    [InlineData("1999-01-01", "as old as that")]
    public async Task Version_ThatIsNone_IsSaid(string word, string answer)
    {
        await using var place = new Place();
        await using (var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", place.Notebooks, "--no-browser", "--port", "0", "--token", "t")))
        {
            await SaveAsync(lab, ("a", "1", ""));
            await lab.EndAsync();
        }

        var ran = await place.RunAsync("history", "restore", Path.Combine(place.Notebooks, "n.ipynb"), word);

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains(answer, ran.Errors, StringComparison.Ordinal);
    }

    private static async Task SaveAsync(RunningLab lab, params (string Id, string Source, string Output)[] cells)
    {
        var content = new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select(cell => new JsonObject
            {
                ["cell_type"] = "code",
                ["execution_count"] = null,
                ["id"] = cell.Id,
                ["metadata"] = new JsonObject(),
                ["outputs"] = cell.Output.Length == 0 ? [] : new JsonArray(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = cell.Output + "\n" }),
                ["source"] = cell.Source,
            })]),
            ["metadata"] = new JsonObject(),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(lab.Link, "/api/contents/n.ipynb?token=t"));
        request.Content = new StringContent(new JsonObject { ["type"] = "notebook", ["content"] = content }.ToJsonString());
        (await client.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    private static IEnumerable<string> Sources(string path) =>
        JsonNode.Parse(File.ReadAllText(path))!["cells"]!.AsArray().Select(cell => string.Concat(cell!["source"]!.AsArray().Select(line => (string)line!)));
}
