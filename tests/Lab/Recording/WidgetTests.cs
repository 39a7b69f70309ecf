using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;
using static Holdfast.Lab.Tests.Recording.RecordedNotebook;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>Widgets come into the notebook's metadata, stay there, and are told to pages that ask while the kernel is busy.</summary>
public sealed class WidgetTests(KeeperFixture keeper)
{
    private const string UntilGo = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\n";

    /// <summary>The first widget that a cell of <c>progress</c> shows comes behind its style and its layout; ids count all that are made.</summary>
    private const int Bar = 3;

    [Fact]
    public async Task Widgets_LabRestartedBetweenTwoCells_AreAllInTheFile()
    {
        await using var notebook = await StartAsync(keeper, [WidgetNotebook.Definitions, "bar", "out", "last"]);
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        await RunAsync(notebook, "out = Output()\ndisplay(out)\nbar = progress(9)\nbar.set(value=1, description='x' * 9000)\nwith out: print('before')\ndisplay(bar)", "c1");
        await notebook.WaitForFileAsync(file => CountOf(file, 1) is not null);
        await notebook.RestartLabAsync(keeper);
        await RunAsync(notebook, "bar.set(value=2)\nwith out: print('after')", "c2");

        await notebook.WaitUntilWholeAsync(keeper);
        var file = await notebook.ReadFileAsync();

        Assert.Equal(2, (int?)WidgetNotebook.Value(file, 5, "value"));
        Assert.Equal(9000, ((string?)WidgetNotebook.Value(file, 5, "description"))?.Length);
        Assert.Equal("before\nafter\n", string.Concat(WidgetNotebook.Value(file, 2, "outputs")!.AsArray().Select(output => (string?)output!["text"])));
        Assert.Equal("", TextOf(file, 2));
    }

    [Fact]
    public async Task Save_PageThatKnowsNoWidgets_KeepsThemAndWhatItSaysItself()
    {
        await using var notebook = await StartAsync(keeper, [WidgetNotebook.Definitions, "bar"]);
        var before = (string?)(await notebook.GetAsync())["hash"];
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        await RunAsync(notebook, "bar = progress(9)\ndisplay(bar)\nbar.set(value=4)", "c1");
        await notebook.WaitForFileAsync(file => WidgetNotebook.States(file).Count == 3 && CountOf(file, 1) is not null);
        Assert.Equal(before, (string?)(await notebook.GetAsync())["hash"]);

        var stale = Model([WidgetNotebook.Definitions, "bar"]);
        stale["metadata"]!["mine"] = new JsonObject { ["a"] = 1 };
        await notebook.SaveAsync(stale);

        var file = await notebook.ReadFileAsync();
        Assert.Equal(4, (int?)WidgetNotebook.Value(file, Bar, "value"));
        Assert.Equal("""{"a":1}""", file["metadata"]!["mine"]!.ToJsonString());
    }

    [Fact]
    public async Task Save_KernelIsGone_KeepsTheWidgetsThatOutputsShow()
    {
        await using var notebook = await StartAsync(keeper, [WidgetNotebook.Definitions, "bar"]);
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        await RunAsync(notebook, "bar = progress(9)\ndisplay(bar)", "c1");
        await notebook.WaitUntilWholeAsync(keeper);
        var file = await notebook.ReadFileAsync();
        await notebook.Lab.SendAsync(HttpMethod.Delete, $"/api/kernels/{notebook.Kernel}");
        await notebook.RestartLabAsync(keeper);

        var stale = file.DeepClone().AsObject();
        stale["metadata"]!.AsObject().Remove("widgets");
        await notebook.SaveAsync(stale);
        Assert.Equal(3, WidgetNotebook.States(await notebook.ReadFileAsync()).Count);

        foreach (var cell in stale["cells"]!.AsArray())
            cell!["outputs"] = new JsonArray();
        // A lab that has just begun may still bring in what the kernel sent last: until it has, it keeps the outputs that it knows.
        await notebook.WaitForFileAsync(file =>
        {
            notebook.SaveAsync(stale).GetAwaiter().GetResult();
            return WidgetNotebook.States(file).Count == 0;
        });
    }

    [Fact]
    public async Task Run_KernelRestarted_ForgetsWhatNoOutputShowsAnyMore()
    {
        await using var notebook = await StartAsync(keeper, [WidgetNotebook.Definitions, "one", "two"]);
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        await RunAsync(notebook, "made.update({n: None for n in range(10)})\ndisplay(progress(1))", "c1");
        await RunAsync(notebook, "display(progress(2))", "c2");
        await notebook.WaitForFileAsync(file => WidgetNotebook.States(file).Count == 6 && CountOf(file, 2) is not null);
        await notebook.Lab.SendAsync(HttpMethod.Post, $"/api/kernels/{notebook.Kernel}/restart");
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        await RunAsync(notebook, "display(progress(3))", "c2");

        var file = await notebook.WaitForFileAsync(file => WidgetNotebook.Value(file, Bar, "max") is not null);

        Assert.Equal(1, (int?)WidgetNotebook.Value(file, 13, "max"));
        Assert.Equal(3, (int?)WidgetNotebook.Value(file, Bar, "max"));
        Assert.Equal(6, WidgetNotebook.States(file).Count);
    }

