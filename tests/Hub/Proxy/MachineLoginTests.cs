using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Tests.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Tests.Proxy;

public sealed class MachineLoginTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<ProxyPlace> StartAsync() => ProxyPlace.StartAsync(context => context.Response.WriteAsync($"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Cookie}"));

    [Fact]
    public async Task Browser_LoggedInToTheHub_GetsInAndWhereItWanted()
    {
        await using var place = await StartAsync();
        var browser = place.Hub.LogIn("ada");

        var answer = await browser.FollowAsync(new Uri(place.Address, "/lab/tree/a%20b.ipynb?x=1").ToString());

        Assert.Equal("/lab/tree/a%20b.ipynb?x=1 ", await answer.TextAsync());
    }

    [Fact]
    public async Task Browser_NotLoggedIn_IsSentToTheLogin()
    {
        await using var place = await StartAsync();
        var browser = place.Hub.NewClient();

        var page = await browser.FollowAsync(place.Address.ToString());
        var api = await browser.GetAsync(new Uri(place.Address, "/api/kernels"), Cancel);

        Assert.Contains("name=\"password\"", await page.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        Assert.Contains("not-logged-in", await api.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Member_AtAnothersMachine_LearnsNothing()
    {
        await using var place = await StartAsync();
        var browser = place.Hub.LogIn("grace");
        place.Hub.LogIn("ada");

        var theirs = await browser.FollowAsync(place.Address.ToString());
        var none = await browser.FollowAsync($"http://nothing.localhost:{place.Hub.Port}/");

        Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Administrator_AtAnothersMachine_GetsIn()
    {
        await using var place = await StartAsync();
        var browser = place.Hub.LogIn("root", isAdmin: true);

        Assert.Equal(HttpStatusCode.OK, (await browser.FollowAsync(place.Address.ToString())).StatusCode);
    }

    [Fact]
    public async Task Code_UsedTwiceOrLateOrElsewhere_OpensNothing()
    {
        await using var place = await StartAsync();
        place.Hub.Machines.Put("other", MachineState.Running);
        place.Hub.Machines.LabSockets["other"] = place.Socket;
        var browser = place.Hub.LogIn("ada");
        var code = await CodeAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await place.Hub.NewClient().OpenAsync(code)).StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, (await place.Hub.NewClient().OpenAsync(code)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await place.Hub.NewClient().OpenAsync((await CodeAsync()).Replace("leaves", "other", StringComparison.Ordinal))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await place.Hub.NewClient().OpenAsync((await CodeAsync()).Replace("leaves", "6006--leaves", StringComparison.Ordinal))).StatusCode);
        var late = await CodeAsync();
        place.Hub.Clock.Now += TimeSpan.FromSeconds(30);
        Assert.Equal(HttpStatusCode.Forbidden, (await place.Hub.NewClient().OpenAsync(late)).StatusCode);

        async Task<string> CodeAsync() => (await browser.OpenAsync("/machines/leaves/enter?next=/lab")).Headers.Location!.ToString();
    }

    [Fact]
    public async Task Code_WithANextOfAnotherSite_StaysHere()
    {
        await using var place = await StartAsync();
        var browser = place.Hub.LogIn("ada");

        var code = (await browser.OpenAsync("/machines/leaves/enter?next=//evil.example")).Headers.Location!;
        var entered = await browser.OpenAsync(code.ToString().Replace("next=%2F", "next=https%3A%2F%2Fevil.example", StringComparison.Ordinal));

        Assert.Equal("/", entered.Headers.Location!.ToString());
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cookie_OfOneOrigin_IsWorthNothingAtAnother()
    {
        await using var place = await StartAsync();
        place.Hub.Machines.Put("other", MachineState.Running);
        place.Hub.Machines.LabSockets["other"] = place.Socket;
        var browser = place.Hub.LogIn("ada");
        var code = (await browser.OpenAsync("/machines/leaves/enter")).Headers.Location!;
        var cookie = (await browser.OpenAsync(code.ToString())).Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("leaves"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("other"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("6006--leaves"));

        async Task<HttpStatusCode> StatusAsync(string label)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{label}.localhost:{place.Hub.Port}/api");
            request.Headers.Add("Cookie", cookie);
            return (await place.Hub.NewClient().SendAsync(request, Cancel)).StatusCode;
        }
    }

    [Fact]
    public async Task Logout_OfTheHub_EndsTheMachinesToo()
    {
        await using var place = await StartAsync();
        var browser = place.Hub.LogIn("ada");
        Assert.Equal(HttpStatusCode.OK, (await browser.FollowAsync(place.Address.ToString())).StatusCode);

        await browser.SubmitAsync("/logout");

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(new Uri(place.Address, "/api"), Cancel)).StatusCode);
    }

    [Fact]
    public async Task Cookie_AfterTheHubWasStartedAnew_IsStillGood()
    {
        var place = await StartAsync();
        place.Hub.KeepsFolder = true;
        var browser = place.Hub.LogIn("ada");
        var code = (await browser.OpenAsync("/machines/leaves/enter")).Headers.Location!;
        var cookie = (await browser.OpenAsync(code.ToString())).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var port = place.Hub.Port;
        await place.DisposeAsync();

        await using var hub = await PeopleHub.StartAsync(Cancel, place.Hub.Folder);
        hub.Machines.Put("leaves", MachineState.Stopped);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://leaves.localhost:{hub.Port}/api");
        request.Headers.Add("Cookie", cookie.Replace($"-{port}=", $"-{hub.Port}=", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await hub.NewClient().SendAsync(request, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("POST", "http://evil.example", 403)]
    [InlineData("POST", null, 403)]
    [InlineData("POST", "own", 200)]
    [InlineData("GET", "http://evil.example", 403)]
    [InlineData("GET", null, 200)]
    public async Task Request_WithTheCookie_NeedsToComeFromTheMachinesPage(string method, string? origin, int status)
    {
        await using var place = await StartAsync();
        var browser = place.Hub.LogIn("ada");
        await browser.FollowAsync(place.Address.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri(place.Address, "/api/x"));
        if (origin is not null) request.Headers.Add("Origin", origin == "own" ? place.Address.GetLeftPart(UriPartial.Authority) : origin);

        Assert.Equal(status, (int)(await browser.SendAsync(request, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Token_InTheQuery_WorksAndDoesNotReachTheLab()
    {
        await using var place = await StartAsync();
        var token = place.Hub.TokenOf("ada");

        var answer = await place.Hub.NewClient().GetAsync(new Uri(place.Address, $"/api?a=1&token={token}&b=2"), Cancel);

        Assert.Equal("/api?a=1&b=2 ", await answer.TextAsync());
    }

    [Fact]
    public async Task Token_OfAnotherMember_IsNotFound_AndAReadOneCannotWrite()
    {
        await using var place = await StartAsync();
        place.Hub.Get<Persons>().Add("ada", false, null);

        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(HttpMethod.Get, place.Hub.TokenOf("grace")));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Get, place.Hub.TokenOf("ada", Tokens.ReadOnly)));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, place.Hub.TokenOf("ada", Tokens.ReadOnly)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(HttpMethod.Get, "hf_wrong"));

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string token)
        {
            using var request = new HttpRequestMessage(method, new Uri(place.Address, "/api"));
            request.Headers.Add("Authorization", $"Bearer {token}");
            return (await place.Hub.NewClient().SendAsync(request, Cancel)).StatusCode;
        }
    }

    [Fact]
    public async Task Port_Inside_IsReachedByItsOwnLogin()
    {
        await using var place = await StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        place.Hub.Machines.PortSockets["leaves"] = Path.Combine(place.Hub.Folder, "ports.sock");
        place.Add(SocketPeer.Ports(Path.Combine(place.Hub.Folder, "ports.sock")));
        var serving = ServeOnceAsync(listener);
        var browser = place.Hub.LogIn("ada");

        var answer = await browser.FollowAsync($"http://{port}--leaves.localhost:{place.Hub.Port}/board?run=1");

        Assert.Equal("hello from inside", await answer.TextAsync());
        Assert.StartsWith("GET /board?run=1 HTTP/1.1", await serving, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_WhereNothingListens_SaysSo()
    {
        await using var place = await StartAsync();
        var port = FreePort.Next();
        place.Hub.Machines.PortSockets["leaves"] = Path.Combine(place.Hub.Folder, "ports.sock");
        place.Add(SocketPeer.Ports(Path.Combine(place.Hub.Folder, "ports.sock")));
        var browser = place.Hub.LogIn("ada");

        var answer = await browser.FollowAsync($"http://{port}--leaves.localhost:{place.Hub.Port}/");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains($"Nothing answers on port {port} inside leaves", await answer.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0--leaves")]
    [InlineData("06006--leaves")]
    [InlineData("70000--leaves")]
    [InlineData("x--leaves")]
    [InlineData("a.leaves")]
    public async Task Host_ThatNamesNoMachine_IsNotFound(string label)
    {
        await using var place = await StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await place.Hub.NewClient().OpenAsync($"http://{label}.localhost:{place.Hub.Port}/")).StatusCode);
    }

    private static async Task<string> ServeOnceAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(Cancel);
        var stream = client.GetStream();
        var buffer = new byte[10_000];
        var length = await stream.ReadAsync(buffer, Cancel);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\nhello from inside"), Cancel);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
