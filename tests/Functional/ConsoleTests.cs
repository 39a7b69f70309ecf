using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>The pages of the hub in a browser, over machines on this host itself.</summary>
public sealed class ConsoleTests(Chromium chromium)
{
    private const float Patience = 60_000;

    private static readonly string[] Paths =
        ["/", "/machines/new", "/machines/first", "/machines/first/settings", "/machines/first/points", "/machines/first/stop", "/jobs", "/runs", "/storage", "/storage?volume=storage", "/images", "/costs", "/events", "/people", "/people/log", "/doctor", "/account"];

    private static readonly (int Width, int Height)[] Sizes = [(1280, 900), (820, 1180), (390, 844)];

    [Fact]
    public async Task Pages_AtThreeWidthsLightAndDark_FitAndSayNothingInTheConsole()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await StartAsync(workplace);
        await workplace.RunAsync("machine", "exec", "first", "--", "/bin/sh", "-c",
            "mkdir -p /opt/model /storage/datasets; head -c 3000000 /dev/urandom > /opt/model/weights.bin; head -c 2000000 /dev/urandom > /storage/datasets/leaves.tar; printf 'nosuchprogram\\n' > /notebooks/pre-run.sh");
        await workplace.RunAsync("people", "invite", "ada");
        await workplace.RunAsync("storage", "du", "storage", "--now");
        var page = await hub.LogInAsync(chromium);
        var said = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") said.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => said.Add($"{page.Url}: {error}");

        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var (width, height) in Sizes)
            {
                await page.SetViewportSizeAsync(width, height);
                foreach (var path in Paths)
                {
                    var answer = await page.GotoAsync(new Uri(hub.Address, path).AbsoluteUri);
                    Assert.Equal(200, answer!.Status);
                    Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{path} is wider than {width}.");
                    Assert.Equal(1, await page.Locator("main h1").CountAsync());
                    Assert.Equal(1, await page.Locator("nav [aria-current=page]").CountAsync());
                    var unnamed = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('main button, main a, main input:not([type=hidden]):not([hidden]), main select, main textarea')].filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)");
                    Assert.Empty(unnamed);
                    await LabPage.ScreenshotAsync(page, $"console-{path.Trim('/').Replace('/', '-').Replace('?', '-')}-{width}-{scheme}");
                }
            }
        }
        Assert.Empty(said);
    }

    [Fact]
    public async Task KeyboardAlone_CreatesOpensAndStopsAMachine()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await StartAsync(workplace);
        var page = await hub.LogInAsync(chromium);

        await GoToAsync(page, "New machine");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("input[name=name]")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("leaves");
        await GoToAsync(page, "Create and start");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1 .state.running")).ToBeVisibleAsync(new() { Timeout = Patience });
        await GoToAsync(page, "Open");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => new Uri(url).Host == "leaves.localhost" && url.Contains("/lab", StringComparison.Ordinal));

        // In another tab: the lab still loads in this one.
        page = await page.Context.NewPageAsync();
        await page.GotoAsync(hub.Address.AbsoluteUri);
        await GoToAsync(page, "leaves");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToContainTextAsync("leaves", new() { Timeout = Patience });
        await GoToAsync(page, "Stop");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Stop leaves?", new() { Timeout = Patience });
        await page.Keyboard.PressAsync("Tab");
        while (await FocusedAsync(page) is var at && !at.StartsWith("Stop", StringComparison.Ordinal)) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1 .state.stopped")).ToBeVisibleAsync(new() { Timeout = Patience });
    }

    [Fact]
    public async Task OpenPage_WhileAMachineChanges_ShowsItAndKeepsWhatIsTyped()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await StartAsync(workplace);
        var page = await hub.LogInAsync(chromium);
        await page.EvaluateAsync("window.mark = 'the same page'");
        await Expect(page.Locator(".state.running")).ToBeVisibleAsync(new() { Timeout = Patience });

        await workplace.RunAsync("machine", "stop", "first", "--yes");
        await Expect(page.Locator(".state.stopped")).ToBeVisibleAsync(new() { Timeout = Patience });
        Assert.Equal("the same page", await page.EvaluateAsync<string>("window.mark"));

        await page.GotoAsync(new Uri(hub.Address, "machines/first/settings").AbsoluteUri);
        await page.Locator("input[name=git]").FillAsync("half-written");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        await workplace.RunAsync("machine", "stop", "first", "--yes");
        await Expect(page.Locator("input[name=git]")).ToHaveValueAsync("half-written");
    }

    [Fact]
    public async Task PageWithoutScript_StartsAndStops()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await StartAsync(workplace);
        var cookies = await (await hub.LogInAsync(chromium)).Context.StorageStateAsync();
        var page = await chromium.NewPageAsync(storage: cookies, script: false);

        await page.GotoAsync(new Uri(hub.Address, "machines/first/stop").AbsoluteUri);
        await page.Locator("form[action$='/stop'] button").ClickAsync();
        await ReloadUntilAsync(page, "h1 .state.stopped");
        await page.Locator("form[action$='/start'] button.main").ClickAsync();
        await ReloadUntilAsync(page, "h1 .state.running");
    }

    /// <summary>A browser without script loads a page that is under way again by itself; one whose script was turned off from outside does not.</summary>
    private static async Task ReloadUntilAsync(IPage page, string selector)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await page.Locator(selector).IsVisibleAsync())
        {
            limit.Token.ThrowIfCancellationRequested();
            await page.ReloadAsync();
        }
    }

    private static async Task<RunningHub> StartAsync(Workplace workplace)
    {
        var hub = await new RunningHub(workplace).StartAsync();
        await hub.HearAsync("first");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        return hub;
    }

    /// <summary>Tab, until what has these words has the focus.</summary>
    private static async Task GoToAsync(IPage page, string words)
    {
        for (var presses = 0; await FocusedAsync(page) != words; presses++)
        {
            Assert.True(presses < 100, $"The keyboard does not reach {words} on {page.Url}: {await page.Locator("body").InnerTextAsync()}");
            await page.Keyboard.PressAsync("Tab");
        }
    }

    private static Task<string> FocusedAsync(IPage page) => page.EvaluateAsync<string>("(document.activeElement?.ariaLabel || document.activeElement?.textContent || '').trim()");
}
