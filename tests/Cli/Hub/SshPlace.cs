using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>A hub with a running machine <c>leaves</c> on the host engine, and an account whose ssh is a home of its own.</summary>
internal sealed partial class SshPlace : IAsyncDisposable
{
    private RunningHub _hub;

    private SshPlace(Place place, RunningHub hub) => (Place, _hub) = (place, hub);

    public Place Place { get; }

    /// <summary>The configuration of ssh that <c>holdfast ssh config</c> writes.</summary>
    public string Config => Place.PathOf("home/.ssh/config");

    public string HubSaid => _hub.Said;

    /// <summary>Starts it, with what <c>hub.yaml</c> is to say.</summary>
    public static Task<SshPlace> StartAsync(string yaml = "") => StartAsync([], yaml);

    /// <summary>The same, with more on the hub's command line.</summary>
    public static async Task<SshPlace> StartAsync(string[] arguments, string yaml)
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own processes as root only.");
        if (!File.Exists("/usr/sbin/sshd")) Assert.Skip("openssh-server is not there: ./test installs it.");
        var place = new Place();
        place.Set("HOME", Directory.CreateDirectory(place.PathOf("home")).FullName);
        Directory.CreateDirectory(Path.Combine(place.State, "hub"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        place.Write("state/hub/hub.yaml", yaml);
        var hub = await RunningHub.StartAsync(place, arguments: ["--no-first-machine", .. arguments]);
        Assert.Equal(0, (await place.RunAsync("machine", "create", "leaves", "--start")).ExitCode);
        return new SshPlace(place, hub);
    }

    /// <summary>Ends the hub, and starts another one in its place.</summary>
    public async Task RestartAsync()
    {
        Assert.Equal(0, await _hub.EndAsync());
        _hub = await RunningHub.StartAsync(Place);
    }

    /// <summary>Has somebody new accept an invitation; a token of theirs.</summary>
    public async Task<string> InviteAsync(string name)
    {
        var link = new Uri((await Place.RunAsync("people", "invite", name)).Out.Split('\n').First(line => line.Contains("http", StringComparison.Ordinal)).Trim());
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(link.GetLeftPart(UriPartial.Authority)) };
        browser.DefaultRequestHeaders.Add("Origin", link.GetLeftPart(UriPartial.Authority));
        var form = new Dictionary<string, string> { ["code"] = link.Query.Split("code=")[1], ["name"] = name, ["password"] = "correct horse battery", ["again"] = "correct horse battery" };
        using var accepted = await browser.PostAsync(link.AbsolutePath, new FormUrlEncodedContent(form), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, accepted.StatusCode);
        using var made = await browser.PostAsync("api/v1/tokens", new StringContent("""{"name":"laptop"}""", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        return TokenIn().Match(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Value;
    }

    /// <summary>Makes a key; the path of its private half.</summary>
    public async Task<string> MakeKeyAsync(string name)
    {
        var path = Place.PathOf(name);
        Assert.Equal(0, (await Place.BashAsync("ssh-keygen -q -t ed25519 -N '' -C \"$2\" -f \"$1\"", path, name)).ExitCode);
        return path;
    }

    /// <summary>Runs a script of bash in which <c>$S</c> is the configuration of ssh and <c>$0</c> the program.</summary>
    public Task<Ran> BashAsync(string script, params string[] arguments) => Place.BashAsync($"S='-F {Config} -o ConnectTimeout=30'; {script}", arguments);

    /// <summary>Starts a program that goes on, and reads the first line that it says.</summary>
    public async Task<(Process Process, string Line)> StartAsync(string program, params string[] arguments)
    {
        var process = Place.Start(program, arguments);
        return (process, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await Place.DisposeAsync();
    }

    [GeneratedRegex("hf_[A-Za-z0-9_-]+")]
    private static partial Regex TokenIn();
}
