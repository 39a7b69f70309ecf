using System.Net;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;
using Holdfast.Hub.Tests.People;

namespace Holdfast.Hub.Tests.Pages;

public sealed class PagesTests : IAsyncLifetime
{
    private static readonly LossList SomeLoss = new(DateTimeOffset.UnixEpoch, [new PackageChange("pip", "torch", "2.0", "2.1", true)], [new LostPath("/opt/model", 5_000_000, true)], 3, [], 5_000_000);
    private PeopleHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await PeopleHub.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Machines_WithoutOne_TellTheNextStep()
    {
        Assert.Contains("No machine yet", await Open("/"), StringComparison.Ordinal);
        Assert.Contains("0.25 USD an hour", await Open("/machines/new"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_MadeByTheForm_IsStartedAndShown()
    {
        var browser = _hub.LogIn("ada");

        var made = await browser.SubmitAsync("/machines", ("name", "leaves"), ("engine", "host"), ("type", "standard"), ("start", "yes"));
        var again = await browser.SubmitAsync("/machines", ("name", "leaves"), ("image", "<b>"));

        Assert.Equal("/machines/leaves", made.Headers.Location!.ToString());
        Assert.Equal(MachineState.Starting, _hub.Machines["leaves"].State);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        var text = await again.TextAsync();
        Assert.Contains("There is a machine leaves already.", text, StringComparison.Ordinal);
        Assert.Contains("value=\"&lt;b&gt;\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_OfOthers_AreSeenByAdministratorsOnly()
    {
        _hub.Machines.Put("leaves", MachineState.Running, "ada");

        Assert.Contains("leaves", await (await _hub.LogIn("root", isAdmin: true).OpenAsync("/")).TextAsync(), StringComparison.Ordinal);
        var grace = _hub.LogIn("grace");
        Assert.DoesNotContain("leaves", await (await grace.OpenAsync("/")).TextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await grace.OpenAsync("/machines/leaves")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await grace.SubmitAsync("/machines/leaves/start")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await grace.SubmitAsync("/machines/leaves/stop", ("confirmed", "yes"))).StatusCode);
    }

    [Fact]
    public async Task Stop_OfAMachineThatWouldLoseSomething_AsksWithTheList()
    {
        _hub.Machines.Put("leaves", MachineState.Running);
        _hub.Machines.Loss = SomeLoss;
        var browser = _hub.LogIn("ada");

        var page = await (await browser.OpenAsync("/machines/leaves/stop")).TextAsync();
        var unconfirmed = await browser.SubmitAsync("/machines/leaves/stop");
        Assert.Equal(MachineState.Running, _hub.Machines["leaves"].State);
        var confirmed = await browser.SubmitAsync("/machines/leaves/stop", ("confirmed", "yes"));

        foreach (var part in new[] { "torch", "/opt/model", "5 MB", "Stop, and lose it" }) Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, unconfirmed.StatusCode);
        Assert.Contains("Stop, and lose it", await unconfirmed.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, confirmed.StatusCode);
        Assert.Equal(MachineState.Stopping, _hub.Machines["leaves"].State);
    }

    [Fact]
    public async Task Machine_InSafeMode_ShowsLineAndLog()
    {
        var record = _hub.Machines.Put("leaves", MachineState.Running, with: machine => machine with
        {
            Reason = MachineReason.HookFailed,
            Message = "A start-up script failed.",
            Steps =
            [
                new StartStep("hook home", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), "it failed"), new StartStep("hook notebooks", DateTimeOffset.UnixEpoch, TimeSpan.Zero, "not run: an earlier one failed"),
                new StartStep("lab", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(0.4), null),
            ],
            Notes = ["something"],
            Hooks = [new HookOutcome("home", "/home/ada/.holdfast/pre-run.sh", 1, 7, "false", "oops", TimeSpan.FromSeconds(1), null), new HookOutcome("notebooks", "/notebooks/pre-run.sh", null, null, null, "", TimeSpan.Zero, "an earlier one failed")],
        });
        Directory.CreateDirectory(Path.Combine(_hub.Folder, "machines", record.Id));
        await File.WriteAllTextAsync(Path.Combine(_hub.Folder, "machines", record.Id, "output.log"), "the <end> of it", TestContext.Current.CancellationToken);

        var page = await Open("/machines/leaves");

        foreach (var part in new[] { "running in safe mode", "line 7", "exit code 1", "oops", "was not run: an earlier one failed", "the &lt;end&gt; of it", "0.40 s", "Nothing: everything", "Put right at the start" }) Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Equal(["bad", "skipped", "done"], System.Text.RegularExpressions.Regex.Matches(page, "<li class=\"(\\w+)\">").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task Account_MakesATokenThatIsShownOnce()
    {
        var browser = _hub.LogIn("ada");

        var made = await (await browser.SubmitAsync("/account/tokens", ("name", "laptop"), ("scope", "read"), ("days", "90"))).TextAsync();
        var page = await (await browser.OpenAsync("/account")).TextAsync();

        var shown = System.Text.RegularExpressions.Regex.Match(made, "hf_[A-Za-z0-9_-]{43}").Value;
        Assert.Equal("ada", _hub.Get<Tokens>().Find(shown)!.Caller.Name);
        Assert.DoesNotContain(shown, page, StringComparison.Ordinal);
        Assert.Contains("laptop", page, StringComparison.Ordinal);
        var id = _hub.Get<Tokens>().List("ada").Single().Id;
        await browser.SubmitAsync("/account/tokens/revoke", ("id", id));
        Assert.Null(_hub.Get<Tokens>().Find(shown));
    }

    [Fact]
    public async Task Account_SetsAndRemovesASecret_AndNeverShowsIt()
    {
        var browser = _hub.LogIn("ada");

        await browser.SubmitAsync("/account/secrets", ("name", "HF_TOKEN"), ("value", "very secret\n"));
        var page = await (await browser.OpenAsync("/account")).TextAsync();

        Assert.Contains("HF_TOKEN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("very secret", page, StringComparison.Ordinal);
        Assert.Equal("very secret\n", _hub.Get<SecretStore>().Read("ada", "HF_TOKEN"));
        await browser.SubmitAsync("/account/secrets/remove", ("name", "HF_TOKEN"));
        Assert.Null(_hub.Get<SecretStore>().Read("ada", "HF_TOKEN"));
    }

    [Fact]
    public async Task Account_AddsAndRemovesKeys_AndMakesOneInTheHome()
    {
        const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMrUBGC2RmhQT8+0Qt0xDCM0Pm3Y7ZNghxFFPzRHr7f0 ada@laptop";
        var browser = _hub.LogIn("ada");

        await browser.SubmitAsync("/account/keys", ("key", Key), ("name", ""));
        var wrong = await (await browser.SubmitAsync("/account/keys", ("key", "ssh-ed25519 nonsense"), ("name", ""))).TextAsync();
        await browser.SubmitAsync("/account/home-keys", ("name", "id_ed25519"));
        var untested = await (await browser.SubmitAsync("/account/home-keys/test", ("host", "git@github.com"))).TextAsync();
        var page = await (await browser.OpenAsync("/account")).TextAsync();

        Assert.Contains("ada@laptop", page, StringComparison.Ordinal);
        Assert.Contains("The key is no whole", wrong, StringComparison.Ordinal);
        Assert.Contains("None of your machines runs", untested, StringComparison.Ordinal);
        Assert.Contains("ada@holdfast", page, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", page, StringComparison.Ordinal);
        await browser.SubmitAsync("/account/keys/remove", ("id", _hub.Get<SshKeys>().List("ada").Single().Id));
        Assert.Empty(_hub.Get<SshKeys>().List("ada"));
    }

    [Fact]
    public async Task Account_EndsAnotherSession()
    {
        var here = _hub.LogIn("ada");
        var elsewhere = _hub.LogIn("ada");
        _hub.Clock.Now += TimeSpan.FromMinutes(6);
        await here.OpenAsync("/account");
        var id = _hub.Get<Sessions>().List("ada")[1].Id;

        await here.SubmitAsync("/account/sessions/end", ("id", id));

        Assert.Equal(HttpStatusCode.OK, (await here.OpenAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task People_AreForAdministrators()
    {
        var admin = _hub.LogIn("ada", isAdmin: true);
        var member = _hub.LogIn("grace");

        var invited = await (await admin.SubmitAsync("/people/invite", ("name", ""), ("role", "member"))).TextAsync();
        var refused = await member.SubmitAsync("/people/invite", ("role", "admin"));
        var removed = await admin.SubmitAsync("/people/remove", ("name", "grace"));

        Assert.Contains($"{_hub.Address}invite?code=", invited, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, removed.StatusCode);
        Assert.Null(_hub.Get<Persons>().Find("grace"));
    }

    [Fact]
    public async Task Answers_OfTheHub_CannotBeFramedOrRead()
    {
        var answer = await _hub.LogIn("ada").OpenAsync("/");

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains($"form-action 'self' http://*.localhost:{_hub.Port};", policy, StringComparison.Ordinal);
        Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Address_OfNothing_IsNotFoundInItsKind()
    {
        var browser = _hub.LogIn("ada");

        Assert.Contains("There is nothing at this address", await (await browser.OpenAsync("/nothing")).TextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"code\":\"not-found\"", await (await browser.OpenAsync("/api/v1/nothing")).TextAsync(), StringComparison.Ordinal);
    }

    private async Task<string> Open(string path) => await (await _hub.LogIn("ada").OpenAsync(path)).TextAsync();
}
