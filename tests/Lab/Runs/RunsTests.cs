using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;
using Holdfast.Lab.Tests.Recording;

namespace Holdfast.Lab.Tests.Runs;

/// <summary>What the run panel says, and whom it tells.</summary>
public sealed class RunsTests(KeeperFixture keeper)
{
    private const string UntilGo = "\nimport os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\n";

    [Theory]
    [InlineData("print('first'); print('\\rEpoch 1:  37%|###   | 12:01<03:00', end='', flush=True)", 0.37, "Epoch 1:  37%|###   | 12:01<03:00")]
    [InlineData("print('step 25 / 100', flush=True)", 0.25, "step 25 / 100")]
    [InlineData("print('loss 0.5 on 2026/11/21, 101/100', flush=True)", null, "loss 0.5 on 2026/11/21, 101/100")]
    public async Task Runs_ACellAtWork_SayItsProgressAndItsLastLine(string print, double? progress, string line)
    {
        await using var notebook = await RecordedNotebook.StartAsync(keeper, ["x = 1", print + UntilGo, "print('next')"]);
        using var page = await notebook.OpenPageAsync();
        await page.ReadExecutionAsync(await page.ExecuteAsync("x = 1", cell: "c0"));
        await page.ExecuteAsync("# Train\n" + print + UntilGo, cell: "c1");
        var next = await page.ExecuteAsync("print('next')", cell: "c2");

        var run = await WaitAsync(notebook, run => (string?)run["last_line"] == line && (int?)run["waiting"] == 1 && (int?)run["cell"] == 2);

        Assert.Equal(("running", RecordedNotebook.Name, "Train", 3), ((string?)run["state"], (string?)run["path"], (string?)run["description"], (int?)run["cells"]));
        Assert.Equal(progress, (double?)run["progress"]);
        Assert.InRange((long)run["memory"]!, 1_000_000, 2_000_000_000);
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);
        // The first one's idle may come after the reply to this one: they have different sockets.
        await page.ReadExecutionAsync(next);
        run = await WaitAsync(notebook, run => (string?)run["state"] == "done" && (string?)run["last_line"] == "next");
        Assert.Equal(0, (int?)run["waiting"]);
    }

    [Fact]
    public async Task Notice_OfARunThatFails_IsPostedOnce()
    {
        await using var notebook = await RecordedNotebook.StartAsync(keeper, ["x"]);
        using var page = await notebook.OpenPageAsync();
        using var listener = new HttpListener();
        var address = $"http://localhost:{FreePort.Next()}/hook/";
        listener.Prefixes.Add(address);
        listener.Start();
        var route = $"/api/runs/{notebook.Kernel}/notice";
        Assert.Equal(HttpStatusCode.BadRequest, (await notebook.Lab.SendAsync(HttpMethod.Put, route, """{"url":"file:///etc/passwd"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await notebook.Lab.SendAsync(HttpMethod.Put, "/api/runs/none/notice", $$"""{"url":"{{address}}"}""")).Status);
        var running = await page.ExecuteAsync($"print('at work', flush=True){UntilGo}raise ValueError('bad shapes')", cell: "c0");
        await WaitAsync(notebook, run => (string?)run["last_line"] == "at work");

        Assert.Equal(HttpStatusCode.NoContent, (await notebook.Lab.SendAsync(HttpMethod.Put, route, $$"""{"url":"{{address}}"}""")).Status);
        Assert.True((bool)(await WaitAsync(notebook, run => (bool)run["notice"]!))["notice"]!);
        await notebook.RestartLabAsync(keeper);
        await File.WriteAllTextAsync(Path.Combine(notebook.Lab.Root, "go"), "", TestContext.Current.CancellationToken);

        var posted = await listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var notice = (await JsonNode.ParseAsync(posted.Request.InputStream, cancellationToken: TestContext.Current.CancellationToken))!;
        posted.Response.Close();
        Assert.Equal(("POST", "failed", RecordedNotebook.Name), (posted.Request.HttpMethod, (string?)notice["state"], (string?)notice["notebook"]));
        Assert.Equal($"{RecordedNotebook.Name}: failed – ValueError: bad shapes", (string?)notice["text"]);
        await WaitAsync(notebook, run => !(bool)run["notice"]!);
    }

    private static async Task<JsonNode> WaitAsync(RecordedNotebook notebook, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var (_, runs, _) = await notebook.Lab.SendAsync(HttpMethod.Get, "/api/runs");
            if (runs!.AsArray().FirstOrDefault(run => (string?)run!["kernel"] == notebook.Kernel) is { } run && condition(run))
                return run;
            Assert.False(limit.IsCancellationRequested, runs.ToString());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
