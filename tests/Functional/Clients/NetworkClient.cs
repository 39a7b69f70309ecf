using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests.Clients;

/// <summary>A program on the network that keeps its own headers, as editors and apps do: no redirects, no jar of cookies. By TLS it trusts one certificate and no other.</summary>
internal sealed class NetworkClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="server">The address in front of every other.</param>
    /// <param name="trusted">The certificate's file; null for a server without TLS.</param>
    public NetworkClient(Uri server, string? trusted = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (trusted is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(trusted));
        }

        _http = new HttpClient(handler) { BaseAddress = server };
    }

    /// <summary>What every request shows.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Cookies that were given, by name.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>What the server said with the cookies it gave.</summary>
    public List<string> SetCookies { get; } = [];

    /// <summary>Sends a request; takes what cookies are given.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in WithCookies()) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        if (response.Headers.TryGetValues("Set-Cookie", out var given))
            foreach (var cookie in given)
            {
                SetCookies.Add(cookie);
                var pair = cookie.Split(';')[0].Split('=', 2);
                Cookies[pair[0]] = pair[1];
            }

        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<Answer> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));

    /// <summary>Asks for a notebook's session, runs a cell in its kernel by the WebSocket, and ends the session.</summary>
    /// <param name="query">What the WebSocket's address has besides.</param>
    public async Task RunACellAsync(string query = "")
    {
        var session = await PostAsync("api/sessions", new JsonObject { ["path"] = "flow.ipynb", ["name"] = "flow.ipynb", ["type"] = "notebook", ["kernel"] = new JsonObject { ["name"] = "python3" } });
        Assert.Equal((HttpStatusCode.Created, session.Text), (session.Status, session.Text));
        await using (var talk = await KernelTalk.ConnectAsync(_http.BaseAddress!, (string)session.Json["kernel"]!["id"]!, query, query.Length == 0 ? WithCookies() : Headers, _http))
        {
            // A gateway drops what it is sent before it is connected itself.
            Assert.Equal("status", (string?)(await talk.ReceiveAsync())["header"]!["msg_type"]);
            Assert.Equal("42\n", (string?)Assert.Single(await talk.ExecuteAsync("print(6 * 7)"))["content"]!["text"]);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"api/sessions/{session.Json["id"]}")).Status);
    }

    public void Dispose() => _http.Dispose();

    private Dictionary<string, string> WithCookies()
    {
        var all = new Dictionary<string, string>(Headers);
        if (Cookies.Count > 0) all["Cookie"] = string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        return all;
    }
}
