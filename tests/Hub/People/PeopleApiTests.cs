using Holdfast.Hub.People;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.People;

/// <summary>Roles, invitations, sessions, budgets and the audit log over the API.</summary>
public sealed class PeopleApiTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();
    private ApiClient _api = null!;
    private ApiClient _bob = null!;

    public async ValueTask InitializeAsync()
    {
        _api = new ApiClient(await _hub.StartAsync());
        _hub.Service<Persons>().Add("bob", isAdmin: false, null);
        _bob = NewBob();
    }

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        _bob?.Dispose();
        return _hub.DisposeAsync();
    }

    [Fact]
    public async Task Role_Changed_HoldsAtOnceAndOneAdministratorStays()
    {
        var me = (await _api.GetAsync("me")).Json.GetProperty("name").GetString();

        Assert.Equal(403, (await _bob.SendAsync(HttpMethod.Put, "people/bob/role", """{"role":"admin"}""")).Status);
        Assert.Equal("A role is member or admin, not 'boss'.", (await _api.SendAsync(HttpMethod.Put, "people/bob/role", """{"role":"boss"}""")).Message);
        Assert.Equal("conflict", (await _api.SendAsync(HttpMethod.Put, $"people/{me}/role", """{"role":"member"}""")).Code);
        Assert.Equal("admin", (await _api.SendAsync(HttpMethod.Put, "people/bob/role", """{"role":"admin"}""")).Json.GetProperty("role").GetString());
        Assert.True((await _bob.GetAsync("me")).Json.GetProperty("is_admin").GetBoolean());
        Assert.Equal(404, (await _api.SendAsync(HttpMethod.Put, "people/nobody/role", """{"role":"admin"}""")).Status);
    }

    [Fact]
    public async Task Invitation_Withdrawn_IsVoidAndWasNeverShownAgain()
    {
        var link = (await _api.PostAsync("people/invite", """{"name":"grace"}""")).Json.GetProperty("link").GetString()!;
        var code = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        await _api.PostAsync("people/setup");

        var listed = await _api.GetAsync("invitations");
        var one = Assert.Single(listed.Json.EnumerateArray());
        var id = one.GetProperty("id").GetString();
        Assert.Equal(("grace", "member"), (one.GetProperty("person").GetString(), one.GetProperty("role").GetString()));
        Assert.DoesNotContain(code, listed.Text, StringComparison.Ordinal);
        Assert.NotNull(_hub.Service<OneTimeLinks>().Find(code));
        Assert.Equal(403, (await _bob.SendAsync(HttpMethod.Delete, $"invitations/{id}", null)).Status);
        Assert.Equal(204, (await _api.SendAsync(HttpMethod.Delete, $"invitations/{id}", null)).Status);

        Assert.Null(_hub.Service<OneTimeLinks>().Find(code));
        Assert.Equal(404, (await _api.SendAsync(HttpMethod.Delete, $"invitations/{id}", null)).Status);
        Assert.Equal("person.withdraw", _hub.Service<AuditLog>().Read(most: 1)[0].Action);
    }

    [Fact]
    public async Task Sessions_Listed_AreEndedByTheirPersonAndByAdministrators()
    {
        var sessions = _hub.Service<Sessions>();
        var (first, second) = (sessions.Begin("bob", "Firefox"), sessions.Begin("bob", "Juno"));
        var admin = (await _api.GetAsync("me")).Json.GetProperty("name").GetString();

        var listed = await _bob.GetAsync("people/bob/sessions");
        Assert.Equal(["Firefox", "Juno"], listed.Json.EnumerateArray().Select(session => session.GetProperty("about").GetString()).Order());
        Assert.DoesNotContain(first, listed.Text, StringComparison.Ordinal);
        var id = listed.Json.EnumerateArray().First(session => session.GetProperty("about").GetString() == "Firefox").GetProperty("id").GetString();
        Assert.Equal(204, (await _bob.SendAsync(HttpMethod.Delete, $"people/bob/sessions/{id}", null)).Status);
        Assert.Equal((null, "bob"), (sessions.Find(first), sessions.Find(second)?.Caller.Name));
        Assert.Equal(404, (await _bob.SendAsync(HttpMethod.Delete, $"people/bob/sessions/{id}", null)).Status);
        Assert.Equal(204, (await _api.SendAsync(HttpMethod.Delete, "people/bob/sessions", null)).Status);
        Assert.Null(sessions.Find(second));

        Assert.Equal(403, (await _bob.GetAsync($"people/{admin}/sessions")).Status);
        Assert.Equal(403, (await _bob.GetAsync("people/nobody/sessions")).Status);
        Assert.Equal(404, (await _api.GetAsync("people/nobody/sessions")).Status);
        Assert.Equal(["session.end", "session.end"], _hub.Service<AuditLog>().Read(filter: new AuditFilter(Action: "session.")).Select(line => line.Action));
    }

    [Fact]
    public async Task Audit_Filtered_SaysWhoApprovedWhichHook()
    {
        var hash = (await _api.SendAsync(HttpMethod.Put, "hooks/team", """{"text":"echo one\necho two\n"}""")).Json.GetProperty("hash").GetString();
        await _api.PostAsync("hooks/team/approve", $$"""{"hash":"{{hash}}"}""");
        var next = (await _api.SendAsync(HttpMethod.Put, "hooks/team", $$"""{"text":"echo one\necho 2\necho 3\n","was":"{{hash}}"}""")).Json.GetProperty("hash").GetString();
        await _api.PostAsync("hooks/team/approve", $$"""{"hash":"{{next}}"}""");
        await _api.SendAsync(HttpMethod.Put, "people/bob/budget", """{"amount":12.5}""");
        var me = (await _api.GetAsync("me")).Json.GetProperty("name").GetString();

        var approvals = (await _api.GetAsync("audit?action=hook.approve")).Json.EnumerateArray().ToList();

        Assert.Equal([$"{next}, 2 lines added, 1 taken away", $"{hash}, 2 lines added, 0 taken away"], approvals.Select(line => line.GetProperty("detail").GetString()));
        Assert.All(approvals, line => Assert.Equal(me, line.GetProperty("person").GetString()));
        Assert.Equal(4, (await _api.GetAsync("audit?action=hook.&subject=team")).Json.GetArrayLength());
        Assert.Equal(approvals[1].GetProperty("id").GetInt64(), (await _api.GetAsync($"audit?action=hook.approve&before={approvals[0].GetProperty("id").GetInt64()}")).Json[0].GetProperty("id").GetInt64());
        Assert.Equal(("person.budget", "12.5"), (await _api.GetAsync("audit?subject=bob")).Json[0] is var line ? (line.GetProperty("action").GetString(), line.GetProperty("detail").GetString()) : default);
        Assert.Equal(["token.create"], (await _api.GetAsync("audit?person=bob")).Json.EnumerateArray().Select(own => own.GetProperty("action").GetString()));
        Assert.Equal(0, (await _api.GetAsync("audit?since=2999-01-01")).Json.GetArrayLength());
        Assert.Equal("bad-request", (await _api.GetAsync("audit?since=yesterday")).Code);
        Assert.Equal(403, (await _bob.GetAsync("audit")).Status);
    }

    private ApiClient NewBob() => new(_hub, _hub.Service<Tokens>().Create(TestHub.Bob, "test", Tokens.All, null).Value.Shown);
}
