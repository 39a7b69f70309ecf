using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Holdfast.Kernels;

namespace Holdfast.Faults.Bench;

/// <summary>A page's WebSocket to the kernel (subprotocol v1), from its connection to its loss.</summary>
internal sealed class Page : IDisposable
{
    private const string Session = "the-page";

    private readonly ClientWebSocket _socket = new();
    private readonly Witness _witness;

    private Page(Witness witness)
    {
        _witness = witness;
        _socket.Options.AddSubProtocol("v1.kernel.websocket.jupyter.org");
    }

    /// <summary>Ends when the connection is lost.</summary>
    public Task Receiving { get; private set; } = Task.CompletedTask;

    public static async Task<Page> ConnectAsync(LabProcess lab, string kernel, Witness witness)
    {
        var page = new Page(witness);
        await page._socket.ConnectAsync(
            new UriBuilder(new Uri(lab.Address, $"api/kernels/{kernel}/channels")) { Scheme = "ws", Query = $"session_id={Session}&token={LabProcess.Token}" }.Uri, CancellationToken.None);
        page.Receiving = page.ReceiveAsync(witness.Connect());
        return page;
    }

    /// <summary>Starts the notebook's session, or finds the one that it has; gives the kernel's id.</summary>
    public static async Task<string> KernelAsync(LabProcess lab)
    {
        using var client = new HttpClient { BaseAddress = lab.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", LabProcess.Token);
        var body = $$"""{"path":"{{Place.Notebook}}","type":"notebook","name":"","kernel":{"name":"python3"} }""";
        using var reply = await client.PostAsync(new Uri("api/sessions", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        reply.EnsureSuccessStatusCode();
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("kernel").GetProperty("id").GetString()!;
    }

    /// <summary>Sends an execute_request; null when the connection is lost.</summary>
    public async Task<string?> ExecuteAsync(string code)
    {
        var header = MessageHeader.Create("execute_request", Session, "bench", TimeProvider.System.GetUtcNow(), out var id);
        var content = Encoding.UTF8.GetBytes($$"""{"code":"{{JsonEncodedText.Encode(code)}}","silent":false,"store_history":false,"user_expressions":{},"allow_stdin":false,"stop_on_error":true}""");
        var message = new KernelMessage(header, "{}"u8.ToArray(), "{}"u8.ToArray(), content, []);
        var bytes = new byte[WebSocketV1.Measure(KernelChannel.Shell, message)];
        WebSocketV1.Write(KernelChannel.Shell, message, bytes);
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None);
            return id;
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync(List<UInt128> seen)
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    if (part.MessageType == WebSocketMessageType.Close) return;
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                Note(seen, buffer.AsMemory(0, length));
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
        {
            // What was at the other end was killed.
        }
    }

    private void Note(List<UInt128> seen, ReadOnlyMemory<byte> record)
    {
        if (!WebSocketV1.TryRead(record, out _, out var message, out var reason)) throw new InvalidDataException(reason);
        // The lab's own words, a kernel's state at the connection, are in no journal. They have no parent.
        if (!MessageHeader.TryParse(message.Header.Span, out var header) || !MessageHeader.TryParse(message.ParentHeader.Span, out var parent) || parent.MessageId.Length == 0) return;
        _witness.See(seen, record.Span, header.MessageType, parent.MessageId);
    }
}
