using System.Net.Sockets;

namespace Holdfast.Hub.Tests;

/// <summary>Asks a lab over its Unix socket, as the proxy does.</summary>
internal static class LabClient
{
    public static HttpClient Of(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://leaves.localhost/") };

    public static async Task<string> GetAsync(string socket, string path)
    {
        using var client = Of(socket);
        return await client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
