using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>What people look at while they write: tables, pictures, completions, what a name means.</summary>
public sealed class LookingUpTests(Chromium chromium)
{
    private const float Patience = 60_000;

    [Fact]
    public async Task TableAndPicture_AreThereAfterAReload_AndNamesAreCompletedAndExplained()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook(
            "tides.ipynb",
            "import pandas\ntable = pandas.DataFrame({'hour': [1, 2], 'tide': ['low', 'high']})\ntable",
            "import matplotlib.pyplot as plt\nplt.plot(table.hour)",
            "table.to_c",
            "len(");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("tides.ipynb");
        await page.RunCellAsync(0);
        await page.RunCellAsync(1);
        await SeeAsync(page);

        await page.Browser().ReloadAsync();
        await SeeAsync(page);
        await page.WaitForStatusAsync("Idle");

        // JupyterLab waits a second for completions; the first ones of a large package take longer on a busy machine.
        var completions = page.Browser().Locator(".jp-Completer").GetByText("to_csv", new() { Exact = true });
        for (var tries = 0; tries < 20 && await completions.CountAsync() == 0; tries++)
        {
            await PressAtEndAsync(page, 2, "Tab");
            await Task.WhenAny(completions.WaitForAsync(new() { Timeout = 3_000 }));
        }
        await Expect(completions).ToBeVisibleAsync();
        await page.ScreenshotAsync("completion");
        await page.Browser().Keyboard.PressAsync("Escape");
        await PressAtEndAsync(page, 3, "Shift+Tab");
        await Expect(page.Browser().Locator(".jp-Tooltip")).ToContainTextAsync("Return the number of items", new() { Timeout = Patience });
    }

    private static async Task SeeAsync(LabPage page)
    {
        await Expect(page.Cell(0).Locator("table.dataframe")).ToContainTextAsync("high", new() { Timeout = Patience });
        var picture = page.Cell(1).Locator(".jp-OutputArea-output img");
        await picture.WaitForAsync();
        Assert.True(await picture.EvaluateAsync<int>("async image => { await image.decode(); return image.naturalWidth; }") > 100);
    }

    private static async Task PressAtEndAsync(LabPage page, int cell, string key)
    {
        await page.Cell(cell).Locator(".cm-content").ClickAsync();
        await page.Browser().Keyboard.PressAsync("Control+End");
        await page.Browser().Keyboard.PressAsync(key);
    }
}
