using System.Net;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.People;

public sealed class GateTests : IAsyncLifetime
{
    private PeopleHub _hub = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hub = await PeopleHub.StartAsync(Cancel);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Api_WithoutALogin_Says401AsJson()
    {
        var answer = await _hub.NewClient().GetAsync("/api/v1/whoami", Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("\"code\":\"not-logged-in\"", await answer.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("10.0.0.1")]
    public async Task Host_OfAnotherName_IsRefused(string host)
    {
        var browser = _hub.LogIn("ada");
        browser.DefaultRequestHeaders.Host = host;

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/api/v1/whoami", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Page_ByTheLoopbackAddress_LeadsToTheDomain()
    {
        var answer = await _hub.NewClient().OpenAsync($"http://127.0.0.1:{_hub.Port}/account?x=1");

        Assert.Equal(new Uri(_hub.Address, "/account?x=1"), answer.Headers.Location);
    }

    [Fact]
    public async Task Change_WithACookie_NeedsToComeFromOurPage()
    {
        var browser = _hub.LogIn("ada");

        Assert.Equal(HttpStatusCode.OK, (await browser.SubmitAsync("/api/v1/whoami")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitFromAsync(null, "/api/v1/whoami")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitFromAsync("null", "/api/v1/whoami")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitFromAsync("https://evil.example", "/api/v1/whoami")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitFromAsync($"http://leaves.localhost:{_hub.Port}", "/api/v1/whoami")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitFromAsync("http://localhost:1", "/api/v1/whoami")).StatusCode);
    }

    [Fact]
    public async Task Login_FromAnotherSitesPage_IsRefused()
    {
        _hub.Get<Persons>().Add("ada", true, PeopleHub.Password);

        var answer = await _hub.NewClient().SubmitFromAsync("https://evil.example", "/login", ("name", "ada"), ("password", PeopleHub.Password));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Token_InTheHeader_NeedsNoOrigin()
    {
        var client = _hub.NewClient();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {_hub.TokenOf("ada")}");

        Assert.Equal(HttpStatusCode.OK, (await client.SubmitFromAsync(null, "/api/v1/whoami")).StatusCode);
    }

    [Fact]
    public async Task Token_ThatOnlyReads_ChangesNothing()
    {
        var client = _hub.NewClient();
        client.DefaultRequestHeaders.Add("Authorization", $"token {_hub.TokenOf("ada", Tokens.ReadOnly)}");

        Assert.Equal("ada False", await client.GetStringAsync("/api/v1/whoami", Cancel));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SubmitFromAsync(null, "/api/v1/whoami")).StatusCode);
    }

    [Fact]
    public async Task Token_RevokedOrEnded_IsWorthNothing()
    {
        var ada = new Caller("ada", false);
        _hub.Get<Persons>().Add("ada", false, null);
        var tokens = _hub.Get<Tokens>();
        var (shown, token) = tokens.Create(ada, "laptop", Tokens.All, null).Value;
        var (shortLived, _) = tokens.Create(ada, "short", Tokens.All, TimeSpan.FromHours(1)).Value;
        Assert.NotNull(tokens.Find(shown));
        Assert.NotNull(tokens.Find(shortLived));

        tokens.Revoke(ada, token.Id);
        _hub.Clock.Now += TimeSpan.FromHours(1);

        Assert.Null(tokens.Find(shown));
        Assert.Null(tokens.Find(shortLived));
        Assert.Equal("not-found", tokens.Revoke(new Caller("grace", false), tokens.List("ada")[0].Id).Fault!.Code);
        var client = _hub.NewClient();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {shown}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task Session_AfterLogoutOrIdleOrAMonth_IsOver()
    {
        var first = _hub.LogIn("ada");
        var second = _hub.LogIn("ada");

        await first.SubmitAsync("/logout");
        Assert.Equal(HttpStatusCode.Unauthorized, (await first.GetAsync("/api/v1/whoami", Cancel)).StatusCode);
        for (var day = 0; day < 29; day++)
        {
            _hub.Clock.Now += TimeSpan.FromDays(1);
            Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/api/v1/whoami", Cancel)).StatusCode);
        }
        _hub.Clock.Now += TimeSpan.FromDays(1);
        Assert.Equal(HttpStatusCode.Unauthorized, (await second.GetAsync("/api/v1/whoami", Cancel)).StatusCode);
        var third = _hub.LogIn("ada");
        _hub.Clock.Now += TimeSpan.FromDays(7);
        Assert.Equal(HttpStatusCode.Unauthorized, (await third.GetAsync("/api/v1/whoami", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Password_Changed_EndsTheOtherSessions()
    {
        var here = await _hub.LogInByFormAsync("ada");
        var elsewhere = await _hub.LogInByFormAsync("ada");

        var answer = await here.SubmitAsync("/account/password", ("old", PeopleHub.Password), ("password", "another one"), ("again", "another one"));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/api/v1/whoami", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync("/api/v1/whoami", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Role_TakenAway_HoldsAtOnce()
    {
        var admin = _hub.LogIn("ada", isAdmin: true);
        var grace = _hub.LogIn("grace", isAdmin: true);
        Assert.Equal("grace True", await grace.GetStringAsync("/api/v1/whoami", Cancel));

        _hub.Get<Persons>().SetRole(new Caller("ada", true), "grace", isAdmin: false);

        Assert.Equal("grace False", await grace.GetStringAsync("/api/v1/whoami", Cancel));
        Assert.Equal("conflict", _hub.Get<Persons>().SetRole(new Caller("ada", true), "ada", isAdmin: false).Fault!.Code);
        Assert.Equal("ada True", await admin.GetStringAsync("/api/v1/whoami", Cancel));
    }

    [Fact]
    public async Task Database_OfLogins_HoldsNothingThatOpensAnything()
    {
        var browser = _hub.LogIn("ada");
        var token = _hub.TokenOf("ada");
        var path = _hub.Get<OneTimeLinks>().Invite(new Caller("ada", true), null, isAdmin: false).Value!;
        _hub.Get<SecretStore>().Set(new Caller("ada", false), "HF_TOKEN", "very secret value");

        var copy = Path.Combine(_hub.Folder, "copy.db");
        _hub.Get<Hub.Database.HubDatabase>().CopyTo(copy);
        var bytes = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(copy, Cancel));

        Assert.DoesNotContain(token[3..], bytes, StringComparison.Ordinal);
        Assert.DoesNotContain(path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..], bytes, StringComparison.Ordinal);
        Assert.DoesNotContain(PeopleHub.Password, bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("very secret value", bytes, StringComparison.Ordinal);
        Assert.NotNull(browser);
    }
}
