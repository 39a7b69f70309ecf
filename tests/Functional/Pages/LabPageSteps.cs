using System.Globalization;
using Holdfast.Functional.Tests.Labs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests.Pages;

/// <summary>What people do and see on a page that comes back.</summary>
internal static class LabPageSteps
{
    private const float Patience = 60_000;

    /// <summary>Opens a notebook in a new browser profile.</summary>
    public static Task<LabPage> OpenNotebookAsync(this Chromium chromium, RunningLab lab, string name, int width = 1280) =>
        chromium.OpenNotebookAsync(lab, lab.Link, name, width);

    /// <summary>Opens a notebook in a new browser profile, by way of a cable.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="lab">The lab.</param>
    /// <param name="cable">What is between page and lab.</param>
    /// <param name="name">The notebook.</param>
    /// <param name="fakedTime">Whether the test may move the page's clock.</param>
    public static Task<LabPage> OpenNotebookAsync(this Chromium chromium, RunningLab lab, Cable cable, string name, bool fakedTime = false) =>
        chromium.OpenNotebookAsync(lab, cable.Link, name, 1280, fakedTime);

    /// <summary>Waits until a cell has this before it: <c>[*]:</c>, <c>[3]:</c>.</summary>
    public static Task SeePromptAsync(this LabPage page, int cell, string prompt) =>
        Expect(page.Cell(cell).Locator(".jp-InputPrompt")).ToHaveTextAsync(prompt, new() { Timeout = Patience });

    /// <summary>Waits until a counting cell has shown some more numbers than it shows now.</summary>
    public static async Task SeeMoreAsync(this LabPage page, int cell)
    {
        await Expect(page.Outputs(cell).First).ToBeVisibleAsync(new() { Timeout = Patience });
        var last = (await page.TextAsync(cell)).Trim().Split('\n')[^1];
        await page.SeeAsync(cell, $"\n{int.Parse(last, CultureInfo.InvariantCulture) + 3}\n");
    }

    /// <summary>All that a cell shows.</summary>
    public static async Task<string> TextAsync(this LabPage page, int cell) =>
        string.Concat(await page.Outputs(cell).EvaluateAllAsync<string[]>("all => all.map(one => one.textContent)"));

    /// <summary>Waits until the status bar's line about the record says this.</summary>
    public static Task SeeLineAsync(this LabPage page, string text) =>
        Expect(page.Browser().Locator(".hf-StatusLine")).ToContainTextAsync(text, new() { Timeout = Patience });

    public static Task SeeNoDialogAsync(this LabPage page) => Expect(page.Browser().Locator(".jp-Dialog")).ToHaveCountAsync(0);

    /// <summary>Writes at the end of a cell's source.</summary>
    public static async Task TypeAsync(this LabPage page, int cell, string text)
    {
        await page.Cell(cell).Locator(".cm-content").ClickAsync();
        await page.Browser().Keyboard.PressAsync("Control+End");
        await page.Browser().Keyboard.TypeAsync(text);
        await page.Browser().Keyboard.PressAsync("Escape");
    }

    /// <summary>Answers the prompt of a cell.</summary>
    public static async Task AnswerPromptAsync(this LabPage page, int cell, string prompt, string answer)
    {
        var input = page.Cell(cell).Locator(".jp-OutputArea-stdin-item:not(.jp-OutputArea-stdin-hiding) .jp-Stdin");
        await Expect(input).ToContainTextAsync(prompt, new() { Timeout = Patience });
        await input.Locator("input").EvaluateAsync("input => input.dataset.answered = true");
        await input.Locator("input").FillAsync(answer);
        await input.Locator("input").PressAsync("Enter");
        await Expect(input.Locator("input[data-answered]")).ToHaveCountAsync(0, new() { Timeout = Patience });
    }

    /// <summary>The browser's page.</summary>
    public static IPage Browser(this LabPage page) => page.Cell(0).Page;

    private static async Task<LabPage> OpenNotebookAsync(this Chromium chromium, RunningLab lab, Uri link, string name, int width, bool fakedTime = false)
    {
        var address = new UriBuilder(link) { Path = $"/lab/tree/{name}" }.Uri;
        if (!fakedTime) return await LabPage.OpenAsync(chromium, lab, address, width);
        var page = await LabPage.OpenAsync(chromium, lab, new Uri(address, "/api"), width);
        await page.Browser().Clock.InstallAsync();
        await page.Browser().GotoAsync(address.AbsoluteUri);
        return page;
    }
}
