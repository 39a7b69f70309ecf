using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Tests.Hosting;

/// <summary>A lab in this process on a free port, with folders of its own that go with it.</summary>
internal sealed class TestLab : IAsyncDisposable
{
    public const string Token = "a-token-for-tests";

    private readonly string _folder;
    private readonly LabServer _server;

    private TestLab(string folder, LabOptions options, LabServer server, Uri address)
    {
        (_folder, Options, _server, Address) = (folder, options, server, address);
        Client = NewClient(Token);
    }

    public LabOptions Options { get; }
    public Uri Address { get; }
    public LabServer Server => _server;
    public string Root => Options.Root;
    /// <summary>Shows the token with each request.</summary>
    public HttpClient Client { get; }

    public static async Task<TestLab> StartAsync(
        Func<LabOptions, LabOptions>? change = null, string? folder = null, MemoryLog? log = null)
    {
        folder ??= Directory.CreateTempSubdirectory("holdfast-lab-").FullName;
        foreach (var name in (string[])["root", "assets", "home"])
            Directory.CreateDirectory(Path.Join(folder, name));
        var options = new LabOptions
        {
            Root = Path.Join(folder, "root"),
            Port = 0,
            Token = Token,
            AssetsFolder = Path.Join(folder, "assets"),
            StateFolder = Path.Join(folder, "state"),
            Environment = new Dictionary<string, string> { ["HOME"] = Path.Join(folder, "home"), ["USER"] = "ada" },
        };
        options = change?.Invoke(options) ?? options;
        var server = new LabServer(options, keeper: null, log is null ? null : logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        var start = await server.StartAsync(TestContext.Current.CancellationToken);
        Assert.Null(start.Problem);
        return new TestLab(folder, options, server, start.Address!);
    }

    /// <summary>A client without redirects; cookies only those of <paramref name="cookies"/>.</summary>
    public HttpClient NewClient(string? token = null, CookieContainer? cookies = null)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = cookies is not null,
            CookieContainer = cookies ?? new CookieContainer(),
        })
        { BaseAddress = Address };
        if (token is not null)
            client.DefaultRequestHeaders.Add("Authorization", "token " + token);
        return client;
    }

    public string PathOf(string name) => Path.Join(Root, name);

    /// <summary>Stops this lab and starts another one on the same folders.</summary>
    public async Task<TestLab> RestartAsync(Func<LabOptions, LabOptions> change)
    {
        Client.Dispose();
        await _server.DisposeAsync();
        return await StartAsync(change, _folder);
    }

    public async Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> SendAsync(
        HttpMethod method, string path, string? json = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        var response = await (client ?? Client).SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var isObject = response.Content.Headers.ContentType?.MediaType == "application/json" && body.StartsWith('{');
        return (response.StatusCode, isObject ? JsonNode.Parse(body)!.AsObject() : null, response);
    }

    public Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, json);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
