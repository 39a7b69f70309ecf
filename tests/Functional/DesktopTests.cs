using System.Globalization;
using Holdfast.Cli.Tests.Hub;
using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>A machine's desktop in a browser, with a program that goes on drawing in it.</summary>
public sealed class DesktopTests(Chromium chromium)
{
    private const float Patience = 60_000;

    /// <summary>Counts in its window and in the window's name.</summary>
    private const string Counting = """
        setsid xterm -name counter -e 'n=0; while :; do n=$((n+1)); echo $n; printf "\033]0;tide $n\007"; sleep 0.1; done' >/dev/null 2>&1 </dev/null &
        until xdotool search --classname '^counter$' >/dev/null 2>&1; do sleep 0.05; done
        """;

    [Fact]
    public async Task Desktop_ClosedAndOpenedAgain_ShowsTheSameWindowFurtherOn()
    {
        await using var workplace = new Workplace();
        await using var hub = await StartAsync(workplace);
        var first = await hub.LogInAsync(chromium);
        await first.GotoAsync(new Uri(hub.Address, "machines/first").AbsoluteUri);

        // 1. The button opens a page that starts it, in the size of its window.
        var page = await first.Context.RunAndWaitForPageAsync(() => first.GetByRole(AriaRole.Link, new() { Name = "Desktop" }).ClickAsync());
        page.SetDefaultTimeout(Patience);
        await RunsAsync(page);
        var size = await page.EvaluateAsync<int[]>("[document.getElementById('screen').clientWidth, document.getElementById('screen').clientHeight]");
        await UntilAsync(async () => await InsideAsync(workplace, "xdotool getdisplaygeometry") == $"{size[0]} {size[1]}");

        // 2. A program draws in it; the page is closed, and opened again with another size: the same window, further on.
        await InsideAsync(workplace, Counting);
        var window = await InsideAsync(workplace, "xdotool search --classname '^counter$'");
        await ChangesAsync(page);
        var before = await CountAsync(workplace, window);
        await page.CloseAsync();
        page = await first.Context.NewPageAsync();
        await page.SetViewportSizeAsync(820, 1180);
        await page.GotoAsync(AddressOf(hub));
        await RunsAsync(page);
        Assert.Equal(window, await InsideAsync(workplace, "xdotool search --classname '^counter$'"));
        await UntilAsync(async () => await CountAsync(workplace, window) > before + 5);
        await UntilAsync(async () => (await InsideAsync(workplace, "xdotool getdisplaygeometry")).StartsWith("820 ", StringComparison.Ordinal));
        await ChangesAsync(page);
        await LabPage.ScreenshotAsync(page, "desktop");

        // 3. The hub is killed: it counts on, and the page comes back by itself.
        before = await CountAsync(workplace, window);
        await page.EvaluateAsync("window.mark = 'the same page'");
        await hub.KillAsync();
        await Expect(page.Locator("#state")).ToHaveTextAsync("connecting", new() { Timeout = Patience });
        await hub.StartAsync();
        await RunsAsync(page);
        await ChangesAsync(page);
        Assert.Equal("the same page", await page.EvaluateAsync<string>("window.mark"));
        Assert.True(await CountAsync(workplace, window) > before);

        // 4. A small picture of it is on the machine's page.
        await first.ReloadAsync();
        var picture = first.Locator("img.shot");
        await Expect(picture).ToHaveJSPropertyAsync("complete", true);
        Assert.InRange(await picture.EvaluateAsync<int>("image => image.naturalHeight"), 100, 480);
        Assert.True(await picture.EvaluateAsync<int>("""
            image => { const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight }), draw = canvas.getContext('2d');
              draw.drawImage(image, 0, 0); return new Set(new Uint32Array(draw.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size; }
            """) > 20);

        // 5. Its end is said, with a way to a new one.
        await workplace.RunAsync("desktop", "first", "--stop");
        await Expect(page.Locator("#notice h1")).ToHaveTextAsync("This desktop has ended", new() { Timeout = Patience });
        await LabPage.ScreenshotAsync(page, "desktop-ended");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await RunsAsync(page);
        Assert.Equal("", await InsideAsync(workplace, "xdotool search --classname '^counter$' || true"));
    }

