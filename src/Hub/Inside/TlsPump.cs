using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Holdfast.Hub.Inside;

/// <summary>Both directions between a connection under TLS and a socket. Each may end before the other one; who is slow holds the other side back.</summary>
internal static class TlsPump
{
    private const int BufferSize = 64 << 10;

    /// <summary>Goes on until both directions have ended or one is broken; then the socket is broken off, too.</summary>
    public static async Task RunAsync(SslStream tls, Socket socket, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] both = [ToSocketAsync(tls, socket, over.Token), ToTlsAsync(tls, socket, over.Token)];
        if (await Task.WhenAny(both) is { IsCompletedSuccessfully: false }) await over.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ToSocketAsync(SslStream tls, Socket socket, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await tls.ReadAsync(buffer.AsMemory(), cancellationToken) is > 0 and var read)
            {
                for (var sent = 0; sent < read;) sent += await socket.SendAsync(buffer.AsMemory(sent, read - sent), cancellationToken);
            }
            socket.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task ToTlsAsync(SslStream tls, Socket socket, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken) is > 0 and var read) await tls.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            await tls.ShutdownAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
