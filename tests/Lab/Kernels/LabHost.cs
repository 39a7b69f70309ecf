using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Lab.Activity;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Events;
using Holdfast.Lab.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Kernels;
using Holdfast.Lab.Recording;
using Holdfast.Lab.Runs;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Terminals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Tests.Kernels;

/// <summary>The kernels and sessions of a lab on a real server, without access control, with the notebooks they record into.</summary>
internal sealed class LabHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private LabHost(WebApplication app, string root) => (_app, Root, _http) = (app, root, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });

    public string Root { get; }

    public T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<LabHost> StartAsync(KeeperFixture keeper, string root, string baseUrl = "/")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(keeper.Client);
        builder.Services.AddSingleton(keeper.Options(root));
        builder.Services.AddSingleton(keeper.Specs);
        builder.Services.AddSingleton(new BaseUrl(baseUrl)).AddSingleton<IdleMemory>().AddEvents().AddContents().AddHistory().AddKernels().AddSessions().AddRecording().AddTerminals().AddRuns().AddActivity();
        var app = builder.Build();
        app.UseBaseUrl();
        app.UseRouting();
        app.MapKernels();
        app.MapSessions();
        app.MapContents();
        app.MapRecording();
        app.MapRuns();
        app.MapActivity();
        app.MapHistory();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LabHost(app, root);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
        var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text) : null, response);
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        var (status, body, _) = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, status);
        return body!;
    }

    /// <summary>Starts a kernel and gives its id when it is idle.</summary>
    public async Task<string> StartKernelAsync(string body = "{}")
    {
        var (status, model, _) = await SendAsync(HttpMethod.Post, "/api/kernels", body);
        Assert.True(status == HttpStatusCode.Created, model?.ToString());
        var id = (string)model!["id"]!;
        await WaitForKernelAsync(id, kernel => (string?)kernel["execution_state"] == "idle");
        return id;
    }

    public Task<PageClient> OpenPageAsync(string kernelId, string sessionId, bool legacy = false) =>
        PageClient.ConnectAsync(new Uri($"{ChannelsAddress(kernelId)}?session_id={sessionId}"), sessionId, legacy);

    public string ChannelsAddress(string kernelId) => $"ws://{_http.BaseAddress!.Authority}/api/kernels/{kernelId}/channels";

    /// <summary>Waits until the kernel's model says so.</summary>
    public async Task WaitForKernelAsync(string id, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition(await GetAsync($"/api/kernels/{id}")))
            await Task.Delay(10, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
