using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Terminals;

namespace Holdfast.Lab.Tests.Terminals;

/// <summary>A page's end of a terminal's WebSocket, with a screen.</summary>
internal sealed class TerminalPage(ClientWebSocket socket, int rows, int columns) : IDisposable
{
    private readonly byte[] _buffer = new byte[256 << 10];

    public TerminalScreen Screen { get; } = new(rows, columns);

    /// <summary>How many characters of output have come.</summary>
    public long Received { get; private set; }

    public bool IsSetUp { get; private set; }

    public bool IsDisconnected { get; private set; }

    public HttpStatusCode Refusal => socket.HttpStatusCode;

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public Task SendAsync(string message) => socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    public Task TypeAsync(string text) => SendAsync(new JsonArray("stdin", text).ToJsonString());

    /// <summary>Reads until the screen shows this.</summary>
    public async Task SeeAsync(string text)
    {
        while (!string.Join('\n', Screen.ScreenText()).Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadAsync(), $"The socket closed; the screen shows:\n{string.Join('\n', Screen.ScreenText())}");
    }

    /// <summary>Reads until the socket is closed.</summary>
    public async Task EndAsync()
    {
        while (await ReadAsync())
        {
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> ReadAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return false;
            length += part.Count;
            if (part.EndOfMessage)
                break;
        }
        var message = JsonSerializer.Deserialize<JsonArray>(_buffer.AsSpan(0, length))!;
        Assert.True(IsSetUp || (string)message[0]! == "setup");
        switch ((string)message[0]!)
        {
            case "setup":
                Assert.Equal(JsonValueKind.Object, message[1]!.GetValueKind());
                IsSetUp = true;
                break;
            case "stdout":
                var text = (string)message[1]!;
                Received += text.Length;
                Screen.Feed(Encoding.UTF8.GetBytes(text));
                break;
            case "disconnect":
                Assert.Equal(1, (int)message[1]!);
                IsDisconnected = true;
                break;
            default:
                Assert.Fail($"A page does not know {message[0]}.");
                break;
        }
        return true;
    }
}
