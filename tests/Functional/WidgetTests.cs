using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using Program = Holdfast.Functional.Tests.Labs.Program;

namespace Holdfast.Functional.Tests;

/// <summary>A progress bar on a page that was not there when it was made.</summary>
public sealed class WidgetTests(Chromium chromium)
{
    private const float Patience = 60_000;

    /// <summary>Widgets, for a cell.</summary>
    internal static readonly string Definitions = File.ReadAllText(Path.Combine(Program.Repository, "tests/testdata/widgets.py"));

    private const string Loop =
        "import os, time\nbar, text, out = progress(100000), html('begun'), Output()\ndisplay(bar, text, out)\nwith out: print('captured')\n"
        + "number = 0\nwhile not os.path.exists('stop'):\n    number += 1\n    bar.set(value=number)\n    text.set(value=f'step {number}')\n    time.sleep(0.1)\n"
        + "text.set(value='all done')";

    [Fact]
    public async Task Progress_PageOpenedAnewDuringTheRun_IsThereGoesOnAndIsInTheFile()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("bar.ipynb", Definitions, Loop);
        var file = new NotebookFile(workplace.PathOf("bar.ipynb"));
        await using (var lab = await workplace.StartLabAsync())
        {
            await using (var page = await LabPage.OpenAsync(chromium, lab))
            {
                await page.OpenNotebookAsync("bar.ipynb");
                await page.ChooseAsync("Run", "runmenu:run-all");
                await SeeStepAsync(page, 1);
            }

            await using var later = await chromium.OpenNotebookAsync(lab, "bar.ipynb");
            await later.SeePromptAsync(1, "[*]:");
            await SeeStepAsync(later, await SeeStepAsync(later, 1) + 5);
            await SeeCapturedAsync(later);
            await Expect(later.Cell(1).Locator("[role=progressbar], .widget-hprogress .progress")).ToBeVisibleAsync(new() { Timeout = Patience });

            await File.WriteAllTextAsync(workplace.PathOf("stop"), "", TestContext.Current.CancellationToken);
            await later.SeePromptAsync(1, "[2]:");
            await SeeTextAsync(later, "all done");
            // The lab is killed at the end of this block: what it owes the file then would come with the next one.
            await file.WaitAsync(so => so.Count(1) == 2 && so.Text.Contains("all done", StringComparison.Ordinal));
            await later.SeeNoDialogAsync();
            Assert.Empty(later.Complaints);
        }

        Assert.Contains("application/vnd.jupyter.widget-state+json", file.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\nas_ipywidgets_7()")]
    public async Task Slider_MovedOnAPageOpenedAnew_ReachesTheKernelAlsoWhileItIsBusy(string generation)
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("slider.ipynb", Definitions + generation, "level = slider(30)\nlevel", Loop, "print('level', level.state['value'])");
        await using var lab = await workplace.StartLabAsync();
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await page.OpenNotebookAsync("slider.ipynb");
            for (var cell = 0; cell < 3; cell++) await page.RunCellAsync(cell);
            await SeeStepAsync(page, 1, 2);
            await Expect(Handle(page)).ToBeVisibleAsync(new() { Timeout = Patience });
        }

        await using var later = await chromium.OpenNotebookAsync(lab, "slider.ipynb");
        await later.SeePromptAsync(2, "[*]:");
        await MoveAsync(later, "31");
        await SeeStepAsync(later, await SeeStepAsync(later, 1, 2) + 5, 2);
        await File.WriteAllTextAsync(workplace.PathOf("stop"), "", TestContext.Current.CancellationToken);
        await later.WaitUntilDoneAsync();
        await later.RunCellAsync(3);
        await later.SeeAsync(3, "level 31");

        await MoveAsync(later, "32");
        await later.RunCellAsync(3);
        await later.SeeAsync(3, "level 32");
        await new NotebookFile(workplace.PathOf("slider.ipynb")).WaitAsync(file => file.Output(3) == "level 32\n");

        // And back: what the kernel sets is on the page, and on the next one.
        await later.TypeAsync(3, "; level.set(value=77)");
        await later.RunCellAsync(3);
        await Expect(later.Cell(1).Locator(".widget-readout")).ToHaveTextAsync("77", new() { Timeout = Patience });
        await later.Browser().ReloadAsync();
        await Expect(later.Cell(1).Locator(".widget-readout")).ToHaveTextAsync("77", new() { Timeout = Patience });
        Assert.Empty(later.Complaints);
    }

    [Fact]
    public async Task Tabs_OfIpywidgets7_HaveTheirTitlesAndBorder()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("tabs.ipynb", Definitions + "\nas_ipywidgets_7()", "tabs = tabs_of_ipywidgets_7(Loss=html('falls'), Images=html('blurred'))\ntabs", "tabs.set(_titles={'0': 'Loss', '1': 'Pictures'})");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("tabs.ipynb");
        for (var cell = 0; cell < 2; cell++) await page.RunCellAsync(cell);

        var tabs = page.Cell(1).Locator(".jupyter-widget-tab, .widget-tab").First;
        await Expect(tabs.Locator(".lm-TabBar-tabLabel")).ToHaveTextAsync(["Loss", "Images"], new() { Timeout = Patience });
        await Expect(tabs).ToHaveCSSAsync("border-left-color", "rgb(1, 2, 3)", new() { Timeout = Patience });
        await page.RunCellAsync(2);
        await Expect(tabs.Locator(".lm-TabBar-tabLabel")).ToHaveTextAsync(["Loss", "Pictures"], new() { Timeout = Patience });
        await tabs.Locator(".lm-TabBar-tab").Nth(1).ClickAsync();
        await Expect(tabs).ToContainTextAsync("blurred", new() { Timeout = Patience });
        Assert.Empty(page.Complaints);
    }

    /// <summary>Moves the slider by one, as the keyboard does.</summary>
    private static async Task MoveAsync(LabPage page, string to)
    {
        await Handle(page).FocusAsync();
        await page.Browser().Keyboard.PressAsync("ArrowRight");
        await Expect(page.Cell(1).Locator(".widget-readout")).ToHaveTextAsync(to, new() { Timeout = Patience });
    }

    private static ILocator Handle(LabPage page) => page.Cell(1).Locator(".noUi-handle");

    /// <summary>Waits until the page shows this step or a later one; gives the one it shows.</summary>
    private static async Task<int> SeeStepAsync(LabPage page, int step, int cell = 1)
    {
        var text = Html(page, cell);
        await Expect(text).ToContainTextAsync("step ", new() { Timeout = Patience });
        var shown = await text.EvaluateAsync<int>(
            $"element => new Promise(seen => {{ const look = () => {{ const at = parseInt(element.textContent.replace('step ', '')); if (at >= {step}) seen(at); else setTimeout(look, 20); }}; look(); }})");
        return shown;
    }

    private static Task SeeTextAsync(LabPage page, string text) => Expect(Html(page)).ToContainTextAsync(text, new() { Timeout = Patience });

    private static Task SeeCapturedAsync(LabPage page) =>
        Expect(page.Cell(1).Locator(".widget-output, .jupyter-widget-output")).ToContainTextAsync("captured", new() { Timeout = Patience });

    private static ILocator Html(LabPage page, int cell = 1) => page.Cell(cell).Locator(".widget-html-content");
}
