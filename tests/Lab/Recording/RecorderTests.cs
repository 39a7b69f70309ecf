using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;
using static Holdfast.Lab.Tests.Recording.RecordedNotebook;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>What kernels send comes into the notebook's file, page or no page.</summary>
public sealed class RecorderTests(KeeperFixture keeper)
{
    [Fact]
    public async Task Run_NobodyConnected_IsInTheFile()
    {
        await using var notebook = await StartAsync(keeper, ["import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('a')\nprint('b')", "6 * 7"]);
        using (var page = await notebook.OpenPageAsync())
        {
            await page.ExecuteAsync("import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('a')\nprint('b')", cell: "c0");
            await page.ExecuteAsync("6 * 7", cell: "c1");
            await page.ReadUntilAsync(message => message.Type == "execute_input");
        }
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);

        var file = await notebook.WaitForFileAsync(file => TextOf(file, 1).Length > 0);

        Assert.Equal("a\nb\n", TextOf(file, 0));
        Assert.Equal(1, CountOf(file, 0));
        Assert.Equal("42", TextOf(file, 1));
        Assert.Equal(2, CountOf(file, 1));
    }

    [Fact]
    public async Task Save_PageThatSleptSinceBeforeTheRun_KeepsTheOutputsAndTakesTheSources()
    {
        await using var notebook = await StartAsync(keeper, ["print('kept')", "1"]);
        await RunAsync(notebook, "print('kept')", "c0");

        var stale = Model(["print('kept')", "2"]);
        var answer = await notebook.SaveAsync(stale, Statement(["c0", "c1"]));

        var file = await notebook.ReadFileAsync();
        Assert.Equal("kept\n", TextOf(file, 0));
        Assert.Equal("2", (string?)file["cells"]![1]!["source"]![0]);
        Assert.Equal("[0]", answer["holdfast"]!["kept"]!.ToJsonString());
    }

    [Fact]
    public async Task Save_PageThatClearedWhatItSaw_ClearsIt()
    {
        await using var notebook = await StartAsync(keeper, ["print('gone')"]);
        var request = await RunAsync(notebook, "print('gone')", "c0");

        var answer = await notebook.SaveAsync(Model(["print('gone')"]), Statement(["c0"], new JsonObject { ["c0"] = request }));

        Assert.Equal("[]", answer["holdfast"]!["kept"]!.ToJsonString());
        Assert.Empty((await notebook.ReadFileAsync())["cells"]![0]!["outputs"]!.AsArray());
        // And they do not come back with the next save of a page that says nothing of it.
        await notebook.SaveAsync(Model(["print('gone')"]), Statement(["c0"]));
        Assert.Empty((await notebook.ReadFileAsync())["cells"]![0]!["outputs"]!.AsArray());
    }

    [Fact]
    public async Task Save_PageThatClearedAnOlderRun_KeepsTheNewerOne()
    {
        await using var notebook = await StartAsync(keeper, ["print('x')"]);
        var older = await RunAsync(notebook, "print('x')", "c0");
        await RunAsync(notebook, "print('x')", "c0", count: 2);

        await notebook.SaveAsync(Model(["print('x')"]), Statement(["c0"], new JsonObject { ["c0"] = older }));

        Assert.Equal("x\n", TextOf(await notebook.ReadFileAsync(), 0));
    }

    [Fact]
    public async Task Save_PageThatDeletedACell_IsKnownToALabAfterAKill()
    {
        await using var notebook = await StartAsync(keeper, ["print('gone')", "1"]);
        var request = await RunAsync(notebook, "print('gone')", "c0");
        await notebook.WaitUntilWholeAsync(keeper);
        var without = Model(["print('gone')", "1"]);
        without["cells"]!.AsArray().RemoveAt(0);

        await notebook.SaveAsync(without, Statement(["c1"], null, request));

        // What such a lab begins with.
        var kept = await File.ReadAllTextAsync(Path.Combine(keeper.Client.Find(notebook.Kernel)!.Folder, "recording.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"IsDropped\":true", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_CellEditedWhileItRan_KeepsTheOutputsWithTheCell()
    {
        await using var notebook = await StartAsync(keeper, ["'other'", "print('mine')"]);
        await RunAsync(notebook, "print('mine')", "c1", index: 1);

        await notebook.SaveAsync(Model(["'other'", "print('edited')"]), Statement(["c0", "c1"]));

        var file = await notebook.ReadFileAsync();
        Assert.Equal("", TextOf(file, 0));
        Assert.Equal("mine\n", TextOf(file, 1));
    }

    [Fact]
    public async Task Recorder_Writes_NeitherHashNorTimeChange()
    {
        await using var notebook = await StartAsync(keeper, ["print(1)"]);
        var before = await notebook.GetAsync();

        await RunAsync(notebook, "print(1)", "c0");

        var after = await notebook.GetAsync();
        Assert.Equal((string?)before["hash"], (string?)after["hash"]);
        Assert.Equal((string?)before["last_modified"], (string?)after["last_modified"]);
        await notebook.RestartLabAsync(keeper);
        Assert.Equal((string?)before["last_modified"], (string?)(await notebook.GetAsync())["last_modified"]);
    }

    [Fact]
    public async Task Run_CellThatWasNeverSaved_IsPutIntoItsPlaceAndNoPageIsAsked()
    {
        await using var notebook = await StartAsync(keeper, ["x = 1", "x = 2"]);
        var before = await notebook.GetAsync();
        await RunAsync(notebook, "x = 1", "c0", hasOutputs: false);
        using (var page = await notebook.OpenPageAsync())
            await page.ReadExecutionAsync(await page.ExecuteAsync("print('new')", cell: "fresh"));

        var file = await notebook.WaitForFileAsync(file => file["cells"]!.AsArray().Count == 3 && TextOf(file, 1).Length > 0);

        Assert.Equal("fresh", (string?)file["cells"]![1]!["id"]);
        Assert.Equal("new\n", TextOf(file, 1));
        Assert.Equal((string?)before["hash"], (string?)(await notebook.GetAsync(withContent: false))["hash"]);
        // A page that never saw the cell does not take it away, one that knows it does.
        await notebook.SaveAsync(Model(["x = 1", "x = 2"]), Statement(["c0", "c1"]));
        Assert.Equal("new\n", TextOf(await notebook.ReadFileAsync(), 1));
    }

    [Fact]
    public async Task Run_NotebookWithoutCellIds_GoesByPlaceAndSource()
    {
        await using var notebook = await StartAsync(keeper, ["print('same')", "print('same')", "print('third')"], minor: 2);
        await notebook.SaveAsync(Model(["print('same')", "print('same')", "print('third')"], 2), Statement(["p", "q", "r"]));
        using (var page = await notebook.OpenPageAsync())
        {
            await page.ExecuteAsync("print('same')", cell: "q");
            await page.ReadExecutionAsync(await page.ExecuteAsync("print('third')", cell: "r"));
        }

        var file = await notebook.WaitForFileAsync(file => TextOf(file, 2).Length > 0);

        Assert.Equal("", TextOf(file, 0));
        Assert.Equal("same\n", TextOf(file, 1));
        Assert.Equal("third\n", TextOf(file, 2));
    }

    [Fact]
    public async Task Checkout_InTheMiddleOfARun_TakesItsSourcesAndGetsAllOutputs()
    {
        const string Waiting = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('second')";
        await using var notebook = await StartAsync(keeper, ["print('first')", Waiting]);
        using var page = await notebook.OpenPageAsync();
        await page.ExecuteAsync("print('first')", cell: "c0");
        var last = await page.ExecuteAsync(Waiting, cell: "c1");
        await notebook.WaitForFileAsync(file => TextOf(file, 0) == "first\n");

        await File.WriteAllTextAsync(notebook.File + "~", Model(["print('from git')", Waiting]).ToJsonString(), TestContext.Current.CancellationToken);
        File.Move(notebook.File + "~", notebook.File, overwrite: true);
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);
        await page.ReadExecutionAsync(last);

        var file = await notebook.WaitForFileAsync(file => CountOf(file, 1) is not null && TextOf(file, 1) == "second\n");
        Assert.Contains("from git", file["cells"]![0]!["source"]!.ToJsonString());
        Assert.Equal("first\n", TextOf(file, 0));
    }

    [Fact]
    public async Task Checkout_AfterTheRun_Stands()
    {
        await using var notebook = await StartAsync(keeper, ["print('run')"]);
        await RunAsync(notebook, "print('run')", "c0");
        await notebook.WaitUntilWholeAsync(keeper);

        await File.WriteAllTextAsync(notebook.File, Model(["print('run')"]).ToJsonString(), TestContext.Current.CancellationToken);

        Assert.Equal("", TextOf((await notebook.GetAsync())["content"]!, 0));
        await notebook.SaveAsync(Model(["print('run')"]), Statement(["c0"]));
        Assert.Equal("", TextOf(await notebook.ReadFileAsync(), 0));
    }

    [Fact]
    public async Task Rename_InTheMiddleOfARun_IsFollowed()
    {
        const string Waiting = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('done')";
        await using var notebook = await StartAsync(keeper, [Waiting]);
        using var page = await notebook.OpenPageAsync();
        var run = await page.ExecuteAsync(Waiting, cell: "c0");
        await page.ReadUntilAsync(message => message.Type == "execute_input");

        await notebook.Lab.SendAsync(HttpMethod.Patch, $"/api/contents/{Name}", """{"path": "renamed.ipynb"}""");
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);
        await page.ReadExecutionAsync(run);

        File.CreateSymbolicLink(notebook.File, Path.Combine(notebook.Lab.Root, "renamed.ipynb"));
        Assert.Equal("done\n", TextOf(await notebook.WaitForFileAsync(file => TextOf(file, 0).Length > 0), 0));
    }

    [Fact]
    public async Task Delete_InTheMiddleOfARun_TheFileIsNotMadeAgain()
    {
        const string Waiting = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('done')";
        await using var notebook = await StartAsync(keeper, [Waiting]);
        using var page = await notebook.OpenPageAsync();
        var run = await page.ExecuteAsync(Waiting, cell: "c0");
        await page.ReadUntilAsync(message => message.Type == "execute_input");

        File.Delete(notebook.File);
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);
        await page.ReadExecutionAsync(run);

        await WaitForStatusAsync(notebook, status => (string?)status["problem"] is not null);
        Assert.False(File.Exists(notebook.File));
    }

    [Fact]
    public async Task Restart_LabInTheMiddleOfARun_GoesOn()
    {
        const string Waiting = "import os, time\nprint('before')\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('after')";
        await using var notebook = await StartAsync(keeper, [Waiting]);
        using (var page = await notebook.OpenPageAsync())
        {
            await page.ExecuteAsync(Waiting, cell: "c0");
            await page.ReadUntilAsync(message => message.Type == "stream");
        }

        await notebook.RestartLabAsync(keeper);
        Assert.Equal("before\n", TextOf((await notebook.GetAsync())["content"]!, 0));
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);

        Assert.Equal("before\nafter\n", TextOf(await notebook.WaitForFileAsync(file => TextOf(file, 0).EndsWith("after\n", StringComparison.Ordinal)), 0));
    }

    [Fact]
    public async Task Shutdown_KernelThatJustPrinted_IsWrittenBeforeItIsForgotten()
    {
        await using var notebook = await StartAsync(keeper, ["print('last')"]);
        using (var page = await notebook.OpenPageAsync())
        {
            await page.ReadExecutionAsync(await page.ExecuteAsync("print('last')", cell: "c0"));
            await notebook.Lab.SendAsync(HttpMethod.Delete, $"/api/kernels/{notebook.Kernel}");
        }

        Assert.Equal("last\n", TextOf(await notebook.WaitForFileAsync(file => TextOf(file, 0).Length > 0), 0));
    }

    /// <summary>Runs a cell and waits until the file has it.</summary>
    private static async Task<string> RunAsync(RecordedNotebook notebook, string source, string cell, int count = 1, int index = 0, bool hasOutputs = true)
    {
        using var page = await notebook.OpenPageAsync();
        var request = await page.ExecuteAsync(source, cell: cell);
        await page.ReadExecutionAsync(request);
        await notebook.WaitForFileAsync(file => CountOf(file, index) == count && (TextOf(file, index).Length > 0) == hasOutputs);
        await WaitForStatusAsync(notebook, status => (int?)status["running"] == 0);
        return request;
    }

    private static async Task WaitForStatusAsync(RecordedNotebook notebook, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition(await notebook.Lab.GetAsync($"/api/recording/status?path={Name}")))
            await Task.Delay(10, limit.Token);
    }

    private static JsonObject Statement(string[] cells, JsonObject? cleared = null, params string[] known) => new()
    {
        ["cells"] = new JsonArray([.. cells.Select(cell => (JsonNode)cell)]),
        ["known"] = new JsonArray([.. known.Select(id => (JsonNode)id)]),
        ["cleared"] = cleared ?? [],
    };
}
