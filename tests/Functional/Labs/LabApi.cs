using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>What the lab answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Message => (string)Json["message"]!;
}

/// <summary>The lab's API, with its token.</summary>
internal sealed class LabApi : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _client;

    public LabApi(RunningLab lab, string? token = "t")
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = lab.Root };
        if (token is not null) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", token);
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Asks for a session of a notebook, as its page does.</summary>
    public Task<Answer> PostSessionAsync(string path, string kernel = "python3") => SendAsync(HttpMethod.Post, "api/sessions", new JsonObject
    {
        ["path"] = path,
        ["name"] = path,
        ["type"] = "notebook",
        ["kernel"] = new JsonObject { ["name"] = kernel },
    });

    /// <summary>Starts a notebook's kernel; gives the kernel's id.</summary>
    public async Task<string> StartKernelAsync(string path)
    {
        var answer = await PostSessionAsync(path);
        Assert.Equal((HttpStatusCode.Created, answer.Text), (answer.Status, answer.Text));
        return (string)answer.Json["kernel"]!["id"]!;
    }

    /// <summary>Waits until the lab shows the kernel so; gives what it showed.</summary>
    /// <param name="kernel">The kernel's id.</param>
    /// <param name="so">The condition.</param>
    /// <param name="eachLook">Done after each look that did not show it.</param>
    public async Task WaitForKernelAsync(string kernel, Predicate<JsonNode> so, Action? eachLook = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!so((await GetAsync($"api/kernels/{kernel}")).Json))
        {
            eachLook?.Invoke();
            await Task.Delay(Look, limit.Token);
        }
    }

    public void Dispose() => _client.Dispose();

    public static bool IsBusy(JsonNode kernel) => (string?)kernel["execution_state"] == "busy";

    public static bool IsIdle(JsonNode kernel) => (string?)kernel["execution_state"] == "idle";

    public static bool IsAlone(JsonNode kernel) => (int)kernel["connections"]! == 0;
}