    [Fact]
    public async Task Run_WithoutWidgets_LeavesTheMetadataAlone()
    {
        await using var notebook = await StartAsync(keeper, ["1"]);
        await RunAsync(notebook, "1", "c0");

        await notebook.WaitUntilWholeAsync(keeper);
        var file = await notebook.ReadFileAsync();

        Assert.Equal("{}", file["metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task Widgets_AskedWhileTheKernelIsBusy_AreAnsweredFromTheRecord()
    {
        await using var notebook = await StartAsync(keeper, [WidgetNotebook.Definitions, "run"]);
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        using var page = await notebook.OpenPageAsync();
        var run = await page.ExecuteAsync($"bar = progress(9)\npicture = image(b'picture')\nhtml('closed').close()\nbar.set(value=7)\nprint('now', flush=True)\n{UntilGo}bar.set(value=8)", cell: "c1");
        await page.ReadUntilAsync(message => message.Type == "stream");

        using var later = await notebook.OpenPageAsync("later");
        var answer = await AskAsync(later);
        var states = answer.Content["data"]!["states"]!;
        Assert.Null(answer.Content["data"]!["from"]);
        Assert.Equal(7, (int?)states[WidgetNotebook.Id(Bar)]!["state"]!["value"]);
        Assert.Equal("IntProgressModel", (string?)states[WidgetNotebook.Id(Bar)]!["model_name"]);
        Assert.Equal($"""[["{WidgetNotebook.Id(Bar + 2)}","value"]]""", answer.Content["data"]!["buffer_paths"]!.ToJsonString());
        Assert.Equal("picture"u8.ToArray(), Assert.Single(answer.Buffers));
        Assert.DoesNotContain(states.AsObject(), widget => (string?)widget.Value!["model_name"] == "HTMLModel");

        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);
        await page.ReadExecutionAsync(run);
        answer = await AskAsync(later);
        Assert.Equal("kernel", (string?)answer.Content["data"]!["from"]);
        Assert.Equal(8, (int?)answer.Content["data"]!["states"]![WidgetNotebook.Id(Bar)]!["state"]!["value"]);
    }

    [Fact]
    public async Task Widgets_AskedWhereAnOutputWidgetHasCaptured_AreAnsweredWithIt()
    {
        await using var notebook = await StartAsync(keeper, [WidgetNotebook.Definitions, "out"]);
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        await RunAsync(notebook, "out = Output()\nwith out: print('captured')", "c1");

        using var later = await notebook.OpenPageAsync("later");
        var answer = await AskAsync(later);

        Assert.Equal("captured\n", (string?)answer.Content["data"]!["states"]![WidgetNotebook.Id(2)]!["state"]!["outputs"]![0]!["text"]);
    }

    [Fact]
    public async Task State_ChangedByAPage_IsKeptButNotWhatThePageShowsOfCapturedOutputs()
    {
        await using var notebook = await StartAsync(keeper, [WidgetNotebook.Definitions, "out"]);
        await RunAsync(notebook, WidgetNotebook.Definitions, "c0");
        await RunAsync(notebook, "out = Output()\nbar = progress(9)\nwith out: print('captured')", "c1");
        using (var page = await notebook.OpenPageAsync())
        {
            await UpdateAsync(page, 2, new JsonObject { ["outputs"] = new JsonArray() });
            await UpdateAsync(page, 5, new JsonObject { ["value"] = 6 });
            await page.ReadUntilAsync(message => message.Type == "comm_msg" && (string?)message.Content["data"]!["method"] == "echo_update" && message.Content["data"]!["state"]!["value"] is not null);
        }
        await RunAsync(notebook, "with out: print('more')", "c1");

        await notebook.WaitUntilWholeAsync(keeper);
        var file = await notebook.ReadFileAsync();

        Assert.Equal(6, (int?)WidgetNotebook.Value(file, 5, "value"));
        Assert.Equal("captured\nmore\n", string.Concat(WidgetNotebook.Value(file, 2, "outputs")!.AsArray().Select(output => (string?)output!["text"])));
    }

    private static async Task RunAsync(RecordedNotebook notebook, string source, string cell)
    {
        using var page = await notebook.OpenPageAsync();
        await page.ReadExecutionAsync(await page.ExecuteAsync(source, cell: cell));
    }

    private static Task<string> UpdateAsync(PageClient page, int widget, JsonObject state) => page.RequestAsync("shell", "comm_msg", new JsonObject
    {
        ["comm_id"] = WidgetNotebook.Id(widget),
        ["data"] = new JsonObject { ["method"] = "update", ["state"] = state, ["buffer_paths"] = new JsonArray() },
    });

    /// <summary>Asks for all widgets as jupyterlab-manager does.</summary>
    private static async Task<PageMessage> AskAsync(PageClient page)
    {
        var comm = Guid.NewGuid().ToString("N");
        await page.RequestAsync("shell", "comm_open", new JsonObject { ["comm_id"] = comm, ["target_name"] = "jupyter.widget.control", ["data"] = new JsonObject() });
        var request = await page.RequestAsync("shell", "comm_msg", new JsonObject { ["comm_id"] = comm, ["data"] = new JsonObject { ["method"] = "request_states" } });
        var answer = (await page.ReadUntilAsync(message => message.Type == "comm_msg" && (string?)message.Content["comm_id"] == comm))[^1];
        Assert.Equal(request, answer.Parent);
        await page.RequestAsync("shell", "comm_close", new JsonObject { ["comm_id"] = comm, ["data"] = new JsonObject() });
        return answer;
    }
}
