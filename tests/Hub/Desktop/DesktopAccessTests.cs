using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Desktop;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Tests.People;
using Holdfast.Hub.Tests.Proxy;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Tests.Desktop;

/// <summary>Who sees a desktop, with a real X server where a machine has its own, and what is made of one that lies.</summary>
public sealed class DesktopAccessTests : IAsyncLifetime
{
    private const string XServer = "/usr/bin/Xvnc";
    private ProxyPlace _place = null!;
    private Process? _server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MachineRecord Machine => _place.Hub.Machines["leaves"];

    private MachineDesktops Desktops => _place.Hub.Get<MachineDesktops>();

    private string Socket => Path.Combine(Directory.CreateDirectory(Path.Combine(_place.Hub.Folder, Machine.Id)).FullName, "desktop.sock");

    public async ValueTask InitializeAsync() => _place = await ProxyPlace.StartAsync(context => context.Response.WriteAsync("the lab"));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill();
            // It writes in that folder.
            await _server.WaitForExitAsync(CancellationToken.None);
            _server.Dispose();
        }
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Desktop_ThatRuns_IsItsOwnersAlone()
    {
        await StartAsync();
        _place.Hub.Machines.Put("roots", MachineState.Running, owner: "eve");
        using var owner = _place.NewTokenClient();
        using var eve = _place.Hub.NewClient();
        eve.DefaultRequestHeaders.Add("Authorization", $"token {_place.Hub.TokenOf("eve")}");

        Assert.Equal("""{"running":true,"width":640,"height":400,"url":null}""", await owner.GetStringAsync("/.holdfast/desktop/state", Cancel));
        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync(new Uri(_place.Address, "/.holdfast/desktop/state"), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync(new Uri(_place.Hub.Address, "/machines/leaves/desktop.png"), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _place.Hub.NewClient().GetAsync(new Uri(_place.Address, "/.holdfast/desktop/state"), Cancel)).StatusCode);
    }

    [Fact]
    public async Task Connection_OfAnotherOriginsPage_IsRefused()
    {
        await StartAsync();
        var browser = _place.Hub.LogIn("ada");
        await browser.FollowAsync(_place.Address.ToString());
        foreach (var (origin, status) in new[] { ("http://evil.example", 403), ($"http://other.localhost:{_place.Hub.Port}", 403), ($"http://6006--leaves.localhost:{_place.Hub.Port}", 403), (_place.Address.GetLeftPart(UriPartial.Authority), 101) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_place.Address, "/.holdfast/desktop/socket"));
            foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", origin) }) request.Headers.Add(name, value);
            using var answer = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            Assert.Equal(status, (int)answer.StatusCode);
        }
        foreach (var path in (string[])["start", "stop"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_place.Address, $"/.holdfast/desktop/{path}")) { Headers = { { "Origin", "http://evil.example" } } };
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(request, Cancel)).StatusCode);
        }
    }

    [Fact]
    public async Task Picture_OfADesktop_IsSmallAndNotTakenAgainAtOnce()
    {
        await StartAsync();

        var picture = (await Desktops.PictureAsync(Machine, Cancel))!;
        var same = await Desktops.PictureAsync(Machine, Cancel);
        _place.Hub.Clock.Now += TimeSpan.FromSeconds(11);
        var other = await Desktops.PictureAsync(Machine, Cancel);

        Assert.Equal([0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n'], picture[..8]);
        Assert.Equal((480, 300), (BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(20))));
        Assert.Same(picture, same);
        Assert.NotSame(picture, other);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("RFB 003.008\n\u0001\u0002")]
    [InlineData("RFB 003.008\n\u0001\u0001\0\0\0\0\u00ff\u00ff\u00ff\u00ff0123456789012345\u007f\u00ff\u00ff\u00ff")]
    [InlineData("RFB 003.008\n\u0001\u0001\0\0\0\0\u0001\0\u0001\00123456789012345\0\0\0\0\0\0\0\u0001\u00ff\u00ff\0\0\u0001\0\0\u0001\0\0\0\0")]
    [InlineData("RFB 003.008\n\u0001\u0001\0\0\0\0\u0001\0\u0001\00123456789012345\0\0\0\0\u0003\0\0\0\u007f\u00ff\u00ff\u00ff")]
    public async Task DesktopThatLies_GivesNoPicture(string said)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Socket));
        listener.Listen();
        var taking = Desktops.PictureAsync(Machine, Cancel);
        using var peer = await listener.AcceptAsync(Cancel);
        await peer.SendAsync(Encoding.Latin1.GetBytes(said), Cancel);
        peer.Shutdown(SocketShutdown.Send);

        Assert.Null(await taking);
    }

    [Fact]
    public async Task NoDesktop_IsSaid()
    {
        using var owner = _place.NewTokenClient();

        Assert.Equal("""{"running":false,"width":0,"height":0,"url":null}""", await owner.GetStringAsync("/.holdfast/desktop/state", Cancel));
        Assert.Null(await Desktops.PictureAsync(Machine, Cancel));
        Assert.Equal("bad-request", (await Desktops.StartAsync(new Caller("ada", IsAdmin: false), Machine, "9x9", Cancel)).Fault!.Code);
        _place.Hub.Machines.Put("leaves", MachineState.Stopped);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await owner.GetAsync("/.holdfast/desktop/state", Cancel)).StatusCode);
        Assert.Equal("conflict", (await Desktops.StartAsync(new Caller("ada", IsAdmin: false), Machine, null, Cancel)).Fault!.Code);
        Assert.Equal("forbidden", (await Desktops.StartAsync(new Caller("ada", IsAdmin: false) { MayWrite = false }, Machine, null, Cancel)).Fault!.Code);
    }

    private async Task StartAsync()
    {
        if (!File.Exists(XServer)) Assert.Skip($"There is no {XServer}; ./test installs it.");
        _server = Process.Start("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 5>&1", "sh", XServer, "-displayfd", "5", "-geometry", "640x400", "-depth", "24", "-rfbport", "-1", "-rfbunixpath", Socket, "-rfbunixmode", "0600", "-SecurityTypes", "None", "-nolisten", "tcp"]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!(await Desktops.StateAsync(Machine, limit.Token)).IsRunning) await Task.Delay(20, limit.Token);
    }
}
