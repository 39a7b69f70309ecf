using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Tests.Kernels;
using Holdfast.Lab.Tests.Terminals;

namespace Holdfast.Lab.Tests.Runs;

/// <summary>What the run panel says of terminals.</summary>
public sealed class TerminalRunsTests(KeeperFixture keeper)
{
    [Fact]
    public async Task Shell_WithACommand_SaysItsProgressIsInterruptedAndTold()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var page = await lab.OpenAsync(name);
        using var listener = Listen(out var address);
        await page.TypeAsync("echo ready\r");
        await WaitAsync(lab, name, run => (string?)run["state"] == "idle" && (string?)run["last_line"] == "ready");

        await page.TypeAsync("printf 'Epoch 1:  42%%|####'; sleep 1000\r");
        var run = await WaitAsync(lab, name, run => (string?)run["state"] == "running" && (double?)run["progress"] == 0.42);
        Assert.Equal(($"Terminal {name}", "sleep 1000"), ((string?)run["name"], (string?)run["description"]));
        Assert.InRange((long)run["memory"]!, 1, 2_000_000_000);
        Assert.InRange(DateTimeOffset.Parse((string)run["started"]!, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Put, $"/api/runs/terminals/{name}/notice", $$"""{"url":"{{address}}"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Post, $"/api/runs/terminals/{name}/interrupt")).Status);

        var notice = await PostedAsync(listener);
        Assert.Equal((name, "idle", null), ((string?)notice["terminal"], (string?)notice["state"], (string?)notice["kernel"]));
        Assert.StartsWith("Epoch 1:  42%", (string?)notice["last_line"], StringComparison.Ordinal);
        await WaitAsync(lab, name, run => (string?)run["state"] == "idle" && !(bool)run["notice"]!);
        await lab.SendAsync(HttpMethod.Delete, $"/api/terminals/{name}");
    }

    [Theory]
    [InlineData("until [ -e go ]; do sleep 0.02; done; echo all is well", "done", "all is well", null)]
    [InlineData("until [ -e go ]; do sleep 0.02; done; echo out of memory; exit 3", "failed", "out of memory", "exit code 3")]
    public async Task Command_ThatHasEnded_IsShownWithItsLastLineAndTold(string script, string state, string line, string? note)
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = Guid.NewGuid().ToString("N");
        var started = await keeper.Client.StartTerminalAsync(
            new TerminalStart { Name = name, Argv = ["/bin/sh", "-c", script], Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, WorkingFolder = lab.Root },
            TestContext.Current.CancellationToken);
        Assert.True(started.Ok, started.Failure?.Message);
        using var listener = Listen(out var address);
        await WaitAsync(lab, name, run => (string?)run["state"] == "running");
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Put, $"/api/runs/terminals/{name}/notice", $$"""{"url":"{{address}}"}""")).Status);
        await File.WriteAllTextAsync(Path.Combine(lab.Root, "go"), "", TestContext.Current.CancellationToken);

        var notice = await PostedAsync(listener);
        Assert.Equal($"Terminal {name}: {state} – {line}", (string?)notice["text"]);
        var run = await WaitAsync(lab, name, run => (string?)run["state"] == state);
        Assert.Equal((line, note, $"/bin/sh -c {script}"), ((string?)run["last_line"], (string?)run["note"], (string?)run["description"]));
    }

    [Fact]
    public async Task Interrupt_OfNoTerminal_Is404()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);

        var (status, error) = await lab.SendAsync(HttpMethod.Post, "/api/runs/terminals/none/interrupt");

        Assert.Equal((HttpStatusCode.NotFound, "Terminal not found: none"), (status, (string?)error!["message"]));
    }

    private static HttpListener Listen(out string address)
    {
        var listener = new HttpListener();
        address = $"http://localhost:{FreePort.Next()}/hook/";
        listener.Prefixes.Add(address);
        listener.Start();
        return listener;
    }

    private static async Task<JsonNode> PostedAsync(HttpListener listener)
    {
        var posted = await listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var notice = (await JsonNode.ParseAsync(posted.Request.InputStream, cancellationToken: TestContext.Current.CancellationToken))!;
        posted.Response.Close();
        return notice;
    }

    private static async Task<JsonNode> WaitAsync(TerminalHost lab, string name, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var (_, runs) = await lab.SendAsync(HttpMethod.Get, "/api/runs");
            if (runs!.AsArray().FirstOrDefault(run => (string?)run!["terminal"] == name) is { } run && condition(run))
                return run;
            Assert.False(limit.IsCancellationRequested, runs.ToString());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
