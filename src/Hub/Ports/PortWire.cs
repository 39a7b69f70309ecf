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

    /// <summary>Goes on until both directions have ended, one of both is broken, or <paramref name="stop"/>. Neither is disposed.</summary>
    /// <returns>Bytes that came from the WebSocket, and that went there.</returns>
    public static async Task<(long Received, long Sent)> RunAsync(WebSocket web, Socket tcp, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(web);
        ArgumentNullException.ThrowIfNull(tcp);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (received, sent) = (FromWebAsync(web, tcp, over.Token), ToWebAsync(web, tcp, over.Token));
        // A direction that is broken ends the other one; one that has ended well does not.
        if (await Task.WhenAny(received, sent) is { IsCompletedSuccessfully: false }) await over.CancelAsync();
        await ((Task)Task.WhenAll(received, sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!(received.IsCompletedSuccessfully && sent.IsCompletedSuccessfully)) web.Abort();
        return (received.IsCompletedSuccessfully ? await received : 0, sent.IsCompletedSuccessfully ? await sent : 0);
    }

    private static async Task<long> FromWebAsync(WebSocket web, Socket tcp, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long all = 0;
            while (await web.ReceiveAsync(buffer.AsMemory(), cancellationToken) is { MessageType: not WebSocketMessageType.Close, Count: var count })
            {
                for (var sent = 0; sent < count;) sent += await tcp.SendAsync(buffer.AsMemory(sent, count - sent), cancellationToken);
                all += count;
            }
            tcp.Shutdown(SocketShutdown.Send);
            return all;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<long> ToWebAsync(WebSocket web, Socket tcp, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long all = 0;
            while (await tcp.ReceiveAsync(buffer.AsMemory(0, BufferSize), cancellationToken) is > 0 and var count)
            {
                await web.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
                all += count;
            }
            await web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            return all;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
