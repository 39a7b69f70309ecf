using System.Text.Json.Nodes;
using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>The way from a notebook in a machine's JupyterLab to a job of the hub, by buttons alone.</summary>
public sealed class SendToJobTests(Chromium chromium)
{
    private const float Patience = 60_000;

    /// <summary>A notebook with a cell of parameters, and one that writes what it got.</summary>
    private const string Notebook = """
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "language_info": {"name": "python"}}, "cells": [
          {"id": "a", "cell_type": "code", "metadata": {"tags": ["parameters"]}, "execution_count": null, "outputs": [], "source": "epochs: int = 20  # how often all of it is seen\nrate: float = 0.1\noptimizer = 'adam'\nshuffle: bool = True"},
          {"id": "b", "cell_type": "code", "metadata": {}, "execution_count": null, "outputs": [], "source": "import os, helper\nprint(helper.line(epochs, rate, optimizer, shuffle))"}]}
        """;

    [Fact]
    public async Task Button_InANotebookOfAMachine_LeadsToTheFormAndTheRun()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines with a root of their own need root.");
        await using var workplace = new Workplace();
        await using var hub = await new RunningHub(workplace).StartAsync();
        await hub.HearAsync("first");
        await workplace.RunAsync("machine", "start", "first", "--wait");
        await workplace.RunAsync("machine", "exec", "first", "--", "/bin/sh", "-c", "printf %s \"$0\" > /notebooks/train.ipynb; echo 'def line(*values): return f\"got {values}\"' > /notebooks/helper.py; echo weights > /opt/model", Notebook);
        var page = await hub.LogInAsync(chromium);
        await page.Locator("a.button.main", new() { HasText = "Open" }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).Host == "first.localhost" && url.Contains("/lab", StringComparison.Ordinal));
        await using var lab = LabPage.Of(page);
        await lab.OpenNotebookAsync("notebooks/train.ipynb");
        // Not saved: the job is of what is seen.
        await lab.TypeAsync(1, "\nprint('and this')");

        var form = await page.Context.RunAndWaitForPageAsync(() => page.Locator(".jp-NotebookPanel-toolbar").GetByText("Send to job").ClickAsync());
        await Expect(form.Locator("h1")).ToHaveTextAsync("Send train.ipynb to a job", new() { Timeout = Patience });
        Assert.Equal("localhost", new Uri(form.Url).Host);
        await Expect(form.GetByLabel("epochs")).ToHaveAttributeAsync("placeholder", "20");
        await Expect(form.Locator("label", new() { HasText = "epochs" })).ToContainTextAsync("how often all of it is seen");
        await form.GetByText("0 packages, 1 file").ClickAsync();
        await Expect(form.GetByText("/opt/model")).ToBeVisibleAsync();
        await LookAsync(form, "send-to-job");

        // What does not fit is said, and what was typed stays.
        await form.GetByLabel("epochs").FillAsync("many");
        await form.GetByLabel("rate").FillAsync("1e-3");
        await form.GetByLabel("shuffle").SelectOptionAsync("False");
        await form.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await Expect(form.Locator(".wrong")).ToContainTextAsync("epochs is a whole number, as 20 in the notebook, not many.", new() { Timeout = Patience });
        await Expect(form.GetByLabel("rate")).ToHaveValueAsync("1e-3");
        await form.GetByLabel("epochs").FillAsync("3");
        await form.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(form.Locator("h1")).ToContainTextAsync("succeeded", new() { Timeout = Patience });
        await Expect(form.Locator("#log")).ToContainTextAsync("got (3, 0.001, 'adam', False)");
        await Expect(form.Locator("#log")).ToContainTextAsync("and this");
        var job = JsonNode.Parse(await workplace.RunAsync("job", "show", "train", "-o", "json"))!["job"]!;
        Assert.Equal("""{"epochs":3,"rate":1e-3,"shuffle":false}""", job["spec"]!["parameters"]!.ToJsonString());
        Assert.Equal(("first", "train.ipynb"), ((string?)job["spec"]!["machine"], (string?)job["spec"]!["notebook"]));
        await lab.ScreenshotAsync("send-to-job-button");
    }

    private static async Task LookAsync(IPage page, string name)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var (width, height) in ((int, int)[])[(1280, 900), (820, 1180), (390, 844)])
            {
                await page.SetViewportSizeAsync(width, height);
                Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"It is wider than {width}.");
                await LabPage.ScreenshotAsync(page, $"{name}-{width}-{scheme}");
            }
        }
    }
}
