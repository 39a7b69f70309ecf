using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests.Pages;

/// <summary>What people do and see in the History panel.</summary>
internal static class HistorySteps
{
    private const float Patience = 60_000;

    /// <summary>Opens the panel beside the notebook.</summary>
    public static Task OpenHistoryAsync(this LabPage page) => page.Cell(0).Page.Locator(".lm-TabBar-tab[data-id='hf-history']").ClickAsync();

    /// <summary>Chooses the newest version that says this of itself.</summary>
    public static Task ChooseVersionAsync(this LabPage page, string change) => page.Panel().Locator(".hf-History-version", new() { HasText = change }).First.ClickAsync();

    /// <summary>Waits until the panel shows this.</summary>
    public static Task SeeHistoryAsync(this LabPage page, string text) => Expect(page.Panel()).ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Waits until the panel shows text like this.</summary>
    public static Task SeeHistoryAsync(this LabPage page, Regex text) => Expect(page.Panel()).ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Presses the first button of the panel with this text.</summary>
    public static Task PressInHistoryAsync(this LabPage page, string button) => page.Panel().GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();

    /// <summary>Waits until the page says that something is restored.</summary>
    public static Task SeeRestoredAsync(this LabPage page, string what) => Expect(page.Cell(0).Page.Locator(".Toastify").GetByText($"{what} restored.")).ToBeVisibleAsync(new() { Timeout = Patience });

    private static ILocator Panel(this LabPage page) => page.Cell(0).Page.Locator(".hf-History");
}
