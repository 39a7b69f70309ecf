using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

/// <summary>What somebody sees in the page when something is wrong.</summary>
public sealed class BadPageTests(Chromium chromium)
{
    [Fact]
    public async Task Notebook_Invalid_PageSaysWhere()
    {
        await using var workplace = new Workplace();
        await File.WriteAllTextAsync(workplace.PathOf("bad.ipynb"), "{\"cells\": [],\n\"metadata\": {}\n\"nbformat\": 4}", TestContext.Current.CancellationToken);
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);

        await page.GoToAsync("bad.ipynb");

        await page.SeeDialogAsync("bad.ipynb");
        await page.SeeDialogAsync("Line 3, column 1");
        await page.ScreenshotAsync("invalid-notebook");
    }

    [Fact]
    public async Task Kernel_DiesAtStart_PageShowsItsLastWords()
    {
        await using var workplace = new Workplace();
        workplace.WriteKernel("python3", """{"argv": ["/bin/sh", "-c", "echo the tide is out >&2; exit 3", "{connection_file}"], "display_name": "Dying", "language": "python"}""");
        workplace.WriteNotebook("dies.ipynb", "1");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);

        await page.GoToAsync("dies.ipynb");

        await page.SeeDialogAsync("the tide is out");
        await page.ScreenshotAsync("dying-kernel");
    }

    [Fact]
    public async Task Password_Wrong_PageSaysSoAndTheRightOneOpensIt()
    {
        await using var workplace = new Workplace();
        await workplace.SetPasswordAsync("low water");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenLoginAsync(chromium, lab);

        await page.LogInAsync("high water");
        await page.SeeTextAsync("That is not the password.");
        await page.LogInAsync("low water");
        await page.SeeTextAsync("Launcher");
    }
}
