using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>One notebook in a tab of the browser, by Notebook 7's address.</summary>
public sealed class SingleDocumentTests(Chromium chromium)
{
    [Fact]
    public async Task Notebook_ByItsOwnAddressUnderAPrefixByTls_StandsAloneAndRuns()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("the waves.ipynb", "print(6 * 7)");
        await using var lab = await workplace.StartLabAsync(0, "--tls", "--base-url", "/any%40thing/");

        await using var page = await LabPage.OpenAsync(chromium, lab, new Uri(lab.Root, "notebooks/the%20waves.ipynb?token=t"), 1280);
        await page.WaitForStatusAsync("Idle");
        await page.RunCellAsync(0);

        await page.SeeAsync(0, "42");
        Assert.EndsWith("/any%40thing/doc/tree/the%20waves.ipynb", page.Browser().Url, StringComparison.Ordinal);
        await Expect(page.Browser().Locator("[data-shell-mode=single-document]")).ToHaveCountAsync(1);
        Assert.Empty(page.Complaints);
        await page.ScreenshotAsync("single-document");
    }
}
