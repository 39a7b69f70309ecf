using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Holdfast.Hub.Inside;

/// <summary>
/// The way from a hub into a machine on another computer, whose Unix sockets it cannot open: TLS at a port of its own. The machine registers with the hub by a file in their meeting folder, which says the
/// port and the certificate, sealed with the token of this start (<see cref="NodeRegistration"/>). Who connects writes a line, the token's seal of that certificate and the name of a socket, and is then
/// connected to that socket.
/// </summary>
public sealed class NodeGate : IAsyncDisposable
{
    private const int LongestLine = 128, Backlog = 128;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly X509Certificate2 _certificate;
    private readonly byte[] _greeting;
    private readonly string _sockets;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _accepting;

    private NodeGate(Socket listener, X509Certificate2 certificate, NodeRegistration registration, string token, string sockets)
    {
        (_listener, _certificate, _sockets) = (listener, certificate, sockets);
        _greeting = Encoding.ASCII.GetBytes(registration.Greeting(token));
        Registration = registration;
        _accepting = Accepting.RunAsync(listener, ServeAsync, _ended.Token);
    }

    /// <summary>What the hub is to know.</summary>
    public NodeRegistration Registration { get; }

    /// <summary>Listens, with a certificate that nobody has had before.</summary>
    /// <param name="address">A name or number of this computer as the hub reaches it; null for all of them.</param>
    /// <param name="token">The token of this start.</param>
    /// <param name="sockets">The folder of the sockets.</param>
    /// <exception cref="SocketException">That address cannot be listened at.</exception>
    public static async Task<NodeGate> OpenAsync(string? address, string token, string sockets)
    {
        var at = string.IsNullOrEmpty(address) ? IPAddress.Any : (await Dns.GetHostAddressesAsync(address)).FirstOrDefault() ?? IPAddress.Any;
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(at, 0));
        listener.Listen(Backlog);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Whom it names and how long it holds say nothing: it is known by its hash.
        var certificate = new CertificateRequest("CN=holdfast", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return new NodeGate(listener, certificate, NodeRegistration.Of(((IPEndPoint)listener.LocalEndPoint!).Port, NodeRegistration.HashOf(certificate), token), token, sockets);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _certificate.Dispose();
        _ended.Dispose();
    }

    private async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        await using var near = new SslStream(new NetworkStream(client, ownsSocket: true));
        try
        {
            using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            using (var late = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token))
            {
                late.CancelAfter(Patience);
                await near.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, late.Token);
                var words = Encoding.Latin1.GetString(await FirstLine.ReadAsync(near, LongestLine, late.Token)).Split(' ');
                if (words is not [var greeting, var socket] || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(greeting), _greeting)) return;
                if (socket is not (Meeting.LabSocket or Meeting.PortSocket or Meeting.CallSocket or Meeting.DesktopSocket)) return;
                await far.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_sockets, socket)), late.Token);
            }
            await TlsPump.RunAsync(near, far, _ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // One of both has gone, or was never one of ours.
        }
    }
}

/// <summary>How a machine on another computer is reached.</summary>
/// <param name="Port">TCP.</param>
/// <param name="Certificate">SHA-256 of the certificate that answers there, hexadecimal.</param>
/// <param name="Seal">That whoever wrote this has the token of this start.</param>
public sealed record NodeRegistration(int Port, string Certificate, string Seal)
{
    /// <summary>A registration of one who has the token.</summary>
    public static NodeRegistration Of(int port, string certificate, string token) => new(port, certificate, SealOf(token, port, certificate));

    /// <summary>By what a certificate is known.</summary>
    public static string HashOf(X509Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
    }

    /// <summary>Whether it is of one who has the token.</summary>
    public bool IsOf(string token) => Port is > 0 and <= IPEndPoint.MaxPort && Certificate is not null && Seal is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Seal), Encoding.ASCII.GetBytes(SealOf(token, Port, Certificate)));

    /// <summary>By what the machine knows that it is its hub that has connected; of no use towards another certificate.</summary>
    public string Greeting(string token) => Hash(token, $"hub {Certificate}");

    private static string SealOf(string token, int port, string certificate) => Hash(token, string.Create(CultureInfo.InvariantCulture, $"machine {port} {certificate}"));

    private static string Hash(string token, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(token), Encoding.ASCII.GetBytes(text)));
}
