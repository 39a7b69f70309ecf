using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Holdfast.Functional.Tests.Pages;

/// <summary>One browser for all tests: Debian's, started when the first page is opened.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const float Patience = 60_000;
    private const string Own = "/usr/bin/chromium";
    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>What is started; Debian's own browser, or something before it.</summary>
    public string Executable { get; init; } = Own;

    /// <summary>A page with cookies and storage of its own. The certificates that labs make themselves are taken.</summary>
    public async Task<IPage> NewPageAsync(int width = 1280, int height = 900, string? storage = null, bool script = true)
    {
        if (!File.Exists(Own)) Assert.Skip($"{Own} is not there: apt-get install chromium.");
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            // Else it is five seconds.
            Assertions.SetDefaultExpectTimeout(Patience);
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Executable,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            });
        }
        finally
        {
            _starting.Release();
        }

        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, IgnoreHTTPSErrors = true, StorageState = storage, JavaScriptEnabled = script });
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        _starting.Dispose();
    }
}
