using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Holdfast.Functional.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A hub as a process of its own. Its end is always <c>kill -9</c>; at the very end its machines are removed.</summary>
internal sealed partial class RunningHub(Workplace workplace, params string[] arguments) : IAsyncDisposable
{
    private const float Patience = 60_000;
    private RunningLab? _hub;

    /// <summary>Where it listens.</summary>
    public Uri Address => _hub!.Root;

    /// <summary>Starts it, again on the same port when it ran before.</summary>
    public async Task<RunningHub> StartAsync()
    {
        var port = _hub?.Port ?? 0;
        _hub = await RunningLab.StartAsync(workplace.Command(["hub", "--port", $"{port}", .. arguments]), TestContext.Current.CancellationToken);
        return this;
    }

    /// <summary>The link by which the first administrator gets in.</summary>
    public async Task<Uri> SetupLinkAsync() => new(SetupLink().Match(await _hub!.HearAsync("/setup?")).Value);

    /// <summary>A page of the first administrator, who chooses a password.</summary>
    public async Task<IPage> LogInAsync(Chromium chromium)
    {
        var page = await chromium.NewPageAsync();
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync((await SetupLinkAsync()).AbsoluteUri);
        await page.Locator("input[name=password]").FillAsync("correct horse battery");
        await page.Locator("input[name=again]").FillAsync("correct horse battery");
        await page.Locator("form button.main").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Machines");
        return page;
    }

    public Task HearAsync(string words) => _hub!.HearAsync(words);

    public Task KillAsync() => _hub!.KillAsync();

    /// <summary>A machine as <c>machine show</c> tells of it.</summary>
    public async Task<JsonNode> MachineAsync(string name) => JsonNode.Parse(await workplace.RunAsync("machine", "show", name, "-o", "json"))!;

    public async ValueTask DisposeAsync()
    {
        if (_hub is null) return;
        if (_hub.HasEnded) await StartAsync();
        foreach (var machine in JsonNode.Parse(await workplace.RunAsync("machine", "ls", "-o", "json"))!.AsArray())
            await workplace.RunAsync("machine", "rm", (string)machine!["name"]!, "--yes");
        // They are stopped and deleted after the answer: a hub that is killed before leaves them running.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (JsonNode.Parse(await workplace.RunAsync("machine", "ls", "-o", "json"))!.AsArray().Count > 0) await Task.Delay(50, limit.Token);
        await _hub.DisposeAsync();
    }

    [GeneratedRegex(@"http://\S+/setup\?\S+")]
    private static partial Regex SetupLink();
}
