using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Holdfast.Lab.Tests.Kernels;

public sealed class ChannelsTests(KeeperFixture keeper)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_TwoPages_BothSeeTheOutputAndOneTheReply(bool legacy)
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var one = await lab.OpenPageAsync(id, "one", legacy);
        using var other = await lab.OpenPageAsync(id, "other", !legacy);
        // Both are there, which their first words show: the true state, as the kernel's own message. An answer to the lab's own first questions may come before it.
        await one.ReadUntilAsync(message => message.IsStatus("idle"));
        await other.ReadUntilAsync(message => message.IsStatus("idle"));
        Assert.Equal(2, (int?)(await lab.GetAsync($"/api/kernels/{id}"))["connections"]);

        var execution = await one.ExecuteAsync("print('straw')\n'berry'");
        var seen = await one.ReadExecutionAsync(execution);
        Assert.Equal("straw\n", (string?)Assert.Single(seen, message => message.Type == "stream").Content["text"]);
        Assert.Equal("'berry'", (string?)Assert.Single(seen, message => message.Type == "execute_result").Content["data"]!["text/plain"]);
        Assert.Equal("ok", (string?)Assert.Single(seen, message => message.Type == "execute_reply").Content["status"]);

        var following = await other.ExecuteAsync("1");
        var overheard = await other.ReadExecutionAsync(following);
        Assert.Equal(["status", "execute_input", "stream", "execute_result", "status"], overheard.Where(message => message.Parent == execution).Select(message => message.Type));
        Assert.Equal(following, Assert.Single(overheard, message => message.Channel == "shell").Parent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Input_AskedByTheKernel_GoesToThePageThatRuns(bool legacy)
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var page = await lab.OpenPageAsync(id, "asks", legacy);
        using var other = await lab.OpenPageAsync(id, "other");
        var execution = await page.ExecuteAsync("print(input('Your name? '))", stdin: true);
        var asked = (await page.ReadUntilAsync(message => message.Type == "input_request"))[^1];
        Assert.Equal(("stdin", execution), (asked.Channel, asked.Parent));
        await page.RequestAsync("stdin", "input_reply", new JsonObject { ["value"] = "Ada", ["status"] = "ok" });
        var seen = await page.ReadExecutionAsync(execution);
        Assert.Contains(seen, message => message.Type == "stream" && (string?)message.Content["text"] == "Ada\n");
        Assert.DoesNotContain(await other.ReadUntilAsync(message => message.IsStatus("idle") && message.Parent == execution), message => message.Channel != "iopub");
    }

    [Fact]
    public async Task Page_PastTheLimit_IsRefusedAndTheOthersStay()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        var pages = new List<PageClient>();
        for (var i = 0; i < Holdfast.Lab.Kernels.Channels.ChannelsEndpoint.MostPagesOfKernel; i++)
            pages.Add(await lab.OpenPageAsync(id, $"page-{i}"));
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => lab.OpenPageAsync(id, "one more"));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);
        await pages[0].ReadExecutionAsync(await pages[0].ExecuteAsync("1"));
        // One that goes makes room.
        pages[1].Socket.Abort();
        await lab.WaitForKernelAsync(id, kernel => (int)kernel["connections"]! == pages.Count - 1);
        using (var next = await lab.OpenPageAsync(id, "one more"))
            Assert.True((await next.ReadAsync())!.Type == "status");
        foreach (var page in pages)
            page.Dispose();
    }

    [Fact]
    public async Task Page_ThatComesBack_GetsWhatItMissedThenTheTrueState()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        string execution;
        using (var page = await lab.OpenPageAsync(id, "sleepy"))
        {
            execution = await page.ExecuteAsync("import sys, pathlib, time\nprint('before', flush=True)\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)\nfor i in range(1000): print(i, flush=True)");
            await page.ReadUntilAsync(message => message.Type == "stream");
            page.Socket.Abort();
        }
        await lab.WaitForKernelAsync(id, kernel => (int?)kernel["connections"] == 0);
        // A page of another session in between takes nothing away. It hears the truth: busy.
        using (var stranger = await lab.OpenPageAsync(id, "stranger"))
            Assert.True((await stranger.ReadAsync())!.IsStatus("busy"));
        await File.WriteAllTextAsync(Path.Combine(lab.Root, "go"), "", TestContext.Current.CancellationToken);
        await lab.WaitForKernelAsync(id, kernel => (string?)kernel["execution_state"] == "idle");

        using var again = await lab.OpenPageAsync(id, "sleepy");
        var missed = await again.ReadUntilAsync(message => message.IsStatus("idle") && message.Parent.Length == 0);
        var text = string.Concat(missed.Where(message => message.Type == "stream" && message.Parent == execution).Select(message => (string?)message.Content["text"]));
        Assert.EndsWith(string.Concat(Enumerable.Range(0, 1000).Select(number => $"{number}\n")), text, StringComparison.Ordinal);
        Assert.Contains(missed, message => message.Type == "execute_reply" && message.Parent == execution);
    }

    [Fact]
    public async Task Page_ThatComesBackToANewLab_GetsWhatItMissed()
    {
        var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        string execution;
        using (var page = await lab.OpenPageAsync(id, "faithful"))
        {
            execution = await page.ExecuteAsync("import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)\nprint('kept')");
            await page.ReadUntilAsync(message => message.Type == "execute_input");
            await lab.DisposeAsync();
            // Not 1000 or 1001: after those JupyterLab does not come back.
            Assert.Null(await page.ReadAsync());
            Assert.Equal(1012, (int?)page.Socket.CloseStatus);
        }
        await File.WriteAllTextAsync(Path.Combine(lab.Root, "go"), "", TestContext.Current.CancellationToken);
        await using var next = await keeper.StartLabAsync(lab);
        await next.WaitForKernelAsync(id, kernel => (string?)kernel["execution_state"] == "idle");
        using var again = await next.OpenPageAsync(id, "faithful");
        var missed = await again.ReadUntilAsync(message => message.IsStatus("idle") && message.Parent.Length == 0);
        Assert.Contains(missed, message => message.Type == "stream" && (string?)message.Content["text"] == "kept\n");
        Assert.Contains(missed, message => message.Type == "execute_reply" && message.Parent == execution);
    }

    [Fact]
    public async Task Page_OfALabThatDiedAtOnce_GetsWhatItMissedFromTheNext()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        string execution;
        using (var page = await lab.OpenPageAsync(id, "sudden"))
        {
            execution = await page.ExecuteAsync("print('heard')");
            await page.ReadUntilAsync(message => message.Type == "execute_input");
        }
        await lab.WaitForKernelAsync(id, kernel => (string?)kernel["execution_state"] == "idle");

        // The other lab goes on here; one that is killed would leave no more on the disk.
        await using var next = await keeper.StartLabAsync(lab);
        using var again = await next.OpenPageAsync(id, "sudden");

        Assert.Contains(await again.ReadExecutionAsync(execution), message => message.Type == "stream");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flood_20000Displays_AllArrive(bool legacy)
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var asleep = await lab.OpenPageAsync(id, "asleep");
        using var page = await lab.OpenPageAsync(id, "awake", legacy);
        var execution = await page.ExecuteAsync("from IPython.display import display\nfor i in range(20000): display(i)");
        var count = 0;
        await page.ReadUntilAsync(message =>
        {
            if (message.Type == "display_data")
                Assert.Equal($"{count++}", (string?)message.Content["data"]!["text/plain"]);
            return message.IsStatus("idle") && message.Parent == execution;
        });
        Assert.Equal(20_000, count);
        // The one that read nothing held up nobody, and has it all before it.
        var late = await asleep.ReadUntilAsync(message => message.IsStatus("idle") && message.Parent == execution);
        Assert.Equal(20_000, late.Count(message => message.Type == "display_data"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Buffers_BothWays_ArriveAsTheyAre(bool legacy)
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var page = await lab.OpenPageAsync(id, "widgets", legacy);
        var execution = await page.ExecuteAsync("""
            from ipykernel.comm import Comm
            c = Comm(target_name='t', data={'n': 1}, buffers=[b'abc', bytes(200000)])
            c.on_msg(lambda message: c.send({'echo': True}, buffers=[bytes(b)[::-1] for b in message['buffers']]))
            """);
        var open = Assert.Single(await page.ReadExecutionAsync(execution), message => message.Type == "comm_open");
        Assert.Equal(1, (int?)open.Content["data"]!["n"]);
        Assert.Equal(["abc"u8.ToArray(), new byte[200_000]], open.Buffers);

        var large = new byte[300_000];
        new Random(1).NextBytes(large);
        await page.RequestAsync("shell", "comm_msg", new JsonObject { ["comm_id"] = (string?)open.Content["comm_id"], ["data"] = new JsonObject() }, "xyz"u8.ToArray(), large);
        var echo = (await page.ReadUntilAsync(message => message.Type == "comm_msg"))[^1];
        Assert.Equal(["zyx"u8.ToArray(), [.. Enumerable.Reverse(large)]], echo.Buffers);
    }

    [Fact]
    public async Task Messages_ThatAreNone_AreIgnoredAndTheSocketGoesOn()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        foreach (var legacy in (bool[])[false, true])
        {
            using var page = await lab.OpenPageAsync(id, "clumsy", legacy);
            await page.SendAsync("not json"u8.ToArray(), WebSocketMessageType.Text);
            await page.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Text);
            await page.SendAsync([], WebSocketMessageType.Binary);
            await page.SendAsync([255, 255, 255, 255, 255, 255, 255, 255, 1], WebSocketMessageType.Binary);
            await page.SendAsync(Encoding.UTF8.GetBytes("""{"channel": "heart", "header": {}, "parent_header": {}, "metadata": {}, "content": {}}"""), WebSocketMessageType.Text);
            await page.RequestAsync("iopub", "status", new JsonObject { ["execution_state"] = "dead" });
            var seen = await page.ReadExecutionAsync(await page.ExecuteAsync("2 + 2"));
            Assert.Contains(seen, message => message.Type == "execute_result");
        }
    }

    [Fact]
    public async Task Kernel_ThatIsKilled_IsSaidToRestartAndWorksAgain()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var page = await lab.OpenPageAsync(id, "witness");
        var first = await page.ReadAsync();
        await page.ExecuteAsync("import os, signal; os.kill(os.getpid(), signal.SIGKILL)");
        var seen = await page.ReadUntilAsync(message => message.IsStatus("restarting"));
        Assert.Equal("", seen[^1].Parent);
        // JupyterLab throws away what it has not handled when the session changes: the lab speaks with the kernel's.
        Assert.All(seen, message => Assert.Equal(first!.Session, message.Session));
        await lab.WaitForKernelAsync(id, kernel => (string?)kernel["execution_state"] == "idle" && keeper.Client.Find(id)!.Restarts == 1);

        // What JupyterLab does then: a new connection of the same session, which must not hear of the restart again.
        using var again = await lab.OpenPageAsync(id, "witness");
        var result = await again.ReadExecutionAsync(await again.ExecuteAsync("'alive'"));
        Assert.Contains(result, message => message.Type == "execute_result");
        Assert.DoesNotContain(result, message => message.IsStatus("restarting"));
    }

    [Fact]
    public async Task Kernel_RestartedOnRequest_IsNotAnnouncedAsDied()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var page = await lab.OpenPageAsync(id, "page");
        await page.ReadExecutionAsync(await page.ExecuteAsync("x = 1"));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await lab.SendAsync(HttpMethod.Post, $"/api/kernels/{id}/restart")).Status);
        var seen = await page.ReadExecutionAsync(await page.ExecuteAsync("x"));
        Assert.Contains(seen, message => message.Type == "error" && (string?)message.Content["ename"] == "NameError");
        Assert.DoesNotContain(seen, message => message.IsStatus("restarting"));
    }

    [Fact]
    public async Task Interrupt_WhileACellRuns_EndsIt()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var page = await lab.OpenPageAsync(id, "page");
        var execution = await page.ExecuteAsync("print('on', flush=True)\nimport time\ntime.sleep(60)");
        await page.ReadUntilAsync(message => message.Type == "stream");
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Post, $"/api/kernels/{id}/interrupt")).Status);
        Assert.Contains(await page.ReadExecutionAsync(execution), message => message.Type == "error" && (string?)message.Content["ename"] == "KeyboardInterrupt");
    }

    [Fact]
    public async Task Kernel_ThatIsDeleted_ClosesItsPagesForGood()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var page = await lab.OpenPageAsync(id, "page");
        await lab.SendAsync(HttpMethod.Delete, $"/api/kernels/{id}");
        while (await page.ReadAsync() is { } message)
            Assert.False(message.IsStatus("dead"));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, page.Socket.CloseStatus);
    }

    [Fact]
    public async Task Connection_OfTheSameSession_ReplacesTheOlder()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        using var older = await lab.OpenPageAsync(id, "twin");
        Assert.NotNull(await older.ReadAsync());
        using var newer = await lab.OpenPageAsync(id, "twin");
        while (await older.ReadAsync() is not null)
        {
        }
        var seen = await newer.ReadExecutionAsync(await newer.ExecuteAsync("3"));
        Assert.Contains(seen, message => message.Type == "execute_result");
        Assert.Equal(1, (int?)(await lab.GetAsync($"/api/kernels/{id}"))["connections"]);
    }
}
