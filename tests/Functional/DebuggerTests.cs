using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>JupyterLab's debugger on a real ipykernel with debugpy.</summary>
public sealed class DebuggerTests(Chromium chromium)
{
    private const float Patience = 60_000;

    private const string Source = "def tide(hour):\n    height = hour * 7\n    height += 1\n    return height\nprint('at', tide(6))";

    [Theory]
    [InlineData(1280)]
    [InlineData(820)]
    public async Task Breakpoint_StopsTheCell_AndAReloadedPageFindsItStopped(int width)
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("tide.ipynb", Source);
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab, width);
        await page.OpenNotebookAsync("tide.ipynb");
        var browser = page.Browser();

        // On, a breakpoint, and there it stops.
        await TurnOnAsync(browser);
        await SetBreakpointAsync(page, 3);
        await page.RunCellAsync(0);
        await SeeStoppedAsync(page, "height", "42");
        await page.ScreenshotAsync($"debugger-{width}");

        // A step, and what it changed.
        await PressAsync(page, "next");
        await SeeStoppedAsync(page, "height", "43");
        Assert.True(LabApi.IsBusy(await KernelAsync(lab)));

        // The page that comes back asks on the control channel, while the cell holds the other.
        await browser.ReloadAsync();
        await SeeStoppedAsync(page, "height", "43");
        await page.ScreenshotAsync($"debugger-{width}-reloaded");
        Assert.True(LabApi.IsBusy(await KernelAsync(lab)));
        await Expect(browser.Locator(".jp-DebuggerBreakpoint")).ToHaveCountAsync(1, new() { Timeout = Patience });

        await page.WaitForStatusAsync("Busy");
        await PressAsync(page, "continue");
        await Expect(browser.Locator(".jp-DebuggerCallstackFrame-name")).ToHaveCountAsync(0, new() { Timeout = Patience });
        await page.SeeAsync(0, "at 43");
        await page.SeePromptAsync(0, "[1]:");
        await page.WaitForStatusAsync("Idle");
        await new NotebookFile(workplace.PathOf("tide.ipynb")).WaitAsync(file => file.Output(0) == "at 43\n");
    }

    /// <summary>JupyterLab takes a click for nothing while it still finds out about the kernel.</summary>
    private static async Task TurnOnAsync(Microsoft.Playwright.IPage browser)
    {
        var on = browser.Locator(".jp-NotebookPanel[data-jp-debugger='true']");
        var offered = browser.Locator(".jp-DebuggerBugButton[aria-disabled='false']:not([aria-pressed='true'])");
        while (true)
        {
            await on.Or(offered).First.WaitForAsync();
            if (await on.CountAsync() > 0) return;
            await offered.ClickAsync();
            await Expect(offered).ToHaveCountAsync(0, new() { Timeout = Patience });
        }
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> KernelAsync(RunningLab lab)
    {
        using var api = new LabApi(lab);
        return (await api.GetAsync("api/kernels")).Json[0]!;
    }

    private static Task PressAsync(LabPage page, string command) => page.Browser().Locator($"#jp-debugger-sidebar [data-command='debugger:{command}']:not([disabled])").ClickAsync();

    private static async Task SetBreakpointAsync(LabPage page, int line)
    {
        await page.Cell(0).Locator(".cm-gutter.cm-breakpoint-gutter .cm-gutterElement").Nth(line).ClickAsync();
        await Expect(page.Browser().Locator(".jp-DebuggerBreakpoint")).ToHaveCountAsync(1, new() { Timeout = Patience });
    }

    private static async Task SeeStoppedAsync(LabPage page, string name, string value)
    {
        await Expect(page.Browser().Locator(".jp-DebuggerCallstackFrame-name").First).ToHaveTextAsync("tide", new() { Timeout = Patience });
        var variable = page.Browser().Locator(".jp-DebuggerVariables .jp-TreeItem").Filter(new() { Has = page.Browser().Locator($".jp-DebuggerVariables-name:text-is('{name}')") });
        await Expect(variable.First).ToContainTextAsync(value, new() { Timeout = Patience });
    }
}
