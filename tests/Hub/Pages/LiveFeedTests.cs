using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.People;

namespace Holdfast.Hub.Tests.Pages;

public sealed class LiveFeedTests : IAsyncLifetime
{
    private PeopleHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await PeopleHub.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Change_OfAMachine_IsToldToItsOwnerAndAdministratorsOnly()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var ada = await OpenAsync(_hub.LogIn("ada"));
        using var grace = await OpenAsync(_hub.LogIn("grace"));
        using var root = await OpenAsync(_hub.LogIn("root", isAdmin: true));
        var record = _hub.Machines.Put("leaves", MachineState.Running, "ada");

        foreach (var observer in _hub.Get<IEnumerable<IMachineObserver>>()) observer.Changed(record, record with { State = MachineState.Stopping });
        Assert.Equal("data: changed", await ada.ReadLineAsync(cancellation));
        Assert.Equal("data: changed", await root.ReadLineAsync(cancellation));
        _hub.Get<Hub.People.Sessions>().EndAll("grace");
        Assert.Equal("", await grace.ReadToEndAsync(cancellation));
    }

    [Fact]
    public async Task Feed_OfALoginThatIsOver_Ends()
    {
        var browser = _hub.LogIn("ada");
        using var feed = await OpenAsync(browser);

        _hub.Get<Hub.People.Sessions>().EndAll("ada");

        Assert.Null(await feed.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Feed_ForAPageThatGrows_TellsMoreOften()
    {
        using var feed = await OpenAsync(_hub.LogIn("ada"), "?every=2");

        // Others hear of it after 20 s.
        Assert.Equal("data: changed", await feed.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken));
    }

    /// <summary>Up to the first line, which says that it is there.</summary>
    private static async Task<StreamReader> OpenAsync(HttpClient browser, string query = "")
    {
        var reader = new StreamReader(await browser.GetStreamAsync(new Uri($"/live{query}", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(": here", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        return reader;
    }
}
