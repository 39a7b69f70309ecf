using System.Net.Sockets;

namespace Holdfast.Hub.Inside;

/// <summary>Takes the connections of a socket that listens, each to be served beside the others.</summary>
internal static class Accepting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Goes on until the socket is closed, or <paramref name="ended"/>.</summary>
    public static async Task RunAsync(Socket listener, Func<Socket, Task> serve, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                _ = serve(await listener.AcceptAsync(ended));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The machine ends, or the hub.
                return;
            }
            catch (SocketException)
            {
                // No descriptor is left (EMFILE): some come back.
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }
}
