using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

/// <summary>Pages that are cut off, asleep, or not alone.</summary>
public sealed class SeveralPagesTests(Chromium chromium)
{
    [Fact]
    public async Task Socket_CutDuringARun_ComesBackWithNothingMissingOrDoubled()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("cut.ipynb", Counting.Source);
        await using var lab = await workplace.StartLabAsync();
        await using var cable = new Cable(lab);
        await using var page = await chromium.OpenNotebookAsync(lab, cable, "cut.ipynb");
        await page.WaitForStatusAsync("Idle");
        await page.RunCellAsync(0);
        await page.SeeMoreAsync(0);

        cable.Cut();
        await page.SeeLineAsync("reconnecting…");
        var file = new NotebookFile(workplace.PathOf("cut.ipynb"));
        Counting.Stop(workplace);
        await file.WaitAsync(cut => cut.Output(0).EndsWith("end\n", StringComparison.Ordinal));
        cable.Mend();

        await page.SeeAsync(0, "end");
        await page.SeePromptAsync(0, "[1]:");
        await page.SeeLineAsync("recorded");
        Counting.AssertWhole(await page.TextAsync(0));
        await page.SeeNoDialogAsync();
    }

    [Fact]
    public async Task Socket_CutForTenMinutes_ComesBackByItself()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("long.ipynb", Counting.Source);
        await using var lab = await workplace.StartLabAsync();
        await using var cable = new Cable(lab);
        await using var page = await chromium.OpenNotebookAsync(lab, cable, "long.ipynb", fakedTime: true);
        await page.WaitForStatusAsync("Idle");
        await page.RunCellAsync(0);
        await page.SeeMoreAsync(0);

        cable.Cut();
        await page.SeeLineAsync("reconnecting…");
        for (var minute = 0; minute < 10; minute++) await page.Browser().Clock.RunForAsync(60_000);
        cable.Mend();
        await page.Browser().Clock.RunForAsync(6_000);

        await page.SeeLineAsync("recorded");
        await page.SeeMoreAsync(0);
        Counting.Stop(workplace);
        await page.SeePromptAsync(0, "[1]:");
        Counting.AssertWhole(await page.TextAsync(0));
        await page.SeeNoDialogAsync();
    }

    [Fact]
    public async Task Lab_KilledAndStartedAgain_PageGoesOnWithNothingMissingOrDoubled()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("killed.ipynb", Counting.Source, "number > 0");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await chromium.OpenNotebookAsync(lab, "killed.ipynb");
        await page.WaitForStatusAsync("Idle");
        await page.RunCellAsync(0);
        await page.SeeMoreAsync(0);

        await lab.KillAsync();
        await page.SeeLineAsync("reconnecting…");
        await using var next = await workplace.StartLabAsync(lab.Port);

        await page.SeeLineAsync("recorded");
        await page.SeeMoreAsync(0);
        Counting.Stop(workplace);
        await page.SeePromptAsync(0, "[1]:");
        Counting.AssertWhole(await page.TextAsync(0));
        await page.RunCellAsync(1);
        await page.SeeAsync(1, "True");
        await page.SeeNoDialogAsync();
    }

    [Fact]
    public async Task PageAsleepSinceBeforeTheRun_WakesAndSaves_OutputsStay()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("asleep.ipynb", "print('made in the meantime')", "1 + 1");
        await using var lab = await workplace.StartLabAsync();
        await using var cable = new Cable(lab);
        await using var asleep = await chromium.OpenNotebookAsync(lab, cable, "asleep.ipynb");
        await asleep.WaitForStatusAsync("Idle");
        await asleep.SaveAsync();
        cable.Cut();
        await asleep.SeeLineAsync("reconnecting…");
        await asleep.TypeAsync(1, " + 40");

        await using (var other = await chromium.OpenNotebookAsync(lab, "asleep.ipynb"))
        {
            await other.WaitForStatusAsync("Idle");
            await other.RunCellAsync(0);
            await other.SeePromptAsync(0, "[1]:");
        }

        cable.Mend();
        var file = new NotebookFile(workplace.PathOf("asleep.ipynb"));
        await file.WaitAsync(saved => saved.Source(1) == "1 + 1 + 40");

        Assert.Equal("made in the meantime\n", file.Output(0));
        Assert.Equal(1, file.Count(0));
        await asleep.SeeAsync(0, "made in the meantime");
        await asleep.SeeNoDialogAsync();
    }

    [Fact]
    public async Task Outputs_ClearedOnAPageThatIsUpToDate_GoFromTheFileToo()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("clear.ipynb", "print('gone')", "print('stays')");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await chromium.OpenNotebookAsync(lab, "clear.ipynb");
        await page.WaitForStatusAsync("Idle");
        await page.RunAllAsync();
        var file = new NotebookFile(workplace.PathOf("clear.ipynb"));
        await file.WaitAsync(run => run.Output(1) == "stays\n");

        await page.Cell(0).Locator(".jp-InputPrompt").ClickAsync();
        await page.ChooseAsync("Edit", "editmenu:clear-current");
        await page.SaveAsync();

        await file.WaitAsync(cleared => cleared.Output(0) == "" && cleared.Count(0) is null);
        Assert.Equal("stays\n", file.Output(1));
        Assert.Equal("", await page.TextAsync(0));
        await page.Browser().ReloadAsync();
        await page.SeeLineAsync("recorded");
        await page.SeeAsync(1, "stays");
        Assert.Equal("", await page.TextAsync(0));
    }

    [Fact]
    public async Task TwoPages_OpenedBeforeTheFirstSave_BothSaveAndNeitherAsks()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("fresh.ipynb", "1 + 1", "2 + 2");
        await using var lab = await workplace.StartLabAsync();
        await using var first = await chromium.OpenNotebookAsync(lab, "fresh.ipynb");
        await using var second = await chromium.OpenNotebookAsync(lab, "fresh.ipynb");
        await first.WaitForStatusAsync("Idle");
        await second.WaitForStatusAsync("Idle");
        await first.SaveAsync();
        await second.TypeAsync(1, " + 40");
        await second.SaveAsync();

        await second.SeeNoDialogAsync();
        Assert.Equal("2 + 2 + 40", new NotebookFile(workplace.PathOf("fresh.ipynb")).Source(1));
    }

    [Fact]
    public async Task TwoPages_OneRuns_TheOtherShowsItLiveAndWritesNothing()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("two.ipynb", Counting.Source, "print('second')");
        await using var lab = await workplace.StartLabAsync();
        await using var first = await chromium.OpenNotebookAsync(lab, "two.ipynb");
        await first.WaitForStatusAsync("Idle");
        await first.SaveAsync();
        await using var second = await chromium.OpenNotebookAsync(lab, "two.ipynb");
        await second.SeeLineAsync("recorded");
        var written = 0;
        second.Browser().Request += (_, request) => written += request.Method == "PUT" && request.Url.Contains("/api/contents/", StringComparison.Ordinal) ? 1 : 0;

        await first.ChooseAsync("Run", "runmenu:run-all");
        await second.SeePromptAsync(0, "[*]:");
        await second.SeePromptAsync(1, "[*]:");
        await second.SeeMoreAsync(0);
        Counting.Stop(workplace);
        await second.SeePromptAsync(1, "[2]:");

        Counting.AssertWhole(await second.TextAsync(0));
        Assert.Equal("second\n", await second.TextAsync(1));
        await first.SeePromptAsync(1, "[2]:");
        Counting.AssertWhole(await first.TextAsync(0));
        Assert.Equal(0, written);
        await first.SeeNoDialogAsync();
        await second.SeeNoDialogAsync();
    }
}
