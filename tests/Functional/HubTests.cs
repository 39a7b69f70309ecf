using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>The hub from a browser, with machines on this host itself: no container engine takes part.</summary>
public sealed class HubTests(Chromium chromium)
{
    private const float Patience = 60_000;
    private const string Ticking = "import time\nfor i in range(100000):\n    print('tick', i, flush=True)\n    time.sleep(0.05)";

    [Fact]
    public async Task NewHub_FromItsLinkToACell_AndOnAfterItsKill()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await new RunningHub(workplace).StartAsync();

        // 1. The one-time link makes the first administrator.
        var page = await hub.LogInAsync(chromium);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Machines");

        // 2. The first machine is there, opens, and runs a cell.
        await hub.HearAsync("first");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        var owner = (string)(await hub.MachineAsync("first"))["owner"]!;
        await File.WriteAllTextAsync(Path.Combine(NotebooksOf(workplace), "tide.ipynb"), NotebookText.Of([
            "import time, os\nprint(os.environ['HOME'], os.path.exists('/notebooks/tide.ipynb'))",
            Ticking]), TestContext.Current.CancellationToken);
        await page.ReloadAsync();
        await page.Locator("a.button.main", new() { HasText = "Open" }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).Host == "first.localhost" && url.Contains("/lab", StringComparison.Ordinal));
        await using var lab = LabPage.Of(page);
        await lab.OpenNotebookAsync("notebooks/tide.ipynb");
        await lab.RunCellAsync(0);
        await lab.SeeAsync(0, $"/home/{owner} True");

        // 3. The hub is killed while cells run in two machines: they go on, the pages come back by themselves.
        await workplace.RunAsync("machine", "create", "second");
        await workplace.RunAsync("machine", "start", "second", "--wait");
        var other = await page.Context.NewPageAsync();
        other.SetDefaultTimeout(Patience);
        await File.WriteAllTextAsync(Path.Combine(NotebooksOf(workplace, (string)(await hub.MachineAsync("second"))["id"]!), "ebb.ipynb"), NotebookText.Of([Ticking]), TestContext.Current.CancellationToken);
        await other.GotoAsync(new UriBuilder(hub.Address) { Host = "second.localhost", Path = "/lab" }.Uri.AbsoluteUri);
        await using var second = LabPage.Of(other);
        await second.OpenNotebookAsync("notebooks/ebb.ipynb");
        await second.RunCellAsync(0);
        await lab.RunCellAsync(1);
        await lab.SeeAsync(1, "tick 3");
        await second.SeeAsync(0, "tick 3");
        await hub.KillAsync();
        await hub.StartAsync();
        foreach (var (name, shown) in ((string, IPage)[])[("first", page), ("second", other)])
        {
            Assert.Equal("running", (string?)(await hub.MachineAsync(name))["state"]);
            var before = await LastTickAsync(shown);
            await Expect(shown.Locator("body")).ToContainTextAsync($"tick {before + 60}", new() { Timeout = Patience });
        }
        await lab.ScreenshotAsync("hub-lab");
    }

    [Fact]
    public async Task LinkToStorage_InNotebooks_IsEditedInThePage()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await new RunningHub(workplace).StartAsync();
        await hub.HearAsync("first");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        await workplace.RunAsync("machine", "exec", "first", "--", "/bin/sh", "-c", "ln -s /storage /notebooks/team; echo before > /storage/shared.txt");
        var page = await hub.LogInAsync(chromium);

        await page.Locator("a.button.main", new() { HasText = "Open" }).ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/lab", StringComparison.Ordinal));
        await using var lab = LabPage.Of(page);
        await lab.GoToAsync("notebooks/team/shared.txt");
        await Expect(page.Locator(".cm-content")).ToContainTextAsync("before", new() { Timeout = Patience });
        await page.Locator(".cm-content").ClickAsync();
        await page.Keyboard.PressAsync("Control+Home");
        await page.Keyboard.TypeAsync("edited and ");
        await page.Keyboard.PressAsync("Control+s");

        var file = Path.Combine(DataOf(workplace), "storage/shared.txt");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await File.ReadAllTextAsync(file, limit.Token) != "edited and before\n") await Task.Delay(50, limit.Token);
    }

    [Fact]
    public async Task HookThatFails_IsShownMendedInTheEditorAndForgotten()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await new RunningHub(workplace).StartAsync();
        await hub.HearAsync("first");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        await File.WriteAllTextAsync(Path.Combine(NotebooksOf(workplace), "pre-run.sh"), "echo begins\n\n\n\n\n\nnosuchprogram --with this\n", TestContext.Current.CancellationToken);
        await workplace.RunAsync("machine", "restart", "first", "--yes", "--wait");

        // 1. Safe mode, with all that is needed to mend it, on the page and from the command line.
        string[] wanted = ["/notebooks/pre-run.sh", "line 7", "nosuchprogram --with this", "127", "begins"];
        var said = await workplace.RunAsync("machine", "show", "first");
        Assert.All(wanted, words => Assert.Contains(words, said, StringComparison.Ordinal));
        var page = await hub.LogInAsync(chromium);
        await page.GotoAsync(new Uri(hub.Address, "machines/first").AbsoluteUri);
        foreach (var words in wanted) await Expect(page.Locator("main")).ToContainTextAsync(words);

        // 2. Mended in that same machine's editor.
        await page.GotoAsync(new UriBuilder(hub.Address) { Host = "first.localhost", Path = "/lab" }.Uri.AbsoluteUri);
        await using var lab = LabPage.Of(page);
        await lab.GoToAsync("notebooks/pre-run.sh");
        await Expect(page.Locator(".cm-content")).ToContainTextAsync("nosuchprogram", new() { Timeout = Patience });
        await page.Locator(".cm-content").ClickAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("echo mended");
        await page.Keyboard.PressAsync("Control+s");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await File.ReadAllTextAsync(Path.Combine(NotebooksOf(workplace), "pre-run.sh"), limit.Token) != "echo mended") await Task.Delay(50, limit.Token);

        // 3. Started again, from the page: nothing is left of it.
        await workplace.RunAsync("machine", "restart", "first", "--yes", "--wait");
        Assert.Null((string?)(await hub.MachineAsync("first"))["reason"]);
    }

    [Fact]
    public async Task PortInsideAMachine_IsItsOwnersOnly()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await new RunningHub(workplace).StartAsync();
        await hub.HearAsync("first");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        var port = FreePort.Next();
        await workplace.RunAsync("machine", "exec", "first", "--", "/bin/sh", "-c", $"cd /opt && echo the tide is high > tide.html && (python3 -m http.server --bind 127.0.0.1 {port} > /dev/null 2>&1 &)");
        var address = new UriBuilder(hub.Address) { Host = $"{port}--first.localhost", Path = "/tide.html" }.Uri;

        var stranger = await chromium.NewPageAsync();
        await stranger.GotoAsync(address.AbsoluteUri);
        await Expect(stranger.Locator("input[type=password]")).ToBeVisibleAsync();

        var page = await hub.LogInAsync(chromium);
        await UntilAsync(async () =>
        {
            await page.GotoAsync(address.AbsoluteUri);
            await Expect(page.Locator("body")).ToContainTextAsync("the tide is high", new() { Timeout = 500 });
        });
    }

    /// <summary>The server inside takes its time to listen.</summary>
    private static async Task UntilAsync(Func<Task> attempt)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await attempt();
                return;
            }
            catch (PlaywrightException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private static string DataOf(Workplace workplace) => Path.Combine(workplace.Folder, "state/hub");

    private static string NotebooksOf(Workplace workplace, string? id = null) =>
        Path.Combine(id is null ? Directory.EnumerateDirectories(Path.Combine(DataOf(workplace), "machines")).Single() : Path.Combine(DataOf(workplace), "machines", id), "notebooks");

    private static async Task<int> LastTickAsync(IPage page) =>
        int.Parse((await page.Locator("body").InnerTextAsync()).Split('\n').Last(line => line.StartsWith("tick ", StringComparison.Ordinal))[5..], System.Globalization.CultureInfo.InvariantCulture);
}
