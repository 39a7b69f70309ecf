using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>Where a hub listens, what it says of that, and by which names it answers.</summary>
public sealed class HubAddressTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hub_OfOneAddress_IsWhereItSaysAndAnswersToThatAddress()
    {
        var ip = Own();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: ["--no-first-machine", "--ip", $"{ip}"]);
        var port = Regex.Match(hub.Said, @"^  http://localhost:(\d+)/$", RegexOptions.Multiline).Groups[1].Value;
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

        Assert.Contains($"Other computers reach the hub by http://{new IPEndPoint(ip, 0).Address}:{port}/, and its machines by a name only: --domain.", hub.Said, StringComparison.Ordinal);
        Assert.Equal(0, (await place.RunAsync("whoami")).ExitCode);
        // What it said, and its address, are its own; anybody else's name is not, and neither is another number.
        Assert.Equal("/login?next=%2F", await AskAsync("localhost", null));
        Assert.Equal("/login?next=%2F", await AskAsync($"{ip}", null));
        Assert.Equal($"http://localhost:{port}/", await AskAsync("127.0.0.1", null));
        Assert.Equal("Forbidden", await AskAsync($"{ip}", $"evil.example:{port}"));
        Assert.Equal("Forbidden", await AskAsync($"{ip}", $"192.0.2.1:{port}"));
        var link = (await place.RunAsync("people", "invite", "bob", "--hub", $"http://{ip}:{port}/")).Errors;
        Assert.Contains("'holdfast login' logs in", link.Replace(Published.Path, "holdfast", StringComparison.Ordinal), StringComparison.Ordinal);

        async Task<string> AskAsync(string at, string? host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{at}:{port}/") { Headers = { Host = host } };
            request.Headers.Add("Sec-Fetch-Mode", "navigate");
            request.Headers.Accept.ParseAdd("text/html");
            using var answer = await browser.SendAsync(request, Cancellation);
            return answer.Headers.Location?.OriginalString ?? $"{answer.StatusCode}";
        }
    }

    [Fact]
    public async Task Hub_WhoseOwnComputerDoesNotKnowItsDomain_ServesIt()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: ["--no-first-machine", "--domain", "hub.invalid"]);

        var who = await place.RunAsync("whoami");
        var port = Regex.Match(hub.Said, @"^  http://hub\.invalid:(\d+)/$", RegexOptions.Multiline).Groups[1].Value;
        var doctor = await place.RunAsync("doctor");
        using var way = new SocketsHttpHandler { UseProxy = false };
        using var elsewhere = new HttpClient(way);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/api/v1/") { Headers = { Host = $"hub.invalid:{port}" } };
        using var answer = await elsewhere.SendAsync(request, Cancellation);

        Assert.EndsWith($", administrator, at http://hub.invalid:{port}/\n", who.Out, StringComparison.Ordinal);
        Assert.Contains($"http://hub.invalid:{port}/", doctor.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("does not answer", doctor.Out, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    /// <summary>An address of this computer that is not loopback.</summary>
    private static IPAddress Own()
    {
        var all = NetworkInterface.GetAllNetworkInterfaces().SelectMany(each => each.GetIPProperties().UnicastAddresses).Select(each => each.Address);
        var own = all.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        if (own is null) Assert.Skip("This computer has no address but loopback.");
        return own;
    }
}
