using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

/// <summary>A notebook whose kernel was ended, in a lab that is new.</summary>
public sealed class KernelGoneTests(Chromium chromium)
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Notebook_OpenedInANewLab_ShowsItsOutputsAndRunsAgain(bool byKeeper, bool hasWidgets)
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("train.ipynb", hasWidgets ? $"{WidgetTests.Definitions}\nprint('one')\ndisplay(html('shown'), slider(3), Output())" : "print('one')");
        await using (var lab = await workplace.StartLabAsync())
        {
            await using var page = await chromium.OpenNotebookAsync(lab, "train.ipynb");
            await page.WaitForStatusAsync("Idle");
            await page.RunCellAsync(0);
            await page.SeeAsync(0, "one");
            await page.SaveAsync();
            if (byKeeper)
                await workplace.RunAsync("keeper", "stop", "--yes");
            else
            {
                using var api = new LabApi(lab);
                var sessions = await api.SendAsync(HttpMethod.Get, "/api/sessions");
                var id = (string)sessions.Json![0]!["id"]!;
                await api.SendAsync(HttpMethod.Delete, "/api/sessions/" + id);
            }
            await lab.KillAsync();
        }
        await using var next = await workplace.StartLabAsync();
        await using var again = await chromium.OpenNotebookAsync(next, "train.ipynb");
        await again.SeeAsync(0, "one");
        await again.WaitForStatusAsync("Idle");
        await again.RunCellAsync(0);
        await again.SeePromptAsync(0, "[1]:");
    }
}
