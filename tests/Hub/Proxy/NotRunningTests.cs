using System.Net;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Tests.Proxy;

public sealed class NotRunningTests : IAsyncLifetime
{
    private ProxyPlace _place = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _place = await ProxyPlace.StartAsync(context => context.Response.WriteAsync("the lab"));
        _browser = _place.Hub.LogIn("ada");
        await _browser.FollowAsync(_place.Address.ToString());
    }

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task Page_OfAStartingMachine_ShowsItsStepsAndBecomesTheLab()
    {
        Put(MachineState.Starting, machine => machine with { Steps = [new StartStep("create", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1.25), null), new StartStep("hook home", DateTimeOffset.UnixEpoch, null, "Collecting torch")] });

        var starting = await _browser.OpenAsync(_place.Address.ToString());
        var text = await starting.TextAsync();
        var state = await _browser.GetStringAsync(new Uri(_place.Address, "/.holdfast/state"), Cancel);
        Put(MachineState.Running);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, starting.StatusCode);
        Assert.Contains("leaves is starting", text, StringComparison.Ordinal);
        Assert.Contains("1.3 s", text, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", text, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"starting\"", state, StringComparison.Ordinal);
        Assert.Contains("\"detail\":\"Collecting torch\"", state, StringComparison.Ordinal);
        Assert.Equal("the lab", await (await _browser.OpenAsync(_place.Address.ToString())).TextAsync());
    }

    [Fact]
    public async Task Api_OfAMachineThatDoesNotRun_Is503WithTheState()
    {
        Put(MachineState.Failed, machine => machine with { Message = "There is no image x." });

        var answer = await _browser.GetAsync(new Uri(_place.Address, "/api/kernels"), Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""{"code":"unavailable","message":"leaves does not run: it is failed. There is no image x.","state":"failed"}""", await answer.TextAsync());
    }

    [Fact]
    public async Task Page_OfAStoppedMachine_SaysWhatWasLostAndStartsIt()
    {
        _place.Hub.Machines.Last = new LossList(DateTimeOffset.UnixEpoch, [new PackageChange("apt", "ffmpeg", null, "7:5.1", true)], [new LostPath("/opt/<model>", 12_000_000, true)], 0, [], 12_000_000);
        Put(MachineState.Stopped, machine => machine with { Reason = MachineReason.StoppedByUser, Message = "ada stopped it." });

        var page = await (await _browser.OpenAsync(new Uri(_place.Address, "/lab/tree/x?y=1").ToString())).TextAsync();
        var start = await _browser.SubmitFromAsync(_place.Address.GetLeftPart(UriPartial.Authority), new Uri(_place.Address, "/.holdfast/start").ToString(), ("next", "/lab/tree/x?y=1"));

        Assert.Contains("ada stopped it.", page, StringComparison.Ordinal);
        Assert.Contains("ffmpeg", page, StringComparison.Ordinal);
        Assert.Contains("/opt/&lt;model&gt;", page, StringComparison.Ordinal);
        Assert.Contains("value=\"/lab/tree/x?y=1\"", page, StringComparison.Ordinal);
        Assert.Equal("/lab/tree/x?y=1", start.Headers.Location!.ToString());
        Assert.Equal(MachineState.Starting, _place.Hub.Machines["leaves"].State);
    }

    [Fact]
    public async Task Start_FromAnotherOriginsPage_IsRefused()
    {
        Put(MachineState.Stopped);

        var answer = await _browser.SubmitFromAsync("http://evil.example", new Uri(_place.Address, "/.holdfast/start").ToString());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(MachineState.Stopped, _place.Hub.Machines["leaves"].State);
    }

    [Fact]
    public async Task Hooks_OfAMachineInSafeMode_ShowScriptLineCommandCodeAndOutput()
    {
        Put(MachineState.Running, machine => machine with
        {
            Reason = MachineReason.HookFailed,
            Hooks = [new HookOutcome("home", "/home/ada/.holdfast/pre-run.sh", 2, 7, "pip install <torch>", "no such package", TimeSpan.FromSeconds(3), null)],
        });

        var page = await (await _browser.OpenAsync(new Uri(_place.Address, "/.holdfast/hooks").ToString())).TextAsync();

        foreach (var part in new[] { "/home/ada/.holdfast/pre-run.sh", "line 7", "pip install &lt;torch&gt;", "exit code 2", "no such package" }) Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Equal("the lab", await (await _browser.OpenAsync(_place.Address.ToString())).TextAsync());
    }

    private void Put(MachineState state, Func<MachineRecord, MachineRecord>? with = null) => _place.Hub.Machines.Put("leaves", state, with: with);
}
