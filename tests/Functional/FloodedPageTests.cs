using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>Much output while a page is open.</summary>
public sealed class FloodedPageTests(Chromium chromium)
{
    /// <summary>Characters that a page may be shown of one cell.</summary>
    private const int Shown = 4_000_000;
    /// <summary>Characters that a file may hold of the streams of one cell.</summary>
    private const int Held = 5_000_000;

    [Fact]
    public async Task Print_AGigabyteOnAPage_PageStaysUsableAndFileHoldsHeadTailAndNote()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("much.ipynb", Gigabyte.Source, "print('still', 'here')");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await chromium.OpenNotebookAsync(lab, "much.ipynb");
        await page.WaitForStatusAsync("Idle");

        await page.RunCellAsync(0);
        await page.TypeAsync(1, " # typed while it printed");
        // A gigabyte takes its time.
        await Expect(page.Cell(0).Locator(".jp-InputPrompt")).ToHaveTextAsync("[1]:", new() { Timeout = 300_000 });
        await page.RunCellAsync(1);

        await page.SeeAsync(1, "still here");
        await page.SeeAsync(0, $"{Gigabyte.Last:D8} x");
        Assert.InRange((await page.TextAsync(0)).Length, 1_000_000, Shown);
        var file = new NotebookFile(workplace.PathOf("much.ipynb"));
        await file.WaitAsync(done => done.Count(1) == 2 && done.Source(1).EndsWith("printed", StringComparison.Ordinal));
        var held = file.Output(0);
        Assert.InRange(held.Length, 3_900_000, Held);
        Assert.StartsWith(Gigabyte.LineAt(0) + Gigabyte.LineAt(1), held, StringComparison.Ordinal);
        Assert.Contains("MB are left out here; all of it: holdfast outputs much.ipynb --cell ", held, StringComparison.Ordinal);
        Assert.EndsWith(Gigabyte.LineAt(Gigabyte.Last - 1) + Gigabyte.LineAt(Gigabyte.Last), held, StringComparison.Ordinal);
        await workplace.ReadAsync(["outputs", workplace.PathOf("much.ipynb"), "--cell", file.Id(0)], output => Gigabyte.AssertWholeAsync(output));
        await page.SeeNoDialogAsync();
        await page.ScreenshotAsync("flooded");
    }
}
