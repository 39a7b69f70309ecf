using System.Net;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Images;
using Holdfast.Hub.People;
using Holdfast.Hub.Tests.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Tests.Images;

/// <summary>A real registry is asked; one that gives tokens is made here.</summary>
public sealed class RegistryClientTests : IDisposable
{
    private static readonly RegistryLogin Login = new(LocalRegistry.User, LocalRegistry.Password);
    private readonly RegistryClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Registry_WithImages_ListsThem()
    {
        await using var registry = await LocalRegistry.StartAsync();
        var digest = await PutAsync(registry.Name, "team/leaves", "2", null);
        await PutAsync(registry.Name, "team/leaves", "1", null);
        await PutAsync(registry.Name, "team/trees", "1", null);

        Assert.Equal(["team/leaves", "team/trees"], (await _client.RepositoriesAsync(registry.Name, null, Cancellation)).Value!);
        Assert.Equal(["1", "2"], (await _client.TagsAsync(registry.Name, "team/leaves", null, Cancellation)).Value!);
        Assert.Equal(digest, (await _client.DigestAsync(registry.Name, "team/leaves", "2", null, Cancellation)).Value);
        var (none, tag) = ((await _client.TagsAsync(registry.Name, "team/none", null, Cancellation)).Fault!, (await _client.DigestAsync(registry.Name, "team/leaves", "9", null, Cancellation)).Fault!);
        Assert.Equal(("image-missing", "image-missing", 404), (none.Code, tag.Code, tag.Status));
        Assert.Contains($"{registry.Name} has no team/none", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_ThatWantsALogin_DeniesWithoutTheRightOne()
    {
        await using var registry = await LocalRegistry.StartAsync(withLogin: true);
        var digest = await PutAsync(registry.Name, "team/leaves", "1", Login);

        Assert.Equal(["team/leaves"], (await _client.RepositoriesAsync(registry.Name, Login, Cancellation)).Value!);
        Assert.Equal(digest, (await _client.DigestAsync(registry.Name, "team/leaves", "1", Login, Cancellation)).Value);
        var without = (await _client.TagsAsync(registry.Name, "team/leaves", null, Cancellation)).Fault!;
        var wrong = (await _client.TagsAsync(registry.Name, "team/leaves", Login with { Password = "wrong-pass" }, Cancellation)).Fault!;
        Assert.Equal(("forbidden", "forbidden"), (without.Code, wrong.Code));
        Assert.Contains($"holdfast image login {registry.Name}", without.Message, StringComparison.Ordinal);
        Assert.Contains("to ada", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-pass", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_ThatIsDown_IsUnavailable()
    {
        var name = $"127.0.0.1:{FreePort.Next()}";

        var fault = (await _client.TagsAsync(name, "team/leaves", null, Cancellation)).Fault!;

        Assert.Equal("unavailable", fault.Code);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_WithATokenService_GetsATokenForTheLoginAndIsReadPageByPage()
    {
        await using var app = await StartAsync();
        var name = new Uri(app.Urls.First()).Authority;

        Assert.Equal(["a", "b", "c"], (await _client.TagsAsync(name, "team/leaves", Login, Cancellation)).Value!);
        Assert.Equal("forbidden", (await _client.TagsAsync(name, "team/leaves", null, Cancellation)).Fault?.Code);
        var catalog = (await _client.RepositoriesAsync(name, Login, Cancellation)).Fault!;
        Assert.Equal("not-found", catalog.Code);
        Assert.Contains("does not list its repositories", catalog.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_AreSecretsOfAPerson_AndOfOneRegistryOnly()
    {
        await using var hub = await PeopleHub.StartAsync(Cancellation);
        hub.Get<Persons>().Add("ada", isAdmin: false, null);
        var (logins, ada) = (hub.Get<RegistryLogins>(), new Caller("ada", IsAdmin: false));

        var set = logins.Set(ada, "reg-1.example.org:5000", "ada", "pass:word");

        Assert.Equal(("REGISTRY_REG_1_EXAMPLE_ORG_5000_LOGIN", "ada"), (set.Value!.Secret, Assert.Single(logins.List("ada")).User));
        Assert.Equal(new RegistryLogin("ada", "pass:word"), logins.Find("ada", "reg-1.example.org:5000"));
        // Another host whose secret would have the same name.
        Assert.Null(logins.Find("ada", "reg.1.example.org:5000"));
        Assert.Null(logins.Find("bob", "reg-1.example.org:5000"));
        Assert.Equal(["bad-request", "bad-request", "bad-request"], ((string[])["http://reg", "reg/team", "localhost"]).Select(registry => logins.Set(ada, registry, "a", "b").Fault?.Code));
        Assert.True(logins.Remove(ada, "reg-1.example.org:5000").Ok);
        Assert.Equal("not-found", logins.Remove(ada, "reg-1.example.org:5000").Fault?.Code);
    }

    /// <summary>A registry that tells whoever comes without a token where to get one.</summary>
    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/token", (HttpContext context) =>
        {
            var isAda = context.Request.Headers.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Login.User}:{Login.Password}"))}";
            return isAda && context.Request.Query["service"] == "the registry" && context.Request.Query["scope"] == "repository:team/leaves:pull" ? Results.Text("""{"token":"good"}""") : Results.StatusCode(401);
        });
        app.MapGet("/v2/_catalog", () => Results.StatusCode(404));
        app.MapGet("/v2/team/leaves/tags/list", (HttpContext context) =>
        {
            if (context.Request.Headers.Authorization != "Bearer good")
            {
                context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{context.Request.Host}/token\",service=\"the registry\",scope=\"repository:team/leaves:pull\"";
                return Results.StatusCode(401);
            }
            if (context.Request.Query["last"] == "b") return Results.Text("""{"name":"team/leaves","tags":["c"]}""");
            context.Response.Headers.Link = "</v2/team/leaves/tags/list?n=1000&last=b>; rel=\"next\"";
            return Results.Text("""{"name":"team/leaves","tags":["b","a"]}""");
        });
        await app.StartAsync(Cancellation);
        return app;
    }

    /// <summary>Puts an image without layers; its digest.</summary>
    private static async Task<string> PutAsync(string registry, string repository, string tag, RegistryLogin? login)
    {
        const string Empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        using var http = new HttpClient { BaseAddress = new Uri($"http://{registry}/v2/{repository}/") };
        if (login is not null) http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.User}:{login.Password}")));
        using var begun = await http.PostAsync("blobs/uploads/", null, Cancellation);
        var upload = begun.Headers.Location!;
        using var config = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new("application/octet-stream") } };
        (await http.PutAsync($"{upload}&digest={Empty}", config, Cancellation)).EnsureSuccessStatusCode();
        using var manifest = new StringContent($$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Empty}}","size":2},"layers":[],"annotations":{ "tag": "{{tag}}" } }""",
            Encoding.UTF8, "application/vnd.oci.image.manifest.v1+json");
        manifest.Headers.ContentType!.CharSet = null;
        using var put = await http.PutAsync($"manifests/{tag}", manifest, Cancellation);
        put.EnsureSuccessStatusCode();
        return put.Headers.GetValues("Docker-Content-Digest").Single();
    }
}
