using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Database;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Ports;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Tests.People;
using Holdfast.Hub.Tests.Proxy;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Tests.Ports;

/// <summary>Links that open a port for whoever has them, with a real port gate and a real server behind it.</summary>
public sealed class PortLinksTests : IAsyncLifetime
{
    private static readonly Caller Ada = new("ada", IsAdmin: false);
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private ProxyPlace _place = null!;
    private Task _serving = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    private MachineRecord Machine => _place.Hub.Machines.Find(Ada, "leaves").Value!;

    private PortLinks Links => _place.Hub.Get<PortLinks>();

    public async ValueTask InitializeAsync()
    {
        _server.Start();
        _serving = ServeAsync();
        _place = await ProxyPlace.StartAsync(context => context.Response.WriteAsync("the lab"));
        var socket = Path.Combine(_place.Hub.Folder, "ports.sock");
        _place.Hub.Machines.PortSockets["leaves"] = socket;
        _place.Add(PortGate.Open(socket, null));
        _place.Hub.Get<HubDatabase>().Execute("INSERT INTO machines VALUES ($id, 'leaves', 'ada', 'running', '{}')", ("$id", Machine.Id));
    }

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _serving;
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Link_OfAPort_OpensItForAStrangerAndNothingElse()
    {
        var code = Links.Make(Ada, Machine, Port, TimeSpan.FromHours(2)).Value.Code;
        var stranger = _place.Hub.NewClient();

        var page = await (await stranger.FollowAsync($"{Origin(Port)}{EnterPage.Path}?link={code}&next=/board")).TextAsync();
        var again = await (await stranger.OpenAsync($"{Origin(Port)}/other")).TextAsync();
        var lab = await stranger.OpenAsync(_place.Address.ToString());
        var elsewhere = await _place.Hub.NewClient().OpenAsync($"{Origin(Port == 7777 ? 7778 : 7777)}{EnterPage.Path}?link={code}");
        var own = await stranger.OpenAsync($"{Origin(Port)}/.holdfast/state");
        var forged = await stranger.SubmitFromAsync("http://evil.example", $"{Origin(Port)}/change");
        var sent = await stranger.SubmitFromAsync(Origin(Port), $"{Origin(Port)}/change");

        Assert.StartsWith("GET /board HTTP/1.1", page, StringComparison.Ordinal);
        Assert.StartsWith("GET /other HTTP/1.1", again, StringComparison.Ordinal);
        // The server inside sees nothing by which it could pass the way on.
        Assert.DoesNotContain("holdfast-", page + again, StringComparison.Ordinal);
        Assert.DoesNotContain(code, page + again, StringComparison.Ordinal);
        Assert.Contains("/machines/leaves/enter", lab.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.Forbidden, HttpStatusCode.OK), (elsewhere.StatusCode, own.StatusCode, forged.StatusCode, sent.StatusCode));
    }

    [Fact]
    public async Task Link_ThatHasEndedOrWasEnded_OpensNothing()
    {
        var (code, link) = Links.Make(Ada, Machine, Port, TimeSpan.FromHours(2)).Value;
        var (other, _) = Links.Make(Ada, Machine, Port, TimeSpan.FromHours(3)).Value;
        var (first, second) = (_place.Hub.NewClient(), _place.Hub.NewClient());
        await first.FollowAsync($"{Origin(Port)}{EnterPage.Path}?link={code}");
        await second.FollowAsync($"{Origin(Port)}{EnterPage.Path}?link={other}");

        Assert.True(Links.End(Ada, Machine, link.Id).Ok);
        var ended = await first.OpenAsync($"{Origin(Port)}/");
        var still = await second.OpenAsync($"{Origin(Port)}/");
        _place.Hub.Clock.Now += TimeSpan.FromHours(3);
        var expired = await second.OpenAsync($"{Origin(Port)}/");
        var late = await _place.Hub.NewClient().OpenAsync($"{Origin(Port)}{EnterPage.Path}?link={other}");

        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        Assert.All([ended, expired], answer => Assert.Contains("/machines/leaves/enter", answer.Headers.Location?.ToString(), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        Assert.Contains("This link is over", await late.TextAsync(), StringComparison.Ordinal);
        Assert.Empty(Links.List(Machine));
        Assert.Equal("not-found", Links.End(Ada, Machine, link.Id).Fault?.Code);
    }

    [Fact]
    public async Task Link_ThatIsEnded_CutsWhatIsOnItsWay()
    {
        var (code, link) = Links.Make(Ada, Machine, Port, TimeSpan.FromHours(2)).Value;
        var guest = _place.Hub.NewClient();
        await guest.FollowAsync($"{Origin(Port)}{EnterPage.Path}?link={code}");

        using var answer = await guest.GetAsync($"{Origin(Port)}/endless", HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
        await body.ReadExactlyAsync(new byte[1], Cancel);
        Assert.True(Links.End(Ada, Machine, link.Id).Ok);

        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1], Cancel));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(31 * 24 * 3600)]
    public void Link_OfALifetimeThatCannotBe_IsRefused(int seconds) => Assert.Equal("bad-request", Links.Make(Ada, Machine, Port, TimeSpan.FromSeconds(seconds)).Fault?.Code);

    [Fact]
    public void Link_ByATokenThatOnlyReads_IsRefused() => Assert.Equal("forbidden", Links.Make(new Caller("ada", IsAdmin: false, MayWrite: false), Machine, Port, TimeSpan.FromHours(1)).Fault?.Code);

    private string Origin(int port) => string.Create(CultureInfo.InvariantCulture, $"http://{port}--leaves.localhost:{_place.Hub.Port}");

    /// <summary>Answers with what it was asked.</summary>
    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _server.AcceptTcpClientAsync(Cancel);
                await using var stream = client.GetStream();
                var head = new byte[8192];
                var length = 0;
                while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) length += await stream.ReadAsync(head.AsMemory(length), Cancel) is > 0 and var count ? count : throw new IOException();
                if (head.AsSpan(0, length).StartsWith("GET /endless "u8))
                {
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n."u8.ToArray(), Cancel);
                    if (await stream.ReadAsync(head, Cancel) == 0) continue;
                }
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"), Cancel);
                await stream.WriteAsync(head.AsMemory(0, length), Cancel);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}
