using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Holdfast.Hub.Ports;

/// <summary>
/// A TCP connection as a WebSocket: its bytes are binary messages, the end of either direction is a Close frame, and who is slow holds the other side back, as TCP does it. Hub and command line are
/// either end of it (docs/decisions/ports-as-websockets.md).
/// </summary>
public static class PortWire
{
    private const int BufferSize = 64 << 10;

    /// <summary>
    /// Goes on until both directions have ended, one of both is broken, or <paramref name="stop"/>. Neither is disposed; of what did not come to its end both are broken off, so that nobody takes a part
    /// for the whole.
    /// </summary>
    /// <param name="web">One side.</param>
    /// <param name="tcp">The other side.</param>
    /// <param name="isWhole">Asked when that has ended: whether it ended by itself. Null for yes.</param>
    /// <param name="stop">Breaks it off.</param>
    public static async Task RunAsync(WebSocket web, Socket tcp, Func<bool>? isWhole, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(web);
        ArgumentNullException.ThrowIfNull(tcp);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (received, sent) = (FromWebAsync(web, tcp, over.Token), ToWebAsync(web, tcp, isWhole, over.Token));
        // A direction that is broken ends the other one; one that has ended well does not.
        if (await Task.WhenAny(received, sent) is { IsCompletedSuccessfully: false }) await over.CancelAsync();
        await Task.WhenAll(received, sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (received.IsCompletedSuccessfully && sent.IsCompletedSuccessfully) return;
        web.Abort();
        tcp.LingerState = new LingerOption(true, 0);
    }

    private static async Task FromWebAsync(WebSocket web, Socket tcp, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await web.ReceiveAsync(buffer.AsMemory(), cancellationToken) is { MessageType: not WebSocketMessageType.Close, Count: var count })
            {
                for (var sent = 0; sent < count;) sent += await tcp.SendAsync(buffer.AsMemory(sent, count - sent), cancellationToken);
            }
            tcp.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task ToWebAsync(WebSocket web, Socket tcp, Func<bool>? isWhole, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await tcp.ReceiveAsync(buffer.AsMemory(0, BufferSize), cancellationToken) is > 0 and var count)
            {
                await web.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            if (isWhole?.Invoke() == false) throw new IOException("It was ended from elsewhere.");
            await web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
