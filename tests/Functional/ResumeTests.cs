using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

/// <summary>The habits of a page that has the resume extension.</summary>
public sealed class ResumeTests(Chromium chromium)
{
    [Fact]
    public async Task AutosaveInterval_ByDefault_Is10SecondsAndTheUsersOwnWins()
    {
        const string Setting = "lab/api/settings/@jupyterlab/docmanager-extension:plugin";
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);

        var byDefault = (await api.GetAsync(Setting)).Json;
        await api.SendAsync(HttpMethod.Put, Setting, new System.Text.Json.Nodes.JsonObject { ["raw"] = """{"autosaveInterval": 77}""" });
        var own = (await api.GetAsync(Setting)).Json;

        Assert.Equal(10, (int)byDefault["schema"]!["properties"]!["autosaveInterval"]!["default"]!);
        Assert.Equal(77, (int)own["settings"]!["autosaveInterval"]!);
    }

    [Fact]
    public async Task Cell_Run_IsSavedAtOnce()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("save.ipynb", "1 + 1");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await chromium.OpenNotebookAsync(lab, "save.ipynb");
        await page.WaitForStatusAsync("Idle");
        await page.TypeAsync(0, " + 40");

        var saved = await page.Browser().RunAndWaitForResponseAsync(
            () => page.RunCellAsync(0),
            response => response.Request.Method == "PUT" && response.Url.Contains("/api/contents/save.ipynb", StringComparison.Ordinal));

        Assert.True(saved.Ok);
        Assert.Equal("1 + 1 + 40", new NotebookFile(workplace.PathOf("save.ipynb")).Source(0));
        await page.SeeNoDialogAsync();
    }
}
