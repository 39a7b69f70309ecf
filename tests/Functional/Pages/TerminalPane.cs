using Holdfast.Functional.Tests.Labs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests.Pages;

/// <summary>A terminal in JupyterLab. What it shows is read as screen readers read it: the picture itself is drawn on a canvas.</summary>
internal sealed class TerminalPane : IAsyncDisposable
{
    private const float Patience = 60_000;
    private readonly IPage _page;

    private TerminalPane(IPage page)
    {
        _page = page;
        page.SetDefaultTimeout(Patience);
    }

    public IPage Page => _page;

    private ILocator Pane => _page.Locator(".jp-Terminal:not(.lm-mod-hidden)");

    /// <summary>Lets pages show text to screen readers; once for a lab.</summary>
    public static async Task MakeReadableAsync(RunningLab lab)
    {
        using var api = new LabApi(lab);
        var answer = await api.SendAsync(HttpMethod.Put, "lab/api/settings/@jupyterlab/terminal-extension:plugin", new System.Text.Json.Nodes.JsonObject { ["raw"] = "{\"screenReaderMode\": true}" });
        Assert.True((int)answer.Status < 300, answer.Text);
    }

    /// <summary>Opens the lab and a new terminal from the launcher.</summary>
    public static async Task<TerminalPane> LaunchAsync(Chromium chromium, RunningLab lab, int width = 1280)
    {
        await MakeReadableAsync(lab);
        var pane = new TerminalPane(await chromium.NewPageAsync(width));
        await pane._page.GotoAsync(lab.Link.AbsoluteUri);
        await pane._page.Locator(".jp-LauncherCard[title='Start a new terminal session']").ClickAsync();
        await pane.ReadyAsync();
        return pane;
    }

    /// <summary>Opens the lab in another browser and there a terminal that runs, from the list of what runs.</summary>
    public static async Task<TerminalPane> JoinAsync(Chromium chromium, RunningLab lab, string name, int width = 1280)
    {
        await MakeReadableAsync(lab);
        var pane = new TerminalPane(await chromium.NewPageAsync(width));
        await pane._page.GotoAsync(lab.Link.AbsoluteUri);
        await pane.ShowRunningAsync();
        await pane._page.Locator(".jp-RunningSessions").GetByText($"terminals/{name}").ClickAsync();
        await pane.ReadyAsync();
        return pane;
    }

    public Task ShowRunningAsync() => _page.Locator(".lm-TabBar-tab[data-id='jp-running-sessions']").ClickAsync();

    public async Task ReadyAsync()
    {
        await Pane.Locator(".xterm").WaitForAsync();
        await Pane.ClickAsync();
    }

    /// <summary>Types a line and presses Enter.</summary>
    public async Task TypeAsync(string line)
    {
        await _page.Keyboard.TypeAsync(line);
        await _page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Waits until the screen shows this.</summary>
    public Task SeeAsync(string text) => Expect(Pane.Locator(".xterm-accessibility-tree")).ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Waits until the screen does not show this.</summary>
    public Task MissAsync(string text) => Expect(Pane.Locator(".xterm-accessibility-tree")).Not.ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Waits until no terminal is open.</summary>
    public Task SeeNoneAsync() => Expect(_page.Locator(".jp-Terminal")).ToHaveCountAsync(0, new() { Timeout = Patience });

    /// <summary>The rows of the screen as they are read out now.</summary>
    public async Task<string> TextAsync() => string.Join('\n', await Pane.Locator(".xterm-accessibility-tree > div").AllInnerTextsAsync());

    public async Task ReloadAsync()
    {
        await _page.ReloadAsync();
        await ReadyAsync();
    }

    /// <summary>Puts a picture into HOLDFAST_SCREENSHOTS, else TestResults/ beside the tests.</summary>
    public Task ScreenshotAsync(string name)
    {
        var folder = Environment.GetEnvironmentVariable("HOLDFAST_SCREENSHOTS") ?? Path.Combine(AppContext.BaseDirectory, "TestResults");
        return _page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
    }

    public async ValueTask DisposeAsync() => await _page.Context.DisposeAsync();
}
