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
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] both = [ToSocketAsync(tls, stream, over.Token), ToTlsAsync(tls, stream, over.Token)];
        if (await Task.WhenAny(both) is { IsCompletedSuccessfully: false }) await over.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ToSocketAsync(SslStream tls, NetworkStream stream, CancellationToken cancellationToken)
    {
        await tls.CopyToAsync(stream, BufferSize, cancellationToken);
        stream.Socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task ToTlsAsync(SslStream tls, NetworkStream stream, CancellationToken cancellationToken)
    {
        await stream.CopyToAsync(tls, BufferSize, cancellationToken);
        await tls.ShutdownAsync();
    }
}
