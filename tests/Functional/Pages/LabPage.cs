using Holdfast.Functional.Tests.Labs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests.Pages;

/// <summary>JupyterLab in a browser, by what a person does and sees in it.</summary>
internal sealed class LabPage : IAsyncDisposable
{
    /// <summary>Starting a kernel on a busy machine takes its time.</summary>
    private const float Patience = 60_000;
    private readonly IPage _page;
    private readonly List<string> _complaints = [];

    private LabPage(IPage page)
    {
        _page = page;
        page.SetDefaultTimeout(Patience);
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _complaints.Add(message.Text);
        };
    }

    /// <summary>Errors on the console so far.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Requests to anything but the lab.</summary>
    public List<string> Strayed { get; } = [];

    private ILocator Notebook => _page.Locator(".jp-NotebookPanel:not(.lm-mod-hidden)");

    /// <summary>A page that shows a lab already, of a machine of a hub.</summary>
    public static LabPage Of(IPage page) => new(page);

    public static Task<LabPage> OpenAsync(Chromium chromium, RunningLab lab, int width = 1280) => OpenAsync(chromium, lab, lab.Link, width);

    /// <summary>Opens the lab without its token.</summary>
    public static Task<LabPage> OpenLoginAsync(Chromium chromium, RunningLab lab) => OpenAsync(chromium, lab, new Uri(lab.Root, "lab"), 1280);

    /// <summary>Opens an address of the lab.</summary>
    public static async Task<LabPage> OpenAsync(Chromium chromium, RunningLab lab, Uri address, int width)
    {
        var page = new LabPage(await chromium.NewPageAsync(width));
        page._page.Request += (_, request) =>
        {
            var asked = new Uri(request.Url);
            if (asked.Scheme is "http" or "https" or "ws" or "wss" && asked.Authority != lab.Link.Authority) page.Strayed.Add(request.Url);
        };
        await page._page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    /// <summary>Opens a notebook by its address and waits until its kernel is idle.</summary>
    public async Task OpenNotebookAsync(string name)
    {
        await GoToAsync(name);
        await WaitForStatusAsync("Idle");
    }

    /// <summary>Opens a file by its address.</summary>
    public Task GoToAsync(string name) => _page.GotoAsync(new Uri(new Uri(_page.Url), $"/lab/tree/{name}").AbsoluteUri);

    /// <summary>Sends the login form.</summary>
    public async Task LogInAsync(string secret)
    {
        await _page.Locator("input[type=password]").FillAsync(secret);
        await _page.Locator("form button").ClickAsync();
    }

    /// <summary>Waits until the page shows this.</summary>
    public Task SeeTextAsync(string text) => Expect(_page.Locator("body")).ToContainTextAsync(text, new() { Timeout = Patience, IgnoreCase = true });

    public async Task RunAllAsync()
    {
        await ChooseAsync("Run", "runmenu:run-all");
        await WaitUntilDoneAsync();
    }

    /// <summary>Starts one cell and does not wait for its end.</summary>
    public async Task RunCellAsync(int index)
    {
        await Cell(index).Locator(".jp-InputPrompt").ClickAsync();
        await ChooseAsync("Run", "runmenu:run");
    }

    public Task InterruptAsync() => ChooseAsync("Kernel", "kernelmenu:interrupt");

    public async Task RestartAsync()
    {
        await ChooseAsync("Kernel", "kernelmenu:restart");
        await AnswerAsync("Restart");
        await WaitForStatusAsync("Idle");
    }

    /// <summary>Chooses from the menu bar, by the menu's title and the command behind the item.</summary>
    public async Task ChooseAsync(string menu, string command)
    {
        await _page.Locator(".lm-MenuBar-item").GetByText(menu, new() { Exact = true }).ClickAsync();
        await _page.Locator($".lm-Menu-item:not(.lm-mod-disabled)[data-command='{command}']").ClickAsync();
    }

    /// <summary>Presses a button of the dialog that is open.</summary>
    public Task AnswerAsync(string button) => _page.Locator(".jp-Dialog-button").GetByText(button, new() { Exact = true }).ClickAsync();

    /// <summary>Waits for a dialog that says this.</summary>
    public Task SeeDialogAsync(string text) => Expect(_page.Locator(".jp-Dialog")).ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Waits until no cell is queued or running and the kernel is idle.</summary>
    public async Task WaitUntilDoneAsync()
    {
        await Expect(Notebook.Locator(".jp-InputPrompt").GetByText("[*]")).ToHaveCountAsync(0, new() { Timeout = Patience });
        await WaitForStatusAsync("Idle");
    }

    /// <summary>Waits for the kernel's state as the status bar shows it: Idle, Busy, … The notebook's own sign says idle before there is a kernel.</summary>
    public Task WaitForStatusAsync(string status) => Expect(_page.Locator("#jp-main-statusbar")).ToContainTextAsync($"| {status}", new() { Timeout = Patience });

    /// <summary>The cell with this index, from 0.</summary>
    public ILocator Cell(int index) => Notebook.Locator($".jp-Cell[data-windowed-list-index='{index}']");

    /// <summary>The outputs of a cell, one element for each.</summary>
    public ILocator Outputs(int cell) => Cell(cell).Locator(".jp-OutputArea-output");

    /// <summary>Waits until the outputs of a cell show this.</summary>
    public Task SeeAsync(int cell, string text) => Expect(Cell(cell).Locator(".jp-OutputArea").First).ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Saves, and waits until the lab has answered.</summary>
    public async Task SaveAsync()
    {
        var answer = await _page.RunAndWaitForResponseAsync(
            () => ChooseAsync("File", "docmanager:save"),
            response => response.Request.Method == "PUT" && response.Url.Contains("/api/contents/", StringComparison.Ordinal));
        Assert.True(answer.Ok, $"{answer.Status} {answer.StatusText}");
    }

    /// <summary>Puts a picture into HOLDFAST_SCREENSHOTS, else TestResults/ beside the tests.</summary>
    public Task ScreenshotAsync(string name) => ScreenshotAsync(_page, name, fullPage: false);

    /// <summary>A picture of any page, for people to look at.</summary>
    public static Task ScreenshotAsync(IPage page, string name, bool fullPage = true)
    {
        var folder = Environment.GetEnvironmentVariable("HOLDFAST_SCREENSHOTS") ?? Path.Combine(AppContext.BaseDirectory, "TestResults");
        return page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = fullPage });
    }

    public async ValueTask DisposeAsync() => await _page.Context.DisposeAsync();

}
