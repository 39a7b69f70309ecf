using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Holdfast.Kernels;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Clients;

/// <summary>What a page sees of one execution; <paramref name="OtherStreamBytes"/> is what others printed.</summary>
internal sealed record Execution(bool Idle, int Displays, long StreamBytes, long OtherStreamBytes);

/// <summary>A page's WebSocket to a kernel, subprotocol v1, which reads as fast as it can. TCP_NODELAY is set at this end.</summary>
internal sealed class PageSocket : IDisposable
{
    private const string V1 = "v1.kernel.websocket.jupyter.org";

    private readonly ClientWebSocket _socket = new();
    private readonly string _session;
    private byte[] _buffer = new byte[1 << 20];

    private PageSocket(string session)
    {
        _session = session;
        _socket.Options.AddSubProtocol(V1);
    }

    public static async Task<PageSocket> ConnectAsync(BenchServer server, string kernel, string session, CancellationToken cancellationToken)
    {
        var page = new PageSocket(session);
        await page._socket.ConnectAsync(
            new Uri($"ws://127.0.0.1:{server.Port}/api/kernels/{kernel}/channels?session_id={session}&token={BenchServer.Token}"), cancellationToken);
        if (page._socket.SubProtocol != V1) throw new InvalidOperationException("The server does not speak the binary subprotocol.");
        return page;
    }

    /// <summary>Executes code and reads until its reply and its idle.</summary>
    public async Task<Execution> ExecuteAsync(string code, CancellationToken cancellationToken) =>
        await FollowAsync(await SendAsync(code, cancellationToken), cancellationToken);

    /// <summary>Sends an execute_request; returns its id.</summary>
    public async Task<string> SendAsync(string code, CancellationToken cancellationToken)
    {
        var header = MessageHeader.Create("execute_request", _session, "bench", DateTimeOffset.UtcNow, out var id);
        var content = Encoding.UTF8.GetBytes($$"""{"code":"{{JsonEncodedText.Encode(code)}}","silent":false,"store_history":true,"user_expressions":{},"allow_stdin":false,"stop_on_error":true}""");
        var message = new KernelMessage(header, "{}"u8.ToArray(), "{}"u8.ToArray(), content, []);
        var bytes = new byte[WebSocketV1.Measure(KernelChannel.Shell, message)];
        WebSocketV1.Write(KernelChannel.Shell, message, bytes);
        await _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, cancellationToken);
        return id;
    }

    /// <summary>Reads until the reply and the idle of an execution. A lost idle counts as missing once <paramref name="silence"/> has passed after the reply.</summary>
    public async Task<Execution> FollowAsync(string id, CancellationToken cancellationToken, TimeSpan? silence = null)
    {
        var (replied, idle, displays, streamed, others) = (false, false, 0, 0L, 0L);
        var parent = Encoding.UTF8.GetBytes(id);
        while (!replied || !idle)
        {
            Task<ReadOnlyMemory<byte>> receiving = ReceiveAsync(cancellationToken).AsTask();
            if (silence is { } limit && replied && !receiving.IsCompleted && await Task.WhenAny(receiving, Task.Delay(limit, cancellationToken)) != receiving) break;
            if (!WebSocketV1.TryRead(await receiving, out _, out var message, out var reason)) throw new InvalidOperationException(reason);
            var header = message.Header.Span;
            if (message.ParentHeader.Span.IndexOf(parent) < 0)
            {
                if (header.IndexOf("\"stream\""u8) > 0) others += TextBytes(message.Content);
                continue;
            }

            if (header.IndexOf("\"display_data\""u8) > 0) displays++;
            else if (header.IndexOf("\"stream\""u8) > 0) streamed += TextBytes(message.Content);
            else if (header.IndexOf("\"execute_reply\""u8) > 0) replied = true;
            else if (header.IndexOf("\"status\""u8) > 0 && message.Content.Span.IndexOf("\"idle\""u8) > 0) idle = true;
        }

        return new Execution(idle, displays, streamed, others);
    }

    /// <summary>Reads until the execution is seen to have begun.</summary>
    public async Task WaitBusyAsync(string id, CancellationToken cancellationToken)
    {
        var parent = Encoding.UTF8.GetBytes(id);
        while (true)
        {
            var bytes = await ReceiveAsync(cancellationToken);
            if (bytes.Span.IndexOf(parent) >= 0 && bytes.Span.IndexOf("\"busy\""u8) >= 0) return;
        }
    }

    /// <summary>Reads until a message of one of these types.</summary>
    public async Task WaitAsync(IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        while (!WebSocketV1.TryRead(await ReceiveAsync(cancellationToken), out _, out var message, out _)
            || !MessageHeader.TryParse(message.Header.Span, out var header) || !types.Contains(header.MessageType))
        {
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        while (_socket.State == WebSocketState.CloseSent) await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        for (var length = 0; ;)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException($"The server closed the socket: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            length += part.Count;
            if (part.EndOfMessage) return _buffer.AsMemory(0, length);
            if (length == _buffer.Length) Array.Resize(ref _buffer, 2 * length);
        }
    }

    private static int TextBytes(ReadOnlyMemory<byte> content)
    {
        var json = new Utf8JsonReader(content.Span);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("text"u8)) continue;
            json.Read();
            var text = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
            var length = json.CopyString(text);
            ArrayPool<byte>.Shared.Return(text);
            return length;
        }

        return 0;
    }
}
