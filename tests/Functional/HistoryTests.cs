using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

public sealed class HistoryTests(Chromium chromium)
{
    [Fact]
    public async Task OutputsClearedAndACellDeleted_RestoredFromThePanel_AreInPageAndFileAgain()
    {
        await using var workplace = new Workplace();
        WriteNotebookThatRan(workplace);
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("work.ipynb");
        await page.SeeAsync(2, "42");

        // Everything cleared by accident, and saved.
        await page.ChooseAsync("Edit", "editmenu:clear-all");
        await page.SaveAsync();
        Assert.Equal([0, 0, 0], Outputs(workplace));
        await page.OpenHistoryAsync();
        await page.SeeHistoryAsync("outputs of 3 cells cleared");
        await page.ScreenshotAsync("history-list");
        await page.ChooseVersionAsync("first version");
        await page.SeeHistoryAsync("wave 2");
        await page.ScreenshotAsync("history-difference");
        await page.PressInHistoryAsync("Restore notebook");

        await page.SeeRestoredAsync("is");
        await page.SeeAsync(1, "wave 2");
        await page.SeeAsync(2, "42");
        Assert.Equal([1, 1, 1], Outputs(workplace));

        // A cell deleted, and saved.
        await page.PressInHistoryAsync("‹ All versions");
        await page.Cell(1).Locator(".jp-InputPrompt").ClickAsync();
        await page.ChooseAsync("Edit", "notebook:delete-cell");
        await page.SaveAsync();
        Assert.Equal([1, 1], Outputs(workplace));
        await page.SeeHistoryAsync("−1 cell");
        await page.ChooseVersionAsync("restore");
        await page.SeeHistoryAsync("gone");
        await page.PressInHistoryAsync("Restore this cell");

        await page.SeeAsync(1, "wave 2");
        await page.SeeHistoryAsync(new Regex(@"1 cell of version \d; \+1 cell"));
        await Expect(page.Cell(2)).ToBeVisibleAsync();
        Assert.Equal([1, 1, 1], Outputs(workplace));
        await page.ScreenshotAsync("history-restored");
        Assert.Empty(page.Complaints);
    }

    /// <summary>Of an earlier day: no kernel that still runs has made its outputs.</summary>
    private static void WriteNotebookThatRan(Workplace workplace)
    {
        string[] printed = ["tide\n", "wave 0\nwave 1\nwave 2\n", "42\n"];
        workplace.WriteNotebook("work.ipynb", "print('tide')", "for each in range(3):\n    print('wave', each)", "print(6 * 7)");
        var notebook = JsonNode.Parse(File.ReadAllText(workplace.PathOf("work.ipynb")))!;
        for (var cell = 0; cell < printed.Length; cell++)
            notebook["cells"]![cell]!["outputs"]!.AsArray().Add(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = printed[cell] });
        File.WriteAllText(workplace.PathOf("work.ipynb"), notebook.ToJsonString());
    }

    /// <summary>How many outputs each cell of the file has.</summary>
    private static int[] Outputs(Workplace workplace) =>
        [.. JsonNode.Parse(File.ReadAllText(workplace.PathOf("work.ipynb")))!["cells"]!.AsArray().Select(cell => cell!["outputs"]!.AsArray().Count)];
}
