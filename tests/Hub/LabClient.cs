using System.Net.Sockets;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Tests;

/// <summary>Asks a lab as the proxy does.</summary>
internal static class LabClient
{
    public static HttpClient Of(Upstream lab) => Of(lab.ConnectAsync);

    private static HttpClient Of(Func<CancellationToken, ValueTask<Socket>> connect) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) => new NetworkStream(await connect(cancellationToken), ownsSocket: true),
    })
    { BaseAddress = new Uri("http://leaves.localhost/") };

    public static async Task<string> GetAsync(string socket, string path)
    {
        using var client = Of(async cancellationToken =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return connection;
        });
        return await client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
