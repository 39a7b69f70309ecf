using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;
using static Holdfast.Lab.Tests.Recording.RecordedNotebook;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>The recorder beside what else there is: other labs, other clients, history, trust, retention.</summary>
public sealed class RecorderSurroundingsTests(KeeperFixture keeper)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Labs_TwoOnOneFolder_TheOtherAnswersTheSameAndTakesOver()
    {
        await using var notebook = await StartAsync(keeper, ["print('first')", "print('second')"]);
        await using var other = await keeper.StartLabAsync(notebook.Lab);
        await RunAsync(notebook, "print('first')", "c0");
        await notebook.WaitUntilWholeAsync(keeper);

        // The one that does not write knows that the other has it all in the file: what a user clears there does not come back here.
        await WaitAsync(other, $"/api/contents/{Name}", model => TextOf(model["content"]!, 0) == "first\n");
        var file = await notebook.ReadFileAsync();
        file["cells"]![0]!["outputs"] = new JsonArray();
        await File.WriteAllTextAsync(notebook.File, file.ToJsonString(), TestContext.Current.CancellationToken);
        await WaitAsync(other, $"/api/contents/{Name}", model => TextOf(model["content"]!, 0).Length == 0);

        await notebook.Lab.DisposeAsync();
        using (var page = await other.OpenPageAsync(notebook.Kernel, "page"))
            await page.ReadExecutionAsync(await page.ExecuteAsync("print('second')", cell: "c1"));
        var written = await notebook.WaitForFileAsync(now => TextOf(now, 1) == "second\n");
        Assert.Equal("", TextOf(written, 0));
    }

    [Fact]
    public async Task Save_ClientThatSaysNothingOfItself_DoesNotEraseWhatItHasNotSeen()
    {
        await using var notebook = await StartAsync(keeper, ["print('kept')"]);
        await RunAsync(notebook, "print('kept')", "c0");

        await notebook.SaveAsync(Model(["print('kept') # edited"]));

        var file = await notebook.ReadFileAsync();
        Assert.Equal("kept\n", TextOf(file, 0));
        Assert.Contains("edited", (string)file["cells"]![0]!["source"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notebooks_TwoOnOneKernel_EachGetsItsOwn()
    {
        await using var notebook = await StartAsync(keeper, ["print('mine')"]);
        var second = Model(["print('yours')"]);
        second["cells"]![0]!["id"] = "other";
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "second.ipynb"), second.ToJsonString(), TestContext.Current.CancellationToken);
        var (status, _, _) = await notebook.Lab.SendAsync(
            HttpMethod.Post, "/api/sessions", $$$"""{"path": "second.ipynb", "type": "notebook", "name": "", "kernel": {"id": "{{{notebook.Kernel}}}"}}""");
        Assert.Equal(HttpStatusCode.Created, status);

        using var page = await notebook.OpenPageAsync();
        await page.ReadExecutionAsync(await page.ExecuteAsync("print('yours')", cell: "other"));
        await page.ReadExecutionAsync(await page.ExecuteAsync("print('mine')", cell: "c0"));

        var mine = await notebook.WaitForFileAsync(file => CountOf(file, 0) == 2 && TextOf(file, 0).Length > 0);
        Assert.Equal("mine\n", TextOf(mine, 0));
        await WaitAsync(notebook.Lab, "/api/contents/second.ipynb", model => CountOf(model["content"]!, 0) == 1 && TextOf(model["content"]!, 0) == "yours\n");
    }

    [Fact]
    public async Task Run_OfATrustedNotebook_IsTrustedAfterItAndAnotherIsNot()
    {
        const string Source = "from IPython.display import HTML\nHTML('<b>bold</b>')";
        await using var notebook = await StartAsync(keeper, [Source, "1"]);
        var foreign = Model([Source, "1"]);
        foreign["cells"]![1]!["outputs"] = new JsonArray(JsonNode.Parse("""{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script></script>"}}"""));
        await File.WriteAllTextAsync(notebook.File, foreign.ToJsonString(), TestContext.Current.CancellationToken);

        await RunAsync(notebook, Source, "c0");
        Assert.False(IsTrusted(await notebook.GetAsync(), 1));
        Assert.Equal(HttpStatusCode.Created, (await notebook.Lab.SendAsync(HttpMethod.Post, $"/api/contents/{Name}/trust")).Status);
        await RunAsync(notebook, Source, "c0", count: 2);

        Assert.True(IsTrusted(await notebook.GetAsync(), 0));
        Assert.True(IsTrusted(await notebook.GetAsync(), 1));
    }

    [Fact]
    public async Task Run_Ended_IsAVersionInTheHistory()
    {
        await using var notebook = await StartAsync(keeper, ["print('kept')"]);

        await RunAsync(notebook, "print('kept')", "c0");

        await WaitAsync(notebook.Lab, $"/api/history?path={Name}", list => list["versions"]!.AsArray().Select(version => (string)version!["kind"]!).SequenceEqual(["run", "outside"]));
    }

    [Fact]
    public async Task Run_WholeInTheFile_TheKeeperMayLetItGoAndNothingMore()
    {
        const string Much = "for n in range(120): print('x' * 99_999)";
        await using var notebook = await StartAsync(keeper, ["print('small')", Much]);
        await RunAsync(notebook, "print('small')", "c0");
        await WaitForRecordAsync(notebook, _ => keeper.Client.Find(notebook.Kernel)!.WholeUpTo > 0);

        var before = keeper.Client.Find(notebook.Kernel)!.LastSequence;
        using var page = await notebook.OpenPageAsync();
        await page.ReadExecutionAsync(await page.ExecuteAsync(Much, cell: "c1"));
        await notebook.WaitForFileAsync(file => CountOf(file, 1) == 2);
        await page.ReadExecutionAsync(await page.ExecuteAsync("print('small')", cell: "c0"));
        await notebook.WaitForFileAsync(file => CountOf(file, 0) == 3);

        // Twelve megabytes are shortened in the file, so all that came after the small run stays.
        await WaitForRecordAsync(notebook, status => (int?)status["running"] == 0);
        Assert.InRange(keeper.Client.Find(notebook.Kernel)!.WholeUpTo, 1, before);
    }

    [Fact]
    public async Task File_DamagedDuringARun_IsSaidLeftAloneAndWrittenWhenItIsWhole()
    {
        await using var notebook = await StartAsync(keeper, ["import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('late')"]);
        using var page = await notebook.OpenPageAsync();
        await page.ExecuteAsync("import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('late')", cell: "c0");
        await page.ReadUntilAsync(message => message.Type == "execute_input");
        var whole = await File.ReadAllTextAsync(notebook.File, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(notebook.File, "<<<<<<< HEAD\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);

        await WaitForRecordAsync(notebook, status => ((string?)status["problem"])?.Contains("Line 1, column 1", StringComparison.Ordinal) is true);
        Assert.Equal("<<<<<<< HEAD\n", await File.ReadAllTextAsync(notebook.File, TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(notebook.File, whole, TestContext.Current.CancellationToken);

        Assert.Equal("late\n", TextOf(await notebook.WaitForFileAsync(file => TextOf(file, 0).Length > 0), 0));
        await WaitForRecordAsync(notebook, status => status["problem"] is null);
    }

    [Fact]
    public async Task File_DamagedWhenItsKernelEnds_IsWrittenWhenItIsWhole()
    {
        await using var notebook = await StartAsync(keeper, ["import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('late')"]);
        using var page = await notebook.OpenPageAsync();
        var run = await page.ExecuteAsync("import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('late')", cell: "c0");
        await page.ReadUntilAsync(message => message.Type == "execute_input");
        var whole = await File.ReadAllTextAsync(notebook.File, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(notebook.File, "<<<<<<< HEAD\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);
        await page.ReadExecutionAsync(run);
        await WaitForRecordAsync(notebook, status => status["problem"] is not null);

        Assert.Equal(HttpStatusCode.NoContent, (await notebook.Lab.SendAsync(HttpMethod.Delete, $"/api/kernels/{notebook.Kernel}")).Status);
        await File.WriteAllTextAsync(notebook.File, whole, TestContext.Current.CancellationToken);

        Assert.Equal("late\n", TextOf(await notebook.WaitForFileAsync(file => TextOf(file, 0).Length > 0), 0));
    }

    private static bool IsTrusted(JsonNode model, int cell) => (bool?)model["content"]!["cells"]![cell]!["metadata"]!["trusted"] is true;

    private static async Task RunAsync(RecordedNotebook notebook, string source, string cell, int count = 1)
    {
        using var page = await notebook.OpenPageAsync();
        await page.ReadExecutionAsync(await page.ExecuteAsync(source, cell: cell));
        await notebook.WaitForFileAsync(file => CountOf(file, 0) == count);
        await WaitForRecordAsync(notebook, status => (int?)status["running"] == 0);
    }

    private static Task WaitForRecordAsync(RecordedNotebook notebook, Func<JsonNode, bool> condition) =>
        WaitAsync(notebook.Lab, $"/api/recording/status?path={Name}", condition);

    private static async Task WaitAsync(LabHost lab, string path, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await lab.GetAsync(path) is var answer && !condition(answer))
        {
            Assert.False(limit.IsCancellationRequested, answer.ToJsonString());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
