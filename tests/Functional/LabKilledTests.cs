using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

public sealed class LabKilledTests(Chromium chromium)
{
    private const int Lines = 60;

    [Fact]
    public async Task Lab_KilledWhileACellRuns_PageReconnectsAndNoLineIsLost()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("run.ipynb", $"import time\nfor line in range({Lines}):\n    print('line', line, flush=True)\n    time.sleep(0.2)");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("run.ipynb");
        await page.RunCellAsync(0);
        await page.SeeAsync(0, "line 3");

        await lab.KillAsync();
        await using var next = await workplace.StartLabAsync(lab.Port);

        await page.SeeAsync(0, $"line {Lines - 1}");
        await page.WaitUntilDoneAsync();
        var wanted = string.Concat(Enumerable.Range(0, Lines).Select(line => $"line {line}\n"));
        Assert.Equal(wanted, await workplace.RunAsync("outputs", workplace.PathOf("run.ipynb")));
        Assert.Contains("run.ipynb", await workplace.RunAsync("ls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lab_KilledAndStartedElsewhere_ANewPageFindsTheSameKernel()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("kept.ipynb", "tide = 42", "tide");
        await using (var lab = await workplace.StartLabAsync())
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await page.OpenNotebookAsync("kept.ipynb");
            await page.RunCellAsync(0);
            await page.WaitUntilDoneAsync();
            await lab.KillAsync();
        }

        await using var next = await workplace.StartLabAsync();
        await using var later = await LabPage.OpenAsync(chromium, next);
        await later.OpenNotebookAsync("kept.ipynb");
        await later.RunCellAsync(1);

        await later.SeeAsync(1, "42");
        await later.SeePromptAsync(1, "[2]:");
    }
}
