using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

/// <summary>A page that was closed while cells ran, and one that is opened later in another browser.</summary>
public sealed class ReopenedPageTests(Chromium chromium)
{
    [Fact]
    public async Task Notebook_OpenedAgainDuringARun_ShowsEveryLineAndGoesOnLive()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("run.ipynb", Counting.Source);
        await using var lab = await workplace.StartLabAsync();
        await RunAndLeaveAsync(lab, "run.ipynb");

        await using var later = await chromium.OpenNotebookAsync(lab, "run.ipynb");
        await AssertGoesOnAsync(workplace, later);

        Assert.Empty(later.Complaints);
    }

    [Fact]
    public async Task Notebook_LabKilledWhileNobodyLooks_ShowsEveryLineAndGoesOnLive()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("run.ipynb", Counting.Source);
        await using (var lab = await workplace.StartLabAsync())
        {
            await RunAndLeaveAsync(lab, "run.ipynb");
            await lab.KillAsync();
        }

        await using var next = await workplace.StartLabAsync();
        await using var later = await chromium.OpenNotebookAsync(next, "run.ipynb");
        await AssertGoesOnAsync(workplace, later);
    }

    [Fact]
    public async Task NotebookWithoutIds_OpenedAgainDuringARun_ShowsEveryLineInItsCell()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("old.ipynb", Counting.Source, "1 + 1", Counting.Source);
        new NotebookFile(workplace.PathOf("old.ipynb")).TakeIdsAway();
        await using var lab = await workplace.StartLabAsync();
        // A page that could never save has told the lab nothing but the run itself.
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await page.Browser().RouteAsync("**/api/contents/**", route => route.Request.Method == "PUT" ? route.AbortAsync() : route.ContinueAsync());
            await page.OpenNotebookAsync("old.ipynb");
            await page.RunCellAsync(2);
            await page.SeeMoreAsync(2);
        }

        await using var later = await chromium.OpenNotebookAsync(lab, "old.ipynb");
        await AssertGoesOnAsync(workplace, later, 2);

        Assert.Equal("", await later.TextAsync(0));
    }

    [Fact]
    public async Task NewCell_RunAndNeverSaved_IsThereWithItsOutputs()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("new.ipynb", "1 + 1");
        await using var lab = await workplace.StartLabAsync();
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await page.OpenNotebookAsync("new.ipynb");
            await page.Browser().RouteAsync("**/api/contents/**", route => route.Request.Method == "PUT" ? route.AbortAsync() : route.ContinueAsync());
            await page.Cell(0).Locator(".jp-InputPrompt").ClickAsync();
            await page.Browser().Keyboard.PressAsync("b");
            await page.TypeAsync(1, "print('never saved')");
            await page.RunCellAsync(1);
            await page.SeeAsync(1, "never saved");
            await page.SeeNoDialogAsync();
        }

        await using var later = await chromium.OpenNotebookAsync(lab, "new.ipynb");
        await later.SeeAsync(1, "never saved");
        await later.SeePromptAsync(1, "[1]:");
    }

    [Fact]
    public async Task RunAll_LeftDuringTheFirstCell_RunsAllAndShowsAll()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("all.ipynb", [Counting.Source, .. Enumerable.Range(2, 4).Select(cell => $"print('cell', {cell})")]);
        await using var lab = await workplace.StartLabAsync();
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await page.OpenNotebookAsync("all.ipynb");
            await page.ChooseAsync("Run", "runmenu:run-all");
            await page.SeeMoreAsync(0);
        }

        await using var later = await chromium.OpenNotebookAsync(lab, "all.ipynb");
        await later.SeePromptAsync(4, "[*]:");
        await later.SeeLineAsync("recorded · 5 cells running · last output");
        Counting.Stop(workplace);
        for (var cell = 1; cell < 5; cell++)
        {
            await later.SeeAsync(cell, $"cell {cell + 1}");
            await later.SeePromptAsync(cell, $"[{cell + 1}]:");
        }

        var file = new NotebookFile(workplace.PathOf("all.ipynb"));
        await file.WaitAsync(all => all.Count(4) == 5 && all.Output(4) == "cell 5\n");
        Counting.AssertWhole(file.Output(0));
    }

    [Fact]
    public async Task Input_AskedWhileNobodyLooks_IsAskedOnTheNextPageAndAnswered()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("ask.ipynb", $"{Counting.Source}\nname = input('Who is it?')\nprint('Hello', name)");
        await using var lab = await workplace.StartLabAsync();
        await RunAndLeaveAsync(lab, "ask.ipynb");
        Counting.Stop(workplace);
        await new NotebookFile(workplace.PathOf("ask.ipynb")).WaitAsync(file => file.Output(0).Contains("end", StringComparison.Ordinal));

        await using var later = await chromium.OpenNotebookAsync(lab, "ask.ipynb");
        await later.AnswerPromptAsync(0, "Who is it?", "Ada");

        await later.SeeAsync(0, "Hello Ada");
        await later.SeePromptAsync(0, "[1]:");
    }

    [Fact]
    public async Task Display_ChangedFromAnotherCellAfterReopening_Changes()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("displays.ipynb", "shown = display('before', display_id=True)", "shown.update('after')");
        await using var lab = await workplace.StartLabAsync();
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await page.OpenNotebookAsync("displays.ipynb");
            await page.RunCellAsync(0);
            await page.SeeAsync(0, "'before'");
        }

        await using var later = await LabPage.OpenAsync(chromium, lab);
        await later.OpenNotebookAsync("displays.ipynb");
        await later.SeeLineAsync("recorded");
        await later.RunCellAsync(1);

        await later.SeeAsync(0, "'after'");
        await new NotebookFile(workplace.PathOf("displays.ipynb")).WaitAsync(file => file.Output(0) == "'after'");
    }

    [Fact]
    public async Task Record_ThatWentWithAnOldConnection_IsAskedForAgain()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("count.ipynb", Counting.Source);
        await using var lab = await workplace.StartLabAsync();
        await RunAndLeaveAsync(lab, "count.ipynb");

        await using var later = await chromium.OpenNotebookAsync(lab, "count.ipynb");
        var lost = 0;
        await later.Browser().RouteAsync("**/api/recording/fold*", route => Interlocked.Exchange(ref lost, 1) == 0
            ? route.FulfillAsync(new() { Status = 202, Body = "{\"number\": 0}" })
            : route.ContinueAsync());
        await later.Browser().ReloadAsync();

        await AssertGoesOnAsync(workplace, later);
        Assert.Equal(1, lost);
    }

    private async Task RunAndLeaveAsync(RunningLab lab, string name)
    {
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync(name);
        await page.RunCellAsync(0);
        await page.SeeMoreAsync(0);
    }

    private static async Task AssertGoesOnAsync(Workplace workplace, LabPage page, int cell = 0)
    {
        await page.SeePromptAsync(cell, "[*]:");
        await page.SeeMoreAsync(cell);
        Counting.Stop(workplace);
        await page.SeeAsync(cell, "end");
        await page.SeePromptAsync(cell, "[1]:");
        Counting.AssertWhole(await page.TextAsync(cell));
    }
}
