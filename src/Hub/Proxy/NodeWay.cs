using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Proxy;

/// <summary>The hub's side of <see cref="NodeGate"/>: what it remembers of a machine on another computer, in a folder that the machine never reads.</summary>
/// <param name="Token">Of this start; the machine has it from its orders.</param>
/// <param name="Address">How its computer is reached, as the engine says.</param>
/// <param name="Meeting">The folder where it registers.</param>
internal sealed record NodeWay(string Token, string Address, string Meeting)
{
    private const string FileName = "way.json";

    /// <summary>Keeps it, 0600.</summary>
    public void Write(string folder) => Inside.Meeting.Write(HubFolders.Make(folder), FileName, JsonSerializer.SerializeToUtf8Bytes(this, WayJson.Default.NodeWay), FileMode.Create);

    /// <summary>What was kept; null for nothing.</summary>
    public static NodeWay? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, FileName)), WayJson.Default.NodeWay);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Connects to a socket of the machine. Each connection reads the registration anew: a lab that has come back has another one.</summary>
    /// <param name="folder">Where this is kept.</param>
    /// <param name="socket">The name of the socket.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">It has not registered, or does not answer.</exception>
    public static async Task<Socket> ConnectAsync(string folder, string socket, CancellationToken cancellationToken)
    {
        if (Read(folder) is not { } way || Inside.Meeting.ReadRegistration(way.Meeting) is not { } registration || !registration.IsOf(way.Token)) throw new SocketException((int)SocketError.ConnectionRefused);
        var client = new TcpClient { NoDelay = true };
        SslStream? tls = null;
        try
        {
            await client.ConnectAsync(way.Address, registration.Port, cancellationToken);
            tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "holdfast",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && NodeRegistration.HashOf(certificate) == registration.Certificate,
            }, cancellationToken);
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"{registration.Greeting(way.Token)} {socket}\n"), cancellationToken);
            // What all of the hub knows is a socket: its other end is this connection.
            var (near, far) = Posix.SocketPair();
            _ = CarryAsync(client, tls, far);
            return near;
        }
        catch (Exception fault)
        {
            if (tls is not null) await tls.DisposeAsync();
            client.Dispose();
            throw fault is AuthenticationException or IOException ? new SocketException((int)SocketError.ConnectionReset) : fault;
        }
    }

    /// <summary>Has the machine run a program: its standard input and output. See <see cref="CallGate"/>.</summary>
    /// <param name="folder">Where this is kept.</param>
    /// <param name="argv">Program and arguments.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">It has not registered, or does not answer.</exception>
    /// <exception cref="IOException">It broke off.</exception>
    public static async Task<NetworkStream> RunAsync(string folder, string[] argv, CancellationToken cancellationToken)
    {
        var stream = new NetworkStream(await ConnectAsync(folder, Inside.Meeting.CallSocket, cancellationToken), ownsSocket: true);
        try
        {
            await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(argv, CallJson.Default.StringArray), (byte)'\n'], cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task CarryAsync(TcpClient client, SslStream tls, Socket far)
    {
        using (client)
        await using (tls)
        using (far)
        {
            // Whoever has the other end closes it, and with it all of this.
            await TlsPump.RunAsync(tls, far, CancellationToken.None);
        }
    }
}

/// <summary>How it is kept.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(NodeWay))]
internal sealed partial class WayJson : System.Text.Json.Serialization.JsonSerializerContext;
