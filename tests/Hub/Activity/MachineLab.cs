using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Tests.Activity;

/// <summary>The lab of a machine, used as its pages use it.</summary>
internal sealed class MachineLab(TestHub hub, MachineRecord machine) : IDisposable
{
    private readonly HttpClient _http = LabClient.Of(UpstreamOf(hub, machine));

    private static Upstream UpstreamOf(TestHub hub, MachineRecord machine) => new(machine, null, hub.Fleet.LabSocketOf(machine));

    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Add("Cookie", "_xsrf=test");
        request.Headers.Add("X-XSRFToken", "test");
        using var response = await _http.SendAsync(request, TestHub.Cancellation);
        var text = await response.Content.ReadAsStringAsync(TestHub.Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Starts a kernel with a notebook's session; its id when it is idle.</summary>
    public async Task<string> StartKernelAsync(string folder = "notebooks/")
    {
        var session = await SendAsync(HttpMethod.Post, "/api/sessions", $$$"""{"path": "{{{folder}}}train.ipynb", "type": "notebook", "name": "", "kernel": {"name": "python3"}}""");
        var id = (string)session!["kernel"]!["id"]!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((string?)(await SendAsync(HttpMethod.Get, $"/api/kernels/{id}"))!["execution_state"] != "idle") await Task.Delay(20, limit.Token);
        return id;
    }

    /// <summary>A page's WebSocket.</summary>
    public async Task<ClientWebSocket> OpenAsync(string path)
    {
        var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => new System.Net.Sockets.NetworkStream(await UpstreamOf(hub, machine).ConnectAsync(token), ownsSocket: true),
        }, disposeHandler: false);
        await socket.ConnectAsync(new Uri($"ws://leaves.localhost{path}"), invoker, TestHub.Cancellation);
        return socket;
    }

    /// <summary>Has a kernel run something, through a page that goes at once.</summary>
    public async Task RunAsync(string kernel, string code)
    {
        using var page = await OpenAsync($"/api/kernels/{kernel}/channels?session_id=page");
        var message = new JsonObject
        {
            ["header"] = new JsonObject { ["msg_id"] = Guid.NewGuid().ToString(), ["msg_type"] = "execute_request", ["session"] = "page", ["username"] = "ada", ["version"] = "5.3", ["date"] = "2026-11-21T12:00:00Z" },
            ["parent_header"] = new JsonObject(),
            ["metadata"] = new JsonObject { ["cellId"] = "c0" },
            ["content"] = new JsonObject { ["code"] = code, ["silent"] = false, ["store_history"] = true, ["user_expressions"] = new JsonObject(), ["allow_stdin"] = false, ["stop_on_error"] = true },
            ["channel"] = "shell",
            ["buffers"] = new JsonArray(),
        };
        await page.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, TestHub.Cancellation);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((string?)(await SendAsync(HttpMethod.Get, $"/api/kernels/{kernel}"))!["execution_state"] != "busy") await Task.Delay(20, limit.Token);
    }

    /// <summary>Opens a new terminal.</summary>
    public async Task<ClientWebSocket> OpenTerminalAsync() => await OpenAsync($"/terminals/websocket/{(string)(await SendAsync(HttpMethod.Post, "/api/terminals", "{}"))!["name"]!}");

    public static Task TypeAsync(ClientWebSocket terminal, string text) =>
        terminal.SendAsync(Encoding.UTF8.GetBytes(new JsonArray("stdin", text).ToJsonString()), WebSocketMessageType.Text, true, TestHub.Cancellation);

    /// <summary>Reads what a socket sends until it holds this.</summary>
    public static async Task<string> ReadAsync(ClientWebSocket socket, string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var (said, buffer) = (new StringBuilder(), new byte[64 << 10]);
        while (!said.ToString().Contains(text, StringComparison.Ordinal))
        {
            var part = await socket.ReceiveAsync(buffer, limit.Token);
            Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
            said.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
        }
        return said.ToString();
    }

    public void Dispose() => _http.Dispose();
}
