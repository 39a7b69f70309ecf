using System.Text;
using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>Cells that ask: <c>input</c>, <c>getpass</c>, the debugger in the cell.</summary>
public sealed class PromptTests(Chromium chromium)
{
    private const float Patience = 60_000;
    private const string Secret = "kelp-and-anchors-8841";

    [Fact]
    public async Task Getpass_AnsweredAfterAReload_IsHiddenAndWrittenNowhere()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("ask.ipynb", "import getpass\nsecret = getpass.getpass('The password? ')\nname = input('And who? ')\nprint(len(secret), 'letters from', name)");
        await using (var lab = await workplace.StartLabAsync())
        {
            await using var page = await LabPage.OpenAsync(chromium, lab);
            await page.OpenNotebookAsync("ask.ipynb");
            await page.RunCellAsync(0);
            await SeeHiddenPromptAsync(page);

            await page.Browser().ReloadAsync();
            await SeeHiddenPromptAsync(page);
            await page.AnswerPromptAsync(0, "The password?", Secret);
            await page.AnswerPromptAsync(0, "And who?", "Ada");
            await page.SeeAsync(0, $"{Secret.Length} letters from Ada");
            await page.SeePromptAsync(0, "[1]:");
            await page.SaveAsync();
            await Expect(page.Browser().Locator("body")).Not.ToContainTextAsync(Secret);
        }

        // Nothing that the lab, the keeper or the kernel has written holds it: journals, logs, the notebook, its history.
        var written = Directory.EnumerateFiles(workplace.Folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).ToList();
        Assert.Contains(written, file => file.Contains("/journal/", StringComparison.Ordinal) && Holds(file, "The password?"));
        Assert.DoesNotContain(written, file => Holds(file, Secret));
    }

    [Fact]
    public async Task Breakpoint_InACell_AsksIsReloadedAndGoesOn()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("pdb.ipynb", "def tide(hour):\n    height = hour * 7\n    breakpoint()\n    return height\nprint('at', tide(6))");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("pdb.ipynb");
        await page.RunCellAsync(0);
        await page.AnswerPromptAsync(0, "ipdb>", "p height + 1000");
        await page.SeeAsync(0, "1042");

        await page.Browser().ReloadAsync();
        await page.SeeAsync(0, "1042");
        await page.AnswerPromptAsync(0, "ipdb>", "height = 8");
        await page.AnswerPromptAsync(0, "ipdb>", "c");
        await page.SeeAsync(0, "at 8");
        await page.SeePromptAsync(0, "[1]:");
    }

    [Fact]
    public async Task DebugMagic_AfterAnError_LooksIntoItsFrame()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("post.ipynb", "def tide(hour):\n    height = hour * 7\n    return height / 0\ntide(6)", "%debug");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("post.ipynb");
        await page.RunCellAsync(0);
        await page.SeeAsync(0, "ZeroDivisionError");
        await page.RunCellAsync(1);
        await page.AnswerPromptAsync(1, "ipdb>", "p height + 1000");
        await page.SeeAsync(1, "1042");

        await page.Browser().ReloadAsync();
        await page.AnswerPromptAsync(1, "ipdb>", "up");
        await page.SeeAsync(1, "tide(6)");
        await page.AnswerPromptAsync(1, "ipdb>", "q");
        await page.SeePromptAsync(1, "[2]:");
    }

    private static Task SeeHiddenPromptAsync(LabPage page) =>
        Expect(page.Cell(0).Locator(".jp-Stdin input[type=password]")).ToBeVisibleAsync(new() { Timeout = Patience });

    private static bool Holds(string file, string text)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        }
        catch (IOException)
        {
            // A socket, or gone meanwhile.
            return false;
        }
    }
}
