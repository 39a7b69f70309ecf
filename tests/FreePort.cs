using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Holdfast.Tests;

/// <summary>Ports for servers that are told theirs, and listen a while later.</summary>
internal static class FreePort
{
    // Below those that systems give to whoever asks for any, and above 10080, which browsers refuse.
    private const int First = 11_000, Count = 9000;
    private static int _last = RandomNumberGenerator.GetInt32(Count);

    /// <summary>One that nobody listens on, and that no other test of this process was given.</summary>
    public static int Next()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, First + (Interlocked.Increment(ref _last) % Count));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Somebody's.
            }
        }
    }
}
