using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Tests.Kernels;
using Holdfast.Lab.Tests.Recording;
using Holdfast.Lab.Tests.Terminals;

namespace Holdfast.Lab.Tests.Activity;

/// <summary>What the lab says keeps its machine at work.</summary>
public sealed class ActivityTests(KeeperFixture keeper)
{
    private const string Route = "/api/activity";

    [Fact]
    public async Task Kernel_IsBusyWhileItRunsAndNotWhileItAsks()
    {
        await using var notebook = await RecordedNotebook.StartAsync(keeper, ["x"]);
        using var page = await notebook.OpenPageAsync();
        Assert.Null(await BusyAsync());

        await page.ExecuteAsync("import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\ninput('more? ')", stdin: true, cell: "c0");
        var busy = await WaitAsync(notebook, _ => true);
        Assert.Equal(("kernel", RecordedNotebook.Name), ((string?)busy["kind"], (string?)busy["name"]));
        var before = (string?)(await notebook.Lab.GetAsync(Route))["last_input"];
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);

        // Its question is somebody's turn.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await BusyAsync() is not null) await Task.Delay(20, limit.Token);
        Assert.True(string.CompareOrdinal((string?)(await notebook.Lab.GetAsync(Route))["last_input"], before) > 0);

        async Task<JsonNode?> BusyAsync() => Find(await notebook.Lab.GetAsync(Route), notebook.Kernel);
    }

    [Fact]
    public async Task Page_ThatOnlyLooks_IsNoInput()
    {
        await using var notebook = await RecordedNotebook.StartAsync(keeper, ["x"]);
        using var page = await notebook.OpenPageAsync();
        var before = (string?)(await notebook.Lab.GetAsync(Route))["last_input"];

        var info = await page.RequestAsync("shell", "kernel_info_request", []);
        await page.ReadUntilAsync(message => message.Type == "kernel_info_reply");
        await page.RequestAsync("shell", "comm_info_request", new JsonObject { ["target_name"] = "jupyter.widget" });
        await page.ReadUntilAsync(message => message.Type == "comm_info_reply");
        await notebook.Lab.GetAsync("/api/kernels");

        Assert.NotEmpty(info);
        Assert.Equal(before, (string?)(await notebook.Lab.GetAsync(Route))["last_input"]);
        await page.ReadExecutionAsync(await page.ExecuteAsync("1", cell: "c0"));
        Assert.True(string.CompareOrdinal((string?)(await notebook.Lab.GetAsync(Route))["last_input"], before) > 0);
    }

    [Fact]
    public async Task Request_ThatChangesSomething_IsInputAndOneThatReadsIsNot()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        var before = await LastInputAsync(lab);

        await lab.SendAsync(HttpMethod.Get, "/api/contents");
        await lab.SendAsync(HttpMethod.Get, "/api/status");
        Assert.Equal(before, await LastInputAsync(lab));
        await lab.SendAsync(HttpMethod.Put, "/api/contents/a.txt", """{"type":"file","format":"text","content":"a"}""");

        Assert.True(string.CompareOrdinal(await LastInputAsync(lab), before) > 0);
        await lab.SendAsync(HttpMethod.Delete, $"/api/terminals/{name}");
    }

    [Fact]
    public async Task Terminal_IsBusyWithItsCommandAndNotWithAShell()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var page = await lab.OpenAsync(name);
        await page.TypeAsync("bash --norc\r");
        await page.TypeAsync("echo in$((1+1))side\r");
        await page.SeeAsync("in2side");
        Assert.Null(Find((await lab.SendAsync(HttpMethod.Get, Route)).Body!, $"terminals/{name}"));

        await page.TypeAsync("sleep 1000\r");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonNode? busy;
        while ((busy = Find((await lab.SendAsync(HttpMethod.Get, Route)).Body!, $"terminals/{name}")) is null) await Task.Delay(20, limit.Token);
        Assert.Equal(("terminal", "sleep 1000"), ((string?)busy["kind"], (string?)busy["name"]));
        await lab.SendAsync(HttpMethod.Delete, $"/api/terminals/{name}");
    }

    [Fact]
    public async Task Command_WithATerminalOfItsOwn_IsBusyUntilItEnds()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = Guid.NewGuid().ToString("N");
        var started = await keeper.Client.StartTerminalAsync(
            new TerminalStart { Name = name, Argv = ["/bin/sh", "-c", "until [ -e go ]; do sleep 0.02; done"], Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, WorkingFolder = lab.Root },
            TestContext.Current.CancellationToken);
        Assert.True(started.Ok, started.Failure?.Message);

        Assert.Equal("command", (string?)Find((await lab.SendAsync(HttpMethod.Get, Route)).Body!, $"terminals/{name}")?["kind"]);
        await File.WriteAllTextAsync(Path.Combine(lab.Root, "go"), "", TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Find((await lab.SendAsync(HttpMethod.Get, Route)).Body!, $"terminals/{name}") is not null) await Task.Delay(20, limit.Token);
    }

    [Fact]
    public async Task Warning_IsWrittenIntoTerminalsWithoutWhatSteersThem()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var page = await lab.OpenAsync(name);
        await page.TypeAsync("cat\r");
        await page.SeeAsync("cat");

        Assert.Equal(HttpStatusCode.BadRequest, (await lab.SendAsync(HttpMethod.Post, $"{Route}/warning", """{"text":""}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Post, $"{Route}/warning", """{"text":"stops\u001b[2J at noon","until":"2026-11-21T12:00:00Z"}""")).Status);

        await page.SeeAsync("Holdfast: stops[2J at noon");
        Assert.Equal("2026-11-21T12:00:00.000000Z", (string?)(await lab.SendAsync(HttpMethod.Get, Route)).Body!["warning"]!["until"]);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, $"{Route}/warning")).Status);
        await page.SeeAsync("and stays.");
        await lab.SendAsync(HttpMethod.Delete, $"/api/terminals/{name}");
    }

    private static JsonNode? Find(JsonNode activity, string id) => activity["busy"]!.AsArray().FirstOrDefault(thing => (string?)thing!["id"] == id);

    private static async Task<string?> LastInputAsync(TerminalHost lab) => (string?)(await lab.SendAsync(HttpMethod.Get, Route)).Body!["last_input"];

    private static async Task<JsonNode> WaitAsync(RecordedNotebook notebook, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (Find(await notebook.Lab.GetAsync(Route), notebook.Kernel) is { } thing && condition(thing)) return thing;
            await Task.Delay(20, limit.Token);
        }
    }
}
