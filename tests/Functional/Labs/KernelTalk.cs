using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A page's end of a kernel's channels, in Jupyter's older form: each message is one JSON text.</summary>
internal sealed class KernelTalk : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly string _session = Guid.NewGuid().ToString();
    private readonly byte[] _room = new byte[64 << 10];

    public static Task<KernelTalk> ConnectAsync(RunningLab lab, string kernel) => ConnectAsync(lab.Root, kernel, "token=t");

    /// <summary>Connects to a kernel of a server.</summary>
    /// <param name="server">The address in front of every other.</param>
    /// <param name="kernel">The kernel's id.</param>
    /// <param name="query">What the address has besides.</param>
    /// <param name="headers">What the handshake shows besides.</param>
    /// <param name="trusting">Connects by TLS; null for a server without.</param>
    public static async Task<KernelTalk> ConnectAsync(Uri server, string kernel, string query = "", IReadOnlyDictionary<string, string>? headers = null, HttpMessageInvoker? trusting = null)
    {
        var talk = new KernelTalk();
        foreach (var (name, value) in headers ?? new Dictionary<string, string>()) talk._socket.Options.SetRequestHeader(name, value);
        var address = new UriBuilder(new Uri(server, $"api/kernels/{kernel}/channels")) { Scheme = server.Scheme == "https" ? "wss" : "ws", Query = query };
        await talk._socket.ConnectAsync(address.Uri, trusting, TestContext.Current.CancellationToken);
        return talk;
    }

    /// <summary>Sends the code and does not wait; gives the request's id.</summary>
    public async Task<string> SendAsync(string code, string? cell = null)
    {
        var id = Guid.NewGuid().ToString();
        var message = new JsonObject
        {
            ["channel"] = "shell",
            ["header"] = new JsonObject
            {
                ["msg_id"] = id,
                ["msg_type"] = "execute_request",
                ["session"] = _session,
                ["username"] = "",
                ["version"] = "5.3",
                ["date"] = "2026-01-01T00:00:00Z",
            },
            ["parent_header"] = new JsonObject(),
            ["metadata"] = cell is null ? new JsonObject() : new JsonObject { ["cellId"] = cell },
            ["content"] = new JsonObject { ["code"] = code, ["silent"] = false, ["store_history"] = true, ["user_expressions"] = new JsonObject(), ["allow_stdin"] = false },
        };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        return id;
    }

    /// <summary>Executes the code; gives its outputs, each with <c>msg_type</c> and <c>content</c>.</summary>
    public async Task<IReadOnlyList<JsonNode>> ExecuteAsync(string code, string? cell = null)
    {
        var id = await SendAsync(code, cell);
        var outputs = new List<JsonNode>();
        var (replied, idle) = (false, false);
        while (!replied || !idle)
        {
            var message = await ReceiveAsync();
            if ((string?)message["parent_header"]!["msg_id"] != id) continue;
            switch ((string)message["header"]!["msg_type"]!)
            {
                case "execute_reply":
                    replied = true;
                    break;
                case "status":
                    idle = (string?)message["content"]!["execution_state"] == "idle";
                    break;
                case "stream" or "display_data" or "execute_result" or "error":
                    outputs.Add(message);
                    break;
            }
        }

        return outputs;
    }

    /// <summary>Closes the socket, as a page does that is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _socket.Dispose();
    }

    /// <summary>Waits for the next message. The first one is the kernel's state.</summary>
    public async Task<JsonNode> ReceiveAsync()
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(_room.AsMemory(), TestContext.Current.CancellationToken);
            Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
            whole.Write(_room, 0, part.Count);
            if (part.EndOfMessage) return JsonNode.Parse(whole.GetBuffer().AsSpan(0, (int)whole.Length))!;
        }
    }
}
