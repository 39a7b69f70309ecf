using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Lab.Tests.Kernels;

/// <summary>A message as a page sees it.</summary>
internal sealed record PageMessage(string Channel, string Type, string Parent, string Session, JsonNode Content, byte[][] Buffers)
{
    public bool IsStatus(string state) => Type == "status" && (string?)Content["execution_state"] == state;
}

/// <summary>A page's WebSocket, with either protocol. Its codecs are written apart from those of the program.</summary>
internal sealed class PageClient : IDisposable
{
    private static readonly string[] Channels = ["shell", "iopub", "stdin", "control"];

    private readonly ClientWebSocket _socket;
    private readonly bool _legacy;

    private PageClient(ClientWebSocket socket, string sessionId, bool legacy) => (_socket, SessionId, _legacy) = (socket, sessionId, legacy);

    public string SessionId { get; }

    public ClientWebSocket Socket => _socket;

    /// <summary>The subshell that requests are for; null for the main shell.</summary>
    public string? Subshell { get; set; }

    public static async Task<PageClient> ConnectAsync(Uri address, string sessionId, bool legacy)
    {
        var socket = new ClientWebSocket();
        if (!legacy)
            socket.Options.AddSubProtocol("v1.kernel.websocket.jupyter.org");
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(legacy ? null : "v1.kernel.websocket.jupyter.org", socket.SubProtocol);
        return new PageClient(socket, sessionId, legacy);
    }

    /// <summary>Sends an execute_request and gives its msg_id.</summary>
    public Task<string> ExecuteAsync(string code, bool stdin = false, string? cell = null, bool stopOnError = true) => RequestAsync("shell", "execute_request", new JsonObject
    {
        ["code"] = code,
        ["silent"] = false,
        ["store_history"] = true,
        ["user_expressions"] = new JsonObject(),
        ["allow_stdin"] = stdin,
        ["stop_on_error"] = stopOnError,
    }, cell is null ? [] : new JsonObject { ["cellId"] = cell, ["deletedCells"] = new JsonArray() });

    public Task<string> RequestAsync(string channel, string type, JsonObject content, params byte[][] buffers) => RequestAsync(channel, type, content, [], buffers);

    private async Task<string> RequestAsync(string channel, string type, JsonObject content, JsonObject metadata, params byte[][] buffers)
    {
        var id = Guid.NewGuid().ToString("N");
        var header = new JsonObject { ["msg_id"] = id, ["msg_type"] = type, ["session"] = SessionId, ["username"] = "", ["date"] = "2026-01-01T00:00:00Z", ["version"] = "5.3" };
        if (Subshell is not null)
            header["subshell_id"] = Subshell;
        if (_legacy)
        {
            var message = new JsonObject
            {
                ["channel"] = channel,
                ["header"] = header,
                ["parent_header"] = new JsonObject(),
                ["metadata"] = metadata,
                ["content"] = content,
                ["buffers"] = new JsonArray(),
            };
            var json = Encoding.UTF8.GetBytes(message.ToJsonString());
            await (buffers.Length == 0 ? SendAsync(json, WebSocketMessageType.Text) : SendAsync(LegacyBinary([json, .. buffers]), WebSocketMessageType.Binary));
            return id;
        }
        byte[][] parts = [Encoding.UTF8.GetBytes(channel), Encoding.UTF8.GetBytes(header.ToJsonString()), "{}"u8.ToArray(), Encoding.UTF8.GetBytes(metadata.ToJsonString()), Encoding.UTF8.GetBytes(content.ToJsonString()), .. buffers];
        using var whole = new MemoryStream();
        using var writer = new BinaryWriter(whole);
        var offset = 8L * (parts.Length + 2);
        writer.Write((long)parts.Length + 1);
        writer.Write(offset);
        foreach (var part in parts)
            writer.Write(offset += part.Length);
        foreach (var part in parts)
            writer.Write(part);
        await SendAsync(whole.ToArray(), WebSocketMessageType.Binary);
        return id;
    }

