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

    /// <summary>What somebody else's notebook shows is not to press the page's buttons: its buttons carry no command.</summary>
    [Fact]
    public async Task Button_OfSomebodyElsesNotebook_TriggersNoCommand()
    {
        const string Button = """<button data-commandlinker-command='docmanager:new-untitled' data-commandlinker-args='{\"path\":\"\",\"type\":\"file\"}'>press me</button>""";
        await using var workplace = new Workplace();
        await File.WriteAllTextAsync(workplace.PathOf("button.ipynb"), $$"""
            {"cells":[{"cell_type":"markdown","id":"a","metadata":{},"source":"{{Button}}"},
             {"cell_type":"code","id":"b","execution_count":1,"metadata":{},"outputs":[{"output_type":"display_data","data":{"text/html":"{{Button}}"},"metadata":{} }],"source":""}],
             "metadata":{"kernelspec":{"name":"python3","display_name":"Python 3","language":"python"} },"nbformat":4,"nbformat_minor":5}
            """, TestContext.Current.CancellationToken);
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);

        await page.GoToAsync("button.ipynb");

        foreach (var cell in (int[])[0, 1])
        {
            var button = page.Cell(cell).Locator(".jp-RenderedHTMLCommon button");
            await button.ClickAsync();
            Assert.Null(await button.GetAttributeAsync("data-commandlinker-command"));
        }
        await page.SaveAsync();
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(workplace.PathOf("button.ipynb"))!), file => Path.GetFileName(file).StartsWith("untitled", StringComparison.Ordinal));
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
