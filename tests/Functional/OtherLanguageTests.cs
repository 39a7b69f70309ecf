using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>A kernel that is not Python's: R, as Debian has it.</summary>
public sealed class OtherLanguageTests(Chromium chromium)
{
    private const float Patience = 60_000;
    private const string Spec = "/usr/lib/R/site-library/IRkernel/kernelspec/kernel.json";

    private static readonly string[] Sources =
    [
        "x <- 6 * 7\ncat('at', x, '\\n')\ndata.frame(hour = 1:3, tide = c('low', 'mid', 'high'))",
        "plot(c(1, 2, 3))",
        "stop('the tide is out')",
        "cat('begun\\n')\nflush.console()\nwhile (!file.exists('go')) Sys.sleep(0.1)\ncat('went on\\n')",
        "cat('x is', x, '\\n')",
        "tools::pskill(Sys.getpid(), 9)",
    ];

    [Fact]
    public async Task R_InThePage_RunsStopsRestartsAndComesBack()
    {
        await using var workplace = Prepare();
        await using var lab = await workplace.StartLabAsync();
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await page.OpenNotebookAsync("tide.ipynb");
            await page.RunCellAsync(0);
            await page.SeeAsync(0, "at 42");
            await Expect(page.Outputs(0).Locator("table")).ToContainTextAsync("high");
            await page.RunCellAsync(1);
            await Expect(page.Outputs(1).Locator("img, svg").First).ToBeVisibleAsync(new() { Timeout = Patience });
            await page.RunCellAsync(2);
            await page.SeeAsync(2, "the tide is out");
            await page.ScreenshotAsync("r");

            await page.TypeAsync(4, "\nread.cs");
            await page.Cell(4).Locator(".cm-content").ClickAsync();
            await page.Browser().Keyboard.PressAsync("Control+End");
            await page.Browser().Keyboard.PressAsync("Tab");
            await Expect(page.Browser().Locator(".jp-Completer")).ToContainTextAsync("read.csv2", new() { Timeout = Patience });
            await page.Browser().Keyboard.PressAsync("Escape");
            for (var letter = 0; letter < "\nread.cs".Length; letter++) await page.Browser().Keyboard.PressAsync("Backspace");

            await page.RunCellAsync(3);
            await page.SeeAsync(3, "begun");
            await page.InterruptAsync();
            await page.WaitUntilDoneAsync();
            await page.RunCellAsync(4);
            await page.SeeAsync(4, "x is 42");
            await page.RunCellAsync(3);
            await page.SeePromptAsync(3, "[*]:");
            await page.SeeAsync(3, "begun");
        }

        // Another page, while it runs.
        await using var later = await chromium.OpenNotebookAsync(lab, "tide.ipynb");
        await later.SeePromptAsync(3, "[*]:");
        await later.SeeAsync(0, "at 42");
        await File.WriteAllTextAsync(workplace.PathOf("go"), "", TestContext.Current.CancellationToken);
        await later.SeeAsync(3, "went on");
        await later.WaitUntilDoneAsync();
        await new NotebookFile(workplace.PathOf("tide.ipynb")).WaitAsync(file => file.Output(3) == "begun\nwent on\n" && file.Output(4) == "x is 42 \n");

        await later.RestartAsync();
        await later.RunCellAsync(4);
        await later.SeeAsync(4, "not found");
        await later.RunCellAsync(5);
        await later.SeeDialogAsync("Kernel Restarting");
        await later.AnswerAsync("Ok");
        await later.WaitUntilDoneAsync();
        await later.RunCellAsync(0);
        await later.SeePromptAsync(0, "[1]:");
    }

    [Fact]
    public async Task R_FromTheShell_IsRunAndExported()
    {
        await using var workplace = Prepare();
        workplace.WriteNotebook("short.ipynb", Sources[0], Sources[4]);
        MakeR(workplace.PathOf("short.ipynb"));

        await workplace.RunAsync("nb", "run", workplace.PathOf("short.ipynb"), "-o", workplace.PathOf("ran.ipynb"));
        var ran = new NotebookFile(workplace.PathOf("ran.ipynb"));
        Assert.Equal("x is 42 \n", ran.Output(1));
        await workplace.RunAsync("nb", "export", workplace.PathOf("ran.ipynb"));
        Assert.Contains("x <- 6 * 7\n", await File.ReadAllTextAsync(workplace.PathOf("ran.r"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static Workplace Prepare()
    {
        if (!File.Exists(Spec)) Assert.Skip($"{Spec} is not there: apt-get install r-cran-irkernel.");
        var workplace = new Workplace();
        workplace.WriteKernel("ir", File.ReadAllText(Spec));
        workplace.WriteNotebook("tide.ipynb", Sources);
        MakeR(workplace.PathOf("tide.ipynb"));
        return workplace;
    }

    /// <summary>As JupyterLab leaves it after its first run.</summary>
    private static void MakeR(string notebook) => File.WriteAllText(notebook, File.ReadAllText(notebook)
        .Replace("\"kernelspec\": {", "\"language_info\": {\"name\": \"R\", \"file_extension\": \".r\", \"mimetype\": \"text/x-r-source\"},\n  \"kernelspec\": {", StringComparison.Ordinal)
        .Replace("\"display_name\": \"Python 3\"", "\"display_name\": \"R\"", StringComparison.Ordinal)
        .Replace("\"language\": \"python\"", "\"language\": \"R\"", StringComparison.Ordinal)
        .Replace("\"name\": \"python3\"", "\"name\": \"ir\"", StringComparison.Ordinal));
}
