using System.Net;
using System.Net.WebSockets;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Tests.Kernels;

namespace Holdfast.Lab.Tests.Terminals;

public sealed class TerminalsTests(KeeperFixture keeper)
{
    [Fact]
    public async Task Api_OfATerminal_IsJupyters()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);

        var (started, model) = await lab.SendAsync(HttpMethod.Post, "/api/terminals", "");
        var name = (string)model!["name"]!;
        var (again, same) = await lab.SendAsync(HttpMethod.Post, "/api/terminals", $$"""{"name": "{{name}}", "cwd": null}""");
        var (_, list) = await lab.SendAsync(HttpMethod.Get, "/api/terminals");
        var (got, one) = await lab.SendAsync(HttpMethod.Get, $"/api/terminals/{name}");
        var (deleted, nothing) = await lab.SendAsync(HttpMethod.Delete, $"/api/terminals/{name}");
        var (gone, error) = await lab.SendAsync(HttpMethod.Get, $"/api/terminals/{name}");
        var (twice, _) = await lab.SendAsync(HttpMethod.Delete, $"/api/terminals/{name}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (started, again, got));
        Assert.Equal(["name", "last_activity"], model.AsObject().Select(field => field.Key));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", (string)one!["last_activity"]!);
        Assert.Equal(name, (string)same!["name"]!);
        Assert.Equal(name, (string)Assert.Single(list!.AsArray())!["name"]!);
        Assert.Equal((HttpStatusCode.NoContent, null), (deleted, nothing));
        Assert.Equal((HttpStatusCode.NotFound, $"Terminal not found: {name}"), (gone, (string)error!["message"]!));
        Assert.Equal(HttpStatusCode.NotFound, twice);
    }

    [Theory]
    [InlineData("""{"name": "../kernels"}""")]
    [InlineData("""{"name": ""}""")]
    [InlineData("""{"name": 5}""")]
    [InlineData("""{"cwd": []}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Post_ThatCannotBe_Is400(string body)
    {
        await using var lab = await TerminalHost.StartAsync(keeper);

        var (status, error) = await lab.SendAsync(HttpMethod.Post, "/api/terminals", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty((string)error!["message"]!);
    }

    [Fact]
    public async Task Folder_OfATerminal_IsTheOneAskedForElseTheRoot()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var below = Directory.CreateDirectory(Path.Combine(lab.Root, "below")).FullName;

        foreach (var (asked, folder) in ((string, string)[])[("below", below), (below, below), ("not/there", lab.Root), ("", lab.Root)])
        {
            var (_, model) = await lab.SendAsync(HttpMethod.Post, "/api/terminals", $$"""{"cwd": "{{asked}}"}""");
            Assert.Equal(folder, keeper.Client.FindTerminal((string)model!["name"]!)!.WorkingFolder);
        }
    }

    [Fact]
    public async Task Terminals_OfOtherFolders_AreNotSeen()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        await using var other = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        var shell = await keeper.Client.StartTerminalAsync(
            new TerminalStart { Environment = keeper.Variables, WorkingFolder = other.Root, Argv = ["sleep", "600"] }, TestContext.Current.CancellationToken);

        var (status, _) = await other.SendAsync(HttpMethod.Get, $"/api/terminals/{name}");
        var (_, list) = await other.SendAsync(HttpMethod.Get, "/api/terminals");
        using var page = await other.OpenAsync(name);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal(HttpStatusCode.NotFound, page.Refusal);
        // Started from a shell in that folder.
        Assert.Equal(shell.Value!.Name, (string)Assert.Single(list!.AsArray())!["name"]!);
    }

    [Fact]
    public async Task Page_Typed_ShowsAndTheNextPageHasTheScreen()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var page = await lab.OpenAsync(name, 30, 100);

        await page.TypeAsync("PS1='$ '; for i in $(seq 200); do echo line $i; done; printf '\\033[31mred\\033[m 日本\\n'; stty size\r");
        await page.SeeAsync("red 日本\n30 100\n$");
        using var next = await lab.OpenAsync(name, 30, 100);
        await next.SeeAsync("red 日本\n30 100\n$");

        Assert.Equal(page.Screen.Lines(), next.Screen.Lines());
        Assert.Contains("line 1", next.Screen.Lines());
    }

    [Fact]
    public async Task Characters_CutBetweenWrites_ArriveWhole()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var page = await lab.OpenAsync(name);

        await page.TypeAsync(@"PS1='$ '; for b in '\344' '\270' '\255' '\360' '\237' '\214' '\212' '\n'; do printf ""$b""; sleep 0.05; done" + "\r");

        await page.SeeAsync("\n中🌊\n");
        Assert.DoesNotContain(page.Screen.Lines(), line => line.Contains('\uFFFD', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_OfDifferentSizes_ShareTheSmallest()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var large = await lab.OpenAsync(name, 50, 160);
        var small = await lab.OpenAsync(name, 40, 60);
        await small.TypeAsync("echo here\r");
        await small.SeeAsync("\nhere");
        // A tab that was never shown.
        using var hidden = await lab.OpenAsync(name, 40, 60, size: false);
        await hidden.SendAsync("""["set_size", 10, 20, -1, -1]""");
        await hidden.SeeAsync("\nhere");

        await large.TypeAsync("stty size\r");
        await large.SeeAsync("40 60");
        small.Dispose();
        while (keeper.Client.FindTerminal(name)!.Size.Columns != 160)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        await large.TypeAsync("stty size\r");
        await large.SeeAsync("50 160");
    }

    [Fact]
    public async Task Exit_OfTheShell_ClosesThePageAndTheTerminal()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var page = await lab.OpenAsync(name);

        await page.TypeAsync("exit\r");
        await page.EndAsync();

        Assert.True(page.IsDisconnected);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, page.CloseStatus);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Get, $"/api/terminals/{name}")).Status);
    }

    [Theory]
    [InlineData("http://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData(null, "wrong", HttpStatusCode.Forbidden)]
    public async Task Socket_OfAStranger_IsRefused(string? origin, string? token, HttpStatusCode status)
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();

        using var page = await lab.OpenAsync(name, origin: origin, token: token);

        Assert.Equal(status, page.Refusal);
    }

    [Fact]
    public async Task Frames_ThatAreNone_AreIgnored()
    {
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var page = await lab.OpenAsync(name);

        foreach (var frame in (string[])["{", "[]", "5", "[\"stdin\"]", "[\"stdin\", 5]", "[\"set_size\"]", "[\"set_size\", -1, \"x\"]", "[\"set_size\", 1e300, 0]", "[\"x\", [[]]]", "[\"\\ud800\"]"])
            await page.SendAsync(frame);
        await page.TypeAsync("echo still $((40+2))\r");

        await page.SeeAsync("still 42");
    }

    [Fact]
    public async Task Page_ThatReadsNothingDuringAFlood_HoldsNobodyUpAndGetsTheScreenAsItIs()
    {
        const int Lines = 3_000_000;
        await using var lab = await TerminalHost.StartAsync(keeper);
        var name = await lab.StartTerminalAsync();
        using var slow = await lab.OpenAsync(name);
        using var page = await lab.OpenAsync(name);

        await page.TypeAsync($"PS1='$ '; seq {Lines}; echo the end\r");
        await page.SeeAsync($"{Lines}\nthe end\n$");
        await slow.SeeAsync($"{Lines}\nthe end\n$");

        // Far less than what was printed, which nobody could have seen.
        Assert.InRange(slow.Received, 1000, 20L << 20);
        Assert.Equal(page.Screen.ScreenText(), slow.Screen.ScreenText());
        Assert.True(Journaled(name) > 20L << 20);
    }

    [Fact]
    public async Task Lab_ThatIsNew_HasTheScreen()
    {
        string name, root;
        await using (var lab = await TerminalHost.StartAsync(keeper))
        {
            (name, root) = (await lab.StartTerminalAsync(), lab.Root);
            using var page = await lab.OpenAsync(name);
            await page.TypeAsync("tide=41; echo before\r");
            await page.SeeAsync("\nbefore");
        }

        await using var next = await TerminalHost.StartAsync(keeper, root);
        using var later = await next.OpenAsync(name);
        await later.SeeAsync("\nbefore");
        await later.TypeAsync("echo tide $((tide+1))\r");
        await later.SeeAsync("tide 42");
    }

    private long Journaled(string name) => Directory.EnumerateFiles(TerminalArchive.Find(keeper.Home, name)!.JournalFolder).Sum(file => new FileInfo(file).Length);
}
