using System.Net;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.People;

public sealed class LoginTests : IAsyncLifetime
{
    private PeopleHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await PeopleHub.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task FirstAdministrator_ByTheLink_SetsNameAndPasswordOnce()
    {
        var link = _hub.Get<FirstAdministrator>().Link()!;
        var code = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        var browser = _hub.NewClient();

        Assert.Contains("Welcome", await (await browser.OpenAsync(link)).TextAsync(), StringComparison.Ordinal);
        var refused = await browser.SubmitAsync("/setup", ("code", code), ("name", "Ada!"), ("password", PeopleHub.Password), ("again", PeopleHub.Password));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var done = await browser.SubmitAsync("/setup", ("code", code), ("name", "ada"), ("password", PeopleHub.Password), ("again", PeopleHub.Password));

        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        Assert.Equal("ada True", await browser.GetStringAsync("/api/v1/whoami", TestContext.Current.CancellationToken));
        Assert.Null(_hub.Get<FirstAdministrator>().Link());
        var again = await _hub.NewClient().SubmitAsync("/setup", ("code", code), ("name", "eve"), ("password", PeopleHub.Password), ("again", PeopleHub.Password));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Null(_hub.Get<Persons>().Find("eve"));
    }

    [Fact]
    public async Task FirstAdministrator_WhoUsedTheCommandLineBefore_KeepsTheName()
    {
        var client = _hub.NewClient();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {await File.ReadAllTextAsync(LocalToken.FileIn(new HubFolders(_hub.Folder) { MeetingRoot = "" }), TestContext.Current.CancellationToken)}");
        var before = await client.GetStringAsync("/api/v1/whoami", TestContext.Current.CancellationToken);
        var link = _hub.Get<FirstAdministrator>().Link()!;

        var browser = _hub.NewClient();
        await browser.SubmitAsync("/setup", ("code", link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]), ("name", "somebody"), ("password", PeopleHub.Password), ("again", PeopleHub.Password));

