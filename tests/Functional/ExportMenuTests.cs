using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>File › Save and Export Notebook As.</summary>
public sealed class ExportMenuTests(Chromium chromium)
{
    private const string Source = "import os, time\nprint('recorded, not saved')\nwhile not os.path.exists('go'): time.sleep(0.05)";

    [Fact]
    public async Task Menu_OfANotebook_ListsTheFormatsAndDownloadsThem()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("train.ipynb", "x = 1", "!ls");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("train.ipynb");

        await OpenMenuAsync(page);
        var items = page.Cell(0).Page.Locator(".lm-Menu-item[data-command='notebook:export-to-format']");
        await page.ScreenshotAsync("export-menu");
        var labels = await items.Locator(".lm-Menu-itemLabel").AllInnerTextsAsync();
        Assert.Contains("Executable Script", labels);
        Assert.Contains("Percent", labels);
        Assert.Contains("HTML", labels);
        Assert.Contains("Markdown", labels);

        var (name, text) = await DownloadAsync(page, items.Filter(new() { HasText = "Executable Script" }));
        Assert.Equal("train.py", name);
        Assert.Equal("#!/usr/bin/env python\n# coding: utf-8\n\n# In[ ]:\n\n\nx = 1\n\n\n# In[ ]:\n\n\nget_ipython().system('ls')\n\n", text);

        await OpenMenuAsync(page);
        (name, text) = await DownloadAsync(page, items.Filter(new() { HasText = "Percent" }));
        Assert.Equal("train.py", name);
        Assert.EndsWith("# ---\n\n# %%\nx = 1\n\n# %%\n# !ls\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WhileACellRuns_HasWhatIsRecorded()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("train.ipynb", Source);
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("train.ipynb");
        await page.RunCellAsync(0);
        await page.SeeAsync(0, "recorded, not saved");

        var answer = await page.Cell(0).Page.APIRequest.GetAsync(new Uri(lab.Root, "nbconvert/notebook/train.ipynb").AbsoluteUri);

        Assert.Contains("recorded, not saved\\n", await answer.TextAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(workplace.PathOf("go"), "", TestContext.Current.CancellationToken);
        await page.WaitUntilDoneAsync();
    }

    private static async Task OpenMenuAsync(LabPage page)
    {
        var browser = page.Cell(0).Page;
        await browser.Locator(".lm-MenuBar-item").GetByText("File", new() { Exact = true }).ClickAsync();
        await browser.Locator(".lm-Menu-item[data-type='submenu']").GetByText("Save and Export Notebook As").ClickAsync();
        await Expect(browser.Locator(".lm-Menu-item[data-command='notebook:export-to-format']").First).ToBeVisibleAsync();
    }

    private static async Task<(string Name, string Text)> DownloadAsync(LabPage page, ILocator item)
    {
        // The page opens another one for the download.
        var download = new TaskCompletionSource<IDownload>();
        EventHandler<IPage> opened = (_, other) => other.Download += (_, begun) => download.TrySetResult(begun);
        var browser = page.Cell(0).Page;
        browser.Download += (_, begun) => download.TrySetResult(begun);
        browser.Context.Page += opened;
        await item.ClickAsync();
        var file = await download.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        browser.Context.Page -= opened;
        return (file.SuggestedFilename, await File.ReadAllTextAsync(await file.PathAsync(), TestContext.Current.CancellationToken));
    }
}