    [Fact]
    public async Task KeysAndClipboard_GoBothWays()
    {
        await using var workplace = new Workplace();
        await using var hub = await StartAsync(workplace);
        var page = await hub.LogInAsync(chromium);
        await page.GotoAsync(AddressOf(hub));
        await RunsAsync(page);

        // 1. Keys reach the program that has the focus, those of an on-screen keyboard as well.
        await InsideAsync(workplace, "setsid xterm -name shell -e sh >/dev/null 2>&1 </dev/null & until xdotool search --classname '^shell$' windowfocus --sync >/dev/null 2>&1; do sleep 0.05; done");
        await page.Locator("#screen canvas").FocusAsync();
        await page.Keyboard.TypeAsync("echo Tide $((40+2)) > /notebooks/typed\n");
        await UntilAsync(async () => await InsideAsync(workplace, "cat /notebooks/typed 2>/dev/null || true") == "Tide 42");
        await page.EvaluateAsync("for (const letter of 'echo touched > /notebooks/touched\\n') { const keys = document.getElementById('typing'); keys.value += letter; keys.dispatchEvent(new InputEvent('input')); }");
        await UntilAsync(async () => await InsideAsync(workplace, "cat /notebooks/touched 2>/dev/null || true") == "touched");

        // 2. What is written in the box is in the clipboard of the desktop, and what is copied there in the box.
        await page.Locator("#clip").ClickAsync();
        await page.Locator("#text").FillAsync("the ebb, ünd back");
        await UntilAsync(async () => await InsideAsync(workplace, "timeout 2 xclip -o -selection clipboard || true") == "the ebb, ünd back");
        await InsideAsync(workplace, "printf 'the flood → here' | xclip -i -selection clipboard >/dev/null 2>&1");
        await Expect(page.Locator("#text")).ToHaveValueAsync("the flood → here", new() { Timeout = Patience });
    }

    [Fact]
    public async Task Desktop_FromAnotherComputer_NeedsNothingButTheHubsPort()
    {
        await using var workplace = new Workplace();
        await using var hub = await StartAsync(workplace, "--ip", "0.0.0.0", "--domain", "hub.test");
        await using var laptop = await Laptop.StartAsync("hub.test first.hub.test", [hub.Address.Port]);
        var (other, closed) = Laptop.Other();
        using (other) Assert.Equal((true, false), (await laptop.ReachesAsync(hub.Address.Port), await laptop.ReachesAsync(closed)));
        var wrapper = Path.Combine(workplace.Folder, "chromium");
        await File.WriteAllTextAsync(wrapper, $"#!/bin/sh\nexec {laptop.Run("/usr/bin/chromium")} \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var browser = new Chromium { Executable = wrapper };

        var first = await hub.LogInAsync(browser);
        var page = await first.Context.NewPageAsync();
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync(AddressOf(hub));
        await RunsAsync(page);
        await InsideAsync(workplace, Counting);
        var window = await InsideAsync(workplace, "xdotool search --classname '^counter$'");
        await ChangesAsync(page);
        var before = await CountAsync(workplace, window);

        // Closed, and another one opened: the same window, further on.
        await page.CloseAsync();
        await UntilAsync(async () => await CountAsync(workplace, window) > before + 5);
        page = await first.Context.NewPageAsync();
        await page.GotoAsync(AddressOf(hub));
        await RunsAsync(page);
        await ChangesAsync(page);
        Assert.Equal(window, await InsideAsync(workplace, "xdotool search --classname '^counter$'"));

        // The cable is pulled: it counts on, and the page comes back by itself.
        await page.EvaluateAsync("window.mark = 'the same page'");
        await laptop.PlugAsync(isIn: false);
        before = await CountAsync(workplace, window);
        await UntilAsync(async () => await CountAsync(workplace, window) > before + 5);
        await laptop.PlugAsync(isIn: true);
        await RunsAsync(page);
        await ChangesAsync(page);
        Assert.Equal("the same page", await page.EvaluateAsync<string>("window.mark"));
        await LabPage.ScreenshotAsync(page, "desktop-laptop");
    }

    private static async Task<RunningHub> StartAsync(Workplace workplace, params string[] arguments)
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        foreach (var program in (string[])["Xvnc", "jwm", "xterm", "xdotool", "xclip"])
        {
            if (!File.Exists($"/usr/bin/{program}")) Assert.Skip($"There is no {program}; ./test installs it.");
        }
        var hub = await new RunningHub(workplace, arguments).StartAsync();
        await hub.HearAsync("first");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        return hub;
    }

    private static string AddressOf(RunningHub hub) => new UriBuilder(hub.Address) { Host = $"first.{hub.Address.Host}", Path = "/.holdfast/desktop" }.Uri.AbsoluteUri;

    private static Task RunsAsync(IPage page) => Expect(page.Locator("#state")).ToHaveTextAsync("running", new() { Timeout = Patience });

    /// <summary>What the page shows becomes something else, more than once.</summary>
    private static async Task ChangesAsync(IPage page)
    {
        for (var times = 0; times < 3; times++)
        {
            var was = await SeeAsync();
            await UntilAsync(async () => await SeeAsync() != was);
        }

        Task<string> SeeAsync() => page.EvaluateAsync<string>("document.querySelector('#screen canvas').toDataURL()");
    }

    /// <summary>What a command says that runs in the machine, with the desktop as its display.</summary>
    private static async Task<string> InsideAsync(Workplace workplace, string command) => (await workplace.RunAsync("machine", "exec", "first", "--", "sh", "-c", $". /run/machine/desktop/environment; {command}")).Trim();

    private static async Task<int> CountAsync(Workplace workplace, string window) => int.Parse((await InsideAsync(workplace, $"xdotool getwindowname {window}"))["tide ".Length..], CultureInfo.InvariantCulture);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMilliseconds(Patience));
        while (!await isSo()) await Task.Delay(50, limit.Token);
    }
}