    public Task SendAsync(byte[] data, WebSocketMessageType type) => _socket.SendAsync(data, type, true, TestContext.Current.CancellationToken);

    /// <summary>Reads up to the message that is asked for, all of them in order.</summary>
    public async Task<List<PageMessage>> ReadUntilAsync(Func<PageMessage, bool> condition)
    {
        var messages = new List<PageMessage>();
        do
            messages.Add(await ReadAsync() ?? throw new InvalidOperationException(
                $"The socket closed ({_socket.CloseStatus} {_socket.CloseStatusDescription}) after {messages.Count} messages."));
        while (!condition(messages[^1]));
        return messages;
    }

    /// <summary>Reads until an execution is over: its reply and its idle have come.</summary>
    public async Task<List<PageMessage>> ReadExecutionAsync(string id)
    {
        var (replied, idle) = (false, false);
        return await ReadUntilAsync(message =>
        {
            replied |= message.Type == "execute_reply" && message.Parent == id;
            idle |= message.IsStatus("idle") && message.Parent == id;
            return replied && idle;
        });
    }

    /// <summary>The next message; null when the socket was closed.</summary>
    public async Task<PageMessage?> ReadAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var whole = new MemoryStream();
        var buffer = new byte[64 << 10];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            whole.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        var data = whole.ToArray();
        return _legacy ? ReadLegacy(data, part.MessageType) : ReadV1(data);
    }

    public void Dispose() => _socket.Dispose();

    private static PageMessage ReadV1(byte[] data)
    {
        var offsets = new int[BinaryPrimitives.ReadInt64LittleEndian(data)];
        for (var i = 0; i < offsets.Length; i++)
            offsets[i] = (int)BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(8 * (i + 1)));
        JsonNode Part(int index) => JsonNode.Parse(data.AsSpan(offsets[index]..offsets[index + 1]))!;
        Assert.Equal(data.Length, offsets[^1]);
        var buffers = Enumerable.Range(5, offsets.Length - 6).Select(index => data[offsets[index]..offsets[index + 1]]);
        return Of(Encoding.UTF8.GetString(data.AsSpan(offsets[0]..offsets[1])), Part(1), Part(2), Part(4), [.. buffers]);
    }

    private static byte[] LegacyBinary(byte[][] parts)
    {
        var head = new byte[4 * (parts.Length + 1)];
        BinaryPrimitives.WriteInt32BigEndian(head, parts.Length);
        var offset = head.Length;
        for (var i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4 * (i + 1)), offset);
            offset += parts[i].Length;
        }
        return [.. head, .. parts.SelectMany(part => part)];
    }

    private static PageMessage ReadLegacy(byte[] data, WebSocketMessageType type)
    {
        var json = data.AsMemory();
        byte[][] buffers = [];
        if (type == WebSocketMessageType.Binary)
        {
            var count = BinaryPrimitives.ReadInt32BigEndian(data);
            int[] offsets = [.. Enumerable.Range(1, count).Select(index => BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(4 * index))), data.Length];
            json = json[offsets[0]..offsets[1]];
            buffers = [.. Enumerable.Range(1, count - 1).Select(index => data[offsets[index]..offsets[index + 1]])];
        }
        var message = JsonNode.Parse(json.Span)!;
        return Of((string)message["channel"]!, message["header"]!, message["parent_header"]!, message["content"]!, buffers);
    }

    private static PageMessage Of(string channel, JsonNode header, JsonNode parent, JsonNode content, byte[][] buffers)
    {
        Assert.Contains(channel, Channels);
        // JupyterLab refuses messages without these.
        foreach (var field in (string[])["username", "version", "session", "msg_id", "msg_type"])
            Assert.Equal(JsonValueKind.String, header[field]!.GetValueKind());
        return new PageMessage(channel, (string)header["msg_type"]!, (string?)parent["msg_id"] ?? "", (string)header["session"]!, content, buffers);
    }
}
