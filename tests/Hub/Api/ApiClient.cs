using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Holdfast.Hub.Tests.Api;

/// <summary>What the API has answered.</summary>
internal sealed record ApiReply(int Status, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Json.GetProperty("code").GetString();

    public string? Message => Json.GetProperty("message").GetString();
}

/// <summary>Asks a hub as a program on its computer does: with the token of its data folder, or another one.</summary>
internal sealed class ApiClient : IDisposable
{
    public ApiClient(TestHub hub, string? token = null)
    {
        Http = new HttpClient { BaseAddress = new Uri(hub.Address, "api/v1/") };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? File.ReadAllText(Path.Combine(hub.Folders.Root, "cli-token")).Trim());
    }

    public HttpClient Http { get; }

    public Task<ApiReply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<ApiReply> PostAsync(string path, string json = "{}") => SendAsync(HttpMethod.Post, path, json);

    public async Task<ApiReply> SendAsync(HttpMethod method, string path, string? json, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, type) };
        using var response = await Http.SendAsync(request, TestHub.Cancellation);
        return new ApiReply((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestHub.Cancellation));
    }

    public void Dispose() => Http.Dispose();
}
