using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>The run panel on a phone.</summary>
public sealed class RunsPageTests(Chromium chromium)
{
    private const float Patience = 60_000;

    [Fact]
    public async Task Panel_OnAPhone_ShowsARunLiveAndInterruptsIt()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("train.ipynb", "# Fit\nimport time\nfor step in range(100000):\n    print(f'\\r{step % 100}%|##  | {step} steps', end='', flush=True); time.sleep(0.05)");
        await using var lab = await workplace.StartLabAsync();
        var page = await chromium.NewPageAsync(390, 844);
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") complaints.Add(message.Text); };
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(new Uri(lab.Root, $"runs{lab.Link.Query}").AbsoluteUri);
        await Expect(page.Locator(".empty")).ToContainTextAsync("Nothing runs here", new() { Timeout = Patience });

        await workplace.RunAsync("nb", "run", "--detach", workplace.PathOf("train.ipynb"));

        var card = page.Locator("article");
        await Expect(card.Locator(".state")).ToHaveTextAsync("running", new() { Timeout = Patience });
        await Expect(card.Locator("progress")).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(card).ToContainTextAsync("train.run.ipynb");
        await Expect(card).ToContainTextAsync("Fit");
        await Expect(card).ToContainTextAsync("cell 1 of 1");
        var first = await card.Locator("pre").InnerTextAsync();
        await Expect(card.Locator("pre")).Not.ToHaveTextAsync(first, new() { Timeout = Patience });
        // Nothing is wider than the phone.
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));

        await card.GetByRole(AriaRole.Button, new() { Name = "Interrupt" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Tap again to interrupt" }).ClickAsync();

        // The run ends with its cell, and its kernel with the run.
        await Expect(page.Locator(".empty")).ToBeVisibleAsync(new() { Timeout = Patience });
        Assert.Contains("KeyboardInterrupt", await File.ReadAllTextAsync(workplace.PathOf("train.run.ipynb"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(complaints);
        await page.Context.DisposeAsync();
    }
}