        Assert.Equal($"{LoginName.OfThisUser()} True", before);
        Assert.Equal(before, await browser.GetStringAsync("/api/v1/whoami", TestContext.Current.CancellationToken));
        Assert.Single(_hub.Get<Persons>().List());
    }

    [Fact]
    public void LocalToken_IsReadableByItsOwnerOnly() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_hub.Folder, "cli-token")));

    [Theory]
    [InlineData(90)]
    [InlineData(3650)]
    public void Token_OfALongLife_KeepsOpenWhatItOpens(int days)
    {
        var login = new Login(new Caller("ada", false), [], isToken: true, _hub.Clock.Now, _hub.Clock.Now + TimeSpan.FromDays(days));

        using var over = login.While(_hub.Clock, CancellationToken.None);
        Assert.False(over.IsCancellationRequested);
        login.End();

        Assert.True(over.IsCancellationRequested);
    }

    [Fact]
    public async Task Invitation_OfAnAdministrator_MakesAMember()
    {
        var path = _hub.Get<OneTimeLinks>().Invite(new Caller("ada", true), null, isAdmin: false).Value!;
        var browser = _hub.NewClient();

        await browser.SubmitAsync("/invite", ("code", path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..]), ("name", "grace"), ("password", PeopleHub.Password), ("again", PeopleHub.Password));

        Assert.Equal("grace False", await browser.GetStringAsync("/api/v1/whoami", TestContext.Current.CancellationToken));
        Assert.False(_hub.Get<OneTimeLinks>().Invite(new Caller("grace", false), null, isAdmin: true).Ok);
    }

    [Fact]
    public async Task Link_ForSomebodyWhoIsThere_SetsThePasswordAndEndsTheirSessions()
    {
        var before = _hub.LogIn("grace");
        var path = _hub.Get<OneTimeLinks>().Invite(new Caller("ada", true), "grace", isAdmin: true).Value!;

        await _hub.NewClient().SubmitAsync("/invite", ("code", path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..]), ("name", "x"), ("password", "another one"), ("again", "another one"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await before.GetAsync("/api/v1/whoami", TestContext.Current.CancellationToken)).StatusCode);
        Assert.NotNull(_hub.Get<Persons>().Check("grace", "another one"));
        Assert.False(_hub.Get<Persons>().Find("grace")!.IsAdmin);
    }

    [Fact]
    public async Task Link_AfterThreeDays_IsOver()
    {
        var path = _hub.Get<OneTimeLinks>().Invite(new Caller("ada", true), null, isAdmin: false).Value!;
        _hub.Clock.Now += TimeSpan.FromDays(3);

        Assert.Equal(HttpStatusCode.NotFound, (await _hub.NewClient().OpenAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Page_WithoutALogin_LeadsThereAndBack()
    {
        _hub.Get<Persons>().Add("ada", true, PeopleHub.Password);
        var browser = _hub.NewClient();

        var sent = await browser.OpenAsync("/account?x=1");
        var login = await browser.SubmitAsync("/login", ("name", "ada"), ("password", PeopleHub.Password), ("next", "/account?x=1"));

        Assert.Equal("/login?next=%2Faccount%3Fx%3D1", sent.Headers.Location!.ToString());
        Assert.Equal("/account?x=1", login.Headers.Location!.ToString());
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/\t/evil.example")]
    public async Task Login_ThatShouldLeadElsewhere_LeadsToTheFirstPage(string next)
    {
        _hub.Get<Persons>().Add("ada", true, PeopleHub.Password);

        var login = await _hub.NewClient().SubmitAsync("/login", ("name", "ada"), ("password", PeopleHub.Password), ("next", next));

        Assert.Equal("/", login.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Login_BehindTls_HasAHostCookie()
    {
        _hub.Get<Persons>().Add("ada", true, PeopleHub.Password);
        var browser = _hub.NewClient();
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        var login = await browser.SubmitAsync("/login", ("name", "ada"), ("password", PeopleHub.Password));

        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-holdfast-session", cookie, StringComparison.Ordinal);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Login_WrongAgainAndAgain_HasToWaitLongerAndLonger()
    {
        _hub.Get<Persons>().Add("ada", true, PeopleHub.Password);
        var browser = _hub.NewClient();
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SubmitAsync("/login", ("name", "ada"), ("password", $"wrong {i}"))).StatusCode);

        var first = await browser.SubmitAsync("/login", ("name", "ada"), ("password", PeopleHub.Password));
        _hub.Clock.Now += first.Headers.RetryAfter!.Delta!.Value;
        await browser.SubmitAsync("/login", ("name", "ada"), ("password", "wrong"));
        var second = await browser.SubmitAsync("/login", ("name", "ada"), ("password", PeopleHub.Password));

        Assert.Equal(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.True(second.Headers.RetryAfter!.Delta > first.Headers.RetryAfter.Delta);
        _hub.Clock.Now += second.Headers.RetryAfter.Delta.Value;
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.SubmitAsync("/login", ("name", "ada"), ("password", PeopleHub.Password))).StatusCode);
    }

    [Fact]
    public void Limiter_OfAFlood_RemembersABoundedNumberAndStillTheOneAtWork()
    {
        var limiter = new LoginLimiter(_hub.Clock);
        var attacker = IPAddress.Parse("192.0.2.1");
        TimeSpan? wait = null;
        for (var i = 0; i < 20_000 && wait is null; i++)
        {
            limiter.Take($"n{i}", IPAddress.Parse($"198.51.{i >> 8 & 255}.{i & 255}"));
            if (i % 1000 == 0) wait = limiter.Take("ada", attacker);
        }

        Assert.NotNull(wait);
    }

    [Fact]
    public async Task Audit_OfLogins_HoldsNoPasswordTypedAsAName()
    {
        await _hub.LogInByFormAsync("ada");
        await _hub.NewClient().SubmitAsync("/login", ("name", "my secret password"), ("password", "x"));

        var lines = _hub.Get<AuditLog>().Read();
        Assert.Equal(["login.failed", "login"], lines.Select(line => line.Action).Where(action => action.StartsWith("login", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => $"{line.Subject}{line.Detail}".Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Password_WithAHashOfFewerRounds_IsHashedAnewAtTheLogin()
    {
        var weak = new Microsoft.AspNetCore.Identity.PasswordHasher<object>(Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 1000 })).HashPassword(this, PeopleHub.Password);
        _hub.Get<Persons>().Add("ada", true, null);
        var database = _hub.Get<Hub.Database.HubDatabase>();
        database.Execute("UPDATE people SET password = $hash", ("$hash", weak));

        await _hub.LogInByFormAsync("ada");

        Assert.NotEqual(weak, database.Value("SELECT password FROM people"));
        Assert.NotNull(_hub.Get<Persons>().Check("ada", PeopleHub.Password));
    }
}
