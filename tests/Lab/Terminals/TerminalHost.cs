using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;

namespace Holdfast.Lab.Tests.Terminals;

/// <summary>A whole lab in this process, on a folder of its own, with the keeper that all tests share.</summary>
internal sealed class TerminalHost : IAsyncDisposable
{
    private readonly LabServer _server;
    private readonly HttpClient _http;

    private TerminalHost(LabServer server, Uri address, string root)
    {
        (_server, Root) = (server, root);
        _http = new HttpClient { BaseAddress = address };
        _http.DefaultRequestHeaders.Add("Authorization", "token t");
    }

    public string Root { get; }

    public static async Task<TerminalHost> StartAsync(KeeperFixture keeper, string? root = null)
    {
        await keeper.ReadyAsync();
        root ??= Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(keeper.Home.StateFolder)!, Guid.NewGuid().ToString("N"))).FullName;
        var server = new LabServer(keeper.Options(root) with { Port = 0, Token = "t" }, keeper.Client);
        var start = await server.StartAsync(TestContext.Current.CancellationToken);
        Assert.Null(start.Problem);
        return new TerminalHost(server, start.Address!, root);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Starts a terminal and gives its name; names are one for all labs, so each test takes its own.</summary>
    public async Task<string> StartTerminalAsync()
    {
        var (status, model) = await SendAsync(HttpMethod.Post, "/api/terminals", $$"""{"name": "{{Guid.NewGuid():N}}"}""");
        Assert.True(status == HttpStatusCode.OK, model?.ToString());
        return (string)model!["name"]!;
    }

    public async Task<TerminalPage> OpenAsync(string name, int rows = 24, int columns = 80, bool size = true, string? origin = null, string? token = "t")
    {
        var socket = new ClientWebSocket();
        if (token is not null)
            socket.Options.SetRequestHeader("Authorization", "token " + token);
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(_http.BaseAddress!) { Scheme = "ws", Path = $"/terminals/websocket/{name}" }.Uri;
        try
        {
            await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        }
        catch (WebSocketException)
        {
            return new TerminalPage(socket, rows, columns);
        }
        var page = new TerminalPage(socket, rows, columns);
        if (size)
            await page.SendAsync($"""["set_size", {rows}, {columns}, 400, 800]""");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
