using System.Text.Json;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Tests.Api;

/// <summary>The hub itself over the API: status, people, tokens, secrets, and the API's own description.</summary>
public sealed class HubApiTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = new ApiClient(await _hub.StartAsync());

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        return _hub.DisposeAsync();
    }

    [Fact]
    public async Task Status_Asked_HasVersionAndEngines()
    {
        var status = (await _api.GetAsync("status")).Json;

        Assert.Matches(@"^\d+\.\d+\.\d+$", status.GetProperty("version").GetString());
        var engine = Assert.Single(status.GetProperty("engines").EnumerateArray());
        Assert.Equal(("host", JsonValueKind.Array), (engine.GetProperty("name").GetString(), engine.GetProperty("problems").ValueKind));
        Assert.Equal("""{"currency":"USD","types":[{"name":"standard","processors":null,"memory":null,"gpus":0,"shared_memory":null,"price":0}]}""", (await _api.GetAsync("types")).Text);
    }

    [Fact]
    public async Task Nobody_LoggedIn_SeesNothing()
    {
        using var stranger = new ApiClient(_hub, "hf_nothing");

        foreach (var path in new[] { "status", "machines", "types", "people", "secrets", "nothing" })
        {
            var reply = await stranger.GetAsync(path);
            Assert.Equal((401, "not-logged-in"), (reply.Status, reply.Code));
        }
    }

    [Fact]
    public async Task Path_OfNothing_IsAnErrorAsAllOthers()
    {
        var reply = await _api.GetAsync("machine");

        Assert.Equal((404, "not-found", "The API has no GET /api/v1/machine; /api/v1/openapi.json says what it has."), (reply.Status, reply.Code, reply.Message));
        Assert.Equal(404, (await _api.SendAsync(HttpMethod.Put, "status", "{}")).Status);
    }

    [Fact]
    public async Task Token_Made_LogsInUntilItIsRevoked()
    {
        var made = await _api.PostAsync("tokens", """{"name":"laptop","scope":"read","lifetime":3600}""");
        using var other = new ApiClient(_hub, made.Json.GetProperty("token").GetString());

        var me = (await other.GetAsync("me")).Json;
        var refused = await other.PostAsync("machines", """{"name":"x"}""");
        var listed = await _api.GetAsync("tokens");
        var revoked = await _api.SendAsync(HttpMethod.Delete, $"tokens/{made.Json.GetProperty("id").GetString()}", null);

        Assert.Equal(201, made.Status);
        Assert.Equal((true, false), (me.GetProperty("is_admin").GetBoolean(), me.GetProperty("may_write").GetBoolean()));
        Assert.Equal((403, "forbidden"), (refused.Status, refused.Code));
        Assert.Equal("laptop", listed.Json[0].GetProperty("name").GetString());
        Assert.DoesNotContain("hf_", listed.Text, StringComparison.Ordinal);
        Assert.Equal(204, revoked.Status);
        Assert.Equal(401, (await other.GetAsync("me")).Status);
    }

    [Fact]
    public async Task Secret_Set_IsListedByNameAlone()
    {
        var set = await _api.SendAsync(HttpMethod.Put, "secrets/HF_TOKEN", """{"value":"s3cret-value"}""");
        var listed = await _api.GetAsync("secrets");
        var wrong = await _api.SendAsync(HttpMethod.Put, "secrets/1A", """{"value":"x"}""");
        var removed = await _api.SendAsync(HttpMethod.Delete, "secrets/HF_TOKEN", null);

        Assert.Equal(200, set.Status);
        Assert.Equal("HF_TOKEN", Assert.Single(listed.Json.EnumerateArray()).GetProperty("name").GetString());
        Assert.DoesNotContain("s3cret-value", set.Text + listed.Text, StringComparison.Ordinal);
        Assert.Equal((400, 204, 404), (wrong.Status, removed.Status, (await _api.SendAsync(HttpMethod.Delete, "secrets/HF_TOKEN", null)).Status));
    }

    [Fact]
    public async Task People_InvitedAndAudited_AreForAdministrators()
    {
        var invited = await _api.PostAsync("people/invite", """{"name":"bob"}""");
        var setup = await _api.PostAsync("people/setup");
        var audit = await _api.GetAsync("audit?most=1");

        Assert.StartsWith($"{_hub.Address}invite?code=", invited.Json.GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.StartsWith($"{_hub.Address}setup?code=", setup.Json.GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Equal("person.invite", Assert.Single(audit.Json.EnumerateArray()).GetProperty("action").GetString());
        Assert.Equal("bad-request", (await _api.PostAsync("people/invite", """{"role":"boss"}""")).Code);
        Assert.Equal("bad-request", (await _api.GetAsync("audit?most=many")).Code);
        Assert.Equal(404, (await _api.SendAsync(HttpMethod.Delete, "people/nobody", null)).Status);
    }

    [Theory]
    [InlineData("PUT", "hooks/team", "text")]
    [InlineData("POST", "hooks/team/approve", "hash")]
    [InlineData("POST", "tokens", "name")]
    [InlineData("PUT", "me/webhook", "url")]
    [InlineData("POST", "jobs", "command")]
    public async Task Body_WithoutAFieldThatMustBeThere_IsToldWhich(string method, string path, string field)
    {
        var reply = await _api.SendAsync(new HttpMethod(method), path, "{}");

        Assert.Equal((400, $"The field '{field}' is missing."), (reply.Status, reply.Message));
    }

    [Fact]
    public async Task TeamHook_WrittenAndApproved_IsShownWithItsDifference()
    {
        var written = await _api.SendAsync(HttpMethod.Put, "hooks/team", """{"text":"echo one\n"}""");
        var lost = await _api.SendAsync(HttpMethod.Put, "hooks/team", """{"text":"echo two\n"}""");
        var unseen = await _api.PostAsync("hooks/team/approve", """{"hash":"00"}""");
        var approved = await _api.PostAsync("hooks/team/approve", $$"""{"hash":"{{written.Json.GetProperty("hash").GetString()}}"}""");
        File.AppendAllText(Path.Combine(_hub.Folders.Storage, "pre-run.sh"), "echo more\n");
        var changed = (await _api.GetAsync("hooks/team")).Json;

        Assert.False(written.Json.GetProperty("is_approved").GetBoolean());
        Assert.Equal((409, 409), (lost.Status, unseen.Status));
        Assert.True(approved.Json.GetProperty("is_approved").GetBoolean());
        Assert.False(changed.GetProperty("is_approved").GetBoolean());
        Assert.Equal([" echo one", "+echo more", " "], changed.GetProperty("diff").EnumerateArray().Select(line => line.GetString()));
    }

    [Fact]
    public async Task Storage_Measured_IsShownByVolume()
    {
        HubFolders.Make(Path.Combine(_hub.Folders.Storage, "data"));
        File.WriteAllText(Path.Combine(_hub.Folders.Storage, "data/a"), new string('x', 5000));

        var measured = await _api.SendAsync(HttpMethod.Post, "storage/measure?volume=storage", null);
        var listed = await _api.GetAsync("storage/files?volume=storage&path=data");

        Assert.Equal(1, measured.Json.GetProperty("usage").GetProperty("files").GetInt64());
        Assert.Equal("data", measured.Json.GetProperty("usage").GetProperty("folders")[0].GetProperty("path").GetString());
        Assert.Equal(("a", 5000), (listed.Json[0].GetProperty("name").GetString(), listed.Json[0].GetProperty("size").GetInt64()));
        Assert.Equal(["a"], (await _api.GetAsync("storage/files?volume=storage&path=data/a")).Json.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
        var missing = await _api.GetAsync("storage/files?volume=storage&path=dat");
        Assert.Equal((404, "There is no dat in storage. Did you mean 'data'?"), (missing.Status, missing.Message));
        Assert.Contains("Did you mean 'storage'?", (await _api.GetAsync("storage/files?volume=storag")).Message, StringComparison.Ordinal);
        Assert.Equal("[]", (await _api.GetAsync("snapshots")).Text);
    }

    [Fact]
    public async Task OpenApi_Asked_DescribesWhatIsMapped()
    {
        var written = (await _api.GetAsync("openapi.json")).Text;
        var made = (await _api.GetAsync(Path.GetFileName(HubDocument.Path))).Text;
        // Written anew with this variable; what has changed for those who use the API is seen in the difference.
        if (Environment.GetEnvironmentVariable("HOLDFAST_WRITE_OPENAPI") is { Length: > 0 } file) await File.WriteAllTextAsync(file, made, TestHub.Cancellation);
        Assert.Equal(made, written);
        var document = JsonDocument.Parse(written).RootElement;

        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(member => member.Value.TryGetProperty("responses", out _)).Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")).Order().ToList();
        var mapped = _hub.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/').Replace("{**", "{", StringComparison.Ordinal)}")).Order().ToList();
        Assert.Equal(mapped, described);
        Assert.Contains("POST /api/v1/machines/{name}/start", described);
        var create = document.GetProperty("paths").GetProperty("/api/v1/machines").GetProperty("post");
        Assert.True(create.TryGetProperty("requestBody", out _) && create.GetProperty("summary").GetString()!.Length > 0);
        Assert.True(document.GetProperty("components").GetProperty("schemas").GetProperty("MachineView").GetProperty("properties").TryGetProperty("auto_start", out _));
        Assert.Contains("number", document.GetProperty("components").GetProperty("schemas").GetProperty("StartStep").GetProperty("properties").GetProperty("took").GetProperty("type").ToString(), StringComparison.Ordinal);
    }
}
