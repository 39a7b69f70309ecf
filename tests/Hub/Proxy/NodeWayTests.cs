using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Tests.Proxy;

/// <summary>The way from a hub to a machine on another computer.</summary>
public sealed class NodeWayTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef";
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-way-").FullName;
    private readonly Socket _lab = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private NodeGate _gate = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, Meeting.LabSocket)));
        _lab.Listen();
        _gate = await NodeGate.OpenAsync("127.0.0.1", Token, _folder);
        Meeting.Write(_folder, _gate.Registration);
        new NodeWay(Token, "127.0.0.1", _folder).Write(Path.Combine(_folder, "way"));
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        _lab.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Connection_CarriesBothDirectionsAndTheirEnds()
    {
        using var near = await ConnectAsync();
        using var far = await _lab.AcceptAsync(Cancel);
        var much = new byte[3 << 20];
        Random.Shared.NextBytes(much);

        var sending = Task.Run(async () =>
        {
            for (var sent = 0; sent < much.Length;) sent += await near.SendAsync(much.AsMemory(sent), Cancel);
            near.Shutdown(SocketShutdown.Send);
        }, Cancel);
        var received = await ReadAllAsync(far);
        await sending;
        await far.SendAsync("answer"u8.ToArray(), Cancel);
        far.Shutdown(SocketShutdown.Send);

        Assert.True(much.AsSpan().SequenceEqual(received));
        Assert.Equal("answer", Encoding.ASCII.GetString(await ReadAllAsync(near)));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000 lab.sock")]
    [InlineData("lab.sock")]
    [InlineData("GREETING ../lab.sock")]
    [InlineData("GREETING orders.json")]
    public async Task Stranger_WhoConnects_IsLetNowhere(string line)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _gate.Registration.Port, Cancel);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => NodeRegistration.HashOf(certificate!) == _gate.Registration.Certificate);
        await tls.AuthenticateAsClientAsync("holdfast");
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"{line.Replace("GREETING", _gate.Registration.Greeting(Token), StringComparison.Ordinal)}\n"), Cancel);

        Assert.Equal(0, await tls.ReadAsync(new byte[1], Cancel));
        Assert.False(_lab.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task Registration_OfOneWithoutTheToken_IsNotFollowed()
    {
        await using var other = await NodeGate.OpenAsync("127.0.0.1", "another", _folder);
        Meeting.Write(_folder, other.Registration);

        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
    }

    [Fact]
    public async Task Certificate_ThatIsAnother_IsNotSpokenTo()
    {
        // At the port of this machine somebody else answers.
        await using var other = await NodeGate.OpenAsync("127.0.0.1", Token, _folder);
        var mixed = NodeRegistration.Of(other.Registration.Port, _gate.Registration.Certificate, Token);
        Meeting.Write(_folder, mixed);

        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        Assert.False(_lab.Poll(0, SelectMode.SelectRead));
    }

    private Task<Socket> ConnectAsync() => NodeWay.ConnectAsync(Path.Combine(_folder, "way"), Meeting.LabSocket, Cancel);

    private static async Task<byte[]> ReadAllAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[8192];
        while (await socket.ReceiveAsync(buffer, Cancel) is > 0 and var read) all.Write(buffer, 0, read);
        return all.ToArray();
    }
}
