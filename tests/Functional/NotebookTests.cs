using System.Diagnostics;
using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

public sealed class NotebookTests(Chromium chromium)
{
    [Fact]
    public async Task Tour_RunAndSaved_ShowsEveryKindOfOutput()
    {
        await using var workplace = new Workplace();
        workplace.CopyExample("01-first-tour.ipynb");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);

        await page.OpenNotebookAsync("01-first-tour.ipynb");
        await page.RunAllAsync();

        await page.SeeAsync(1, "Hello from Python");
        Assert.Equal(1, await page.Outputs(2).Locator("table").CountAsync());
        Assert.True(await page.Outputs(3).Locator("img").EvaluateAsync<int>("image => image.naturalWidth") > 0);
        await page.SeeAsync(5, "IndexError");
        Assert.NotEqual(0, await page.Outputs(5).Locator("[class*=ansi-red]").CountAsync());
        await page.SaveAsync();
        await page.ScreenshotAsync("first-tour");
        await AssertWrittenAsNbformatWrites(workplace.PathOf("01-first-tour.ipynb"));
        Assert.Empty(page.Complaints);
        Assert.Empty(page.Strayed);
    }

    [Fact]
    public async Task Cell_Interrupted_ShowsItAndTheKernelGoesOn()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("long.ipynb", "import time\nprint('begun', flush=True)\ntime.sleep(600)", "6 * 7");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("long.ipynb");

        await page.RunCellAsync(0);
        await page.SeeAsync(0, "begun");
        await page.InterruptAsync();
        await page.SeeAsync(0, "KeyboardInterrupt");
        await page.WaitUntilDoneAsync();
        await page.RunCellAsync(1);

        await page.SeeAsync(1, "42");
    }

    [Fact]
    public async Task Kernel_Restarted_CountsFromOneAgain()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("count.ipynb", "tide = 1", "'tide' in globals()");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("count.ipynb");
        await page.RunAllAsync();
        await page.SeeAsync(1, "True");

        await page.RestartAsync();
        await page.RunCellAsync(1);

        await page.SeeAsync(1, "False");
        await page.SeePromptAsync(1, "[1]:");
    }

    [Fact]
    public async Task Kernel_KilledBySystem_IsSaidAndRestarted()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("killed.ipynb", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "6 * 7");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        await page.OpenNotebookAsync("killed.ipynb");

        await page.RunCellAsync(0);
        await page.SeeDialogAsync("Kernel Restarting");
        await page.AnswerAsync("Ok");
        await page.WaitUntilDoneAsync();
        await page.RunCellAsync(1);

        await page.SeeAsync(1, "42");
    }

    /// <summary>Python's nbformat reads the file and writes it: the same bytes come out, so the file is what JupyterLab's own server would have left.</summary>
    private static async Task AssertWrittenAsNbformatWrites(string path)
    {
        const string Script = "import sys, nbformat; sys.stdout.write(nbformat.writes(nbformat.read(sys.argv[1], as_version=4)) + '\\n')";
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Script, path]) { RedirectStandardOutput = true })!;
        var written = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(written, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }
}
