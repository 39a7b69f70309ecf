using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Status;

public sealed class StatusTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Me_SaysWhoAndWhat()
    {
        await using var lab = await TestLab.StartAsync();
        var asked = Uri.EscapeDataString("""{"contents":["read","write"]}""");
        var got = (await lab.GetAsync("api/me?permissions=" + asked)).Body!;
        Assert.Equal("ada", (string?)got["identity"]!["name"]);
        Assert.Equal(["read", "write"], got["permissions"]!["contents"]!.AsArray().Select(action => (string?)action));
        Assert.Equal((string?)got["identity"]!["username"], (string?)(await lab.GetAsync("api/me")).Body!["identity"]!["username"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.GetAsync("api/me?permissions=[1]")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.GetAsync("api/me?permissions=x")).Status);
    }

    [Fact]
    public async Task Me_Changed_IsTheSameAfterARestart()
    {
        var lab = await TestLab.StartAsync();
        Assert.Equal(["name", "display_name", "initials", "avatar_url", "color"], (await lab.GetAsync("api/me")).Body!["permissions"]!["updatable_fields"]!.AsArray().Select(field => (string?)field));
        var changed = await lab.SendAsync(HttpMethod.Patch, "api/me", """{"display_name":"Ada 🦑","color":"#123456"}""");
        Assert.Equal((HttpStatusCode.OK, "success", "#123456"), (changed.Status, (string?)changed.Body!["status"], (string?)changed.Body["identity"]!["color"]));
        foreach (var wrong in (string[])["""{"username":"root"}""", """{"name":7}""", "[]", $$"""{"name":"{{new string('x', 3000)}}"}"""])
            Assert.Equal(HttpStatusCode.BadRequest, (await lab.SendAsync(HttpMethod.Patch, "api/me", wrong)).Status);
        await using var next = await lab.RestartAsync(options => options);
        var me = (await next.GetAsync("api/me")).Body!["identity"]!;
        Assert.Equal(("ada", "Ada 🦑", "#123456"), ((string?)me["name"], (string?)me["display_name"], (string?)me["color"]));
    }

    [Fact]
    public async Task ResolvePath_FindsWhatLiesInTheRoot()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("f.py"), "x", Cancel);
        Assert.Equal("""{"resolved":[{"scope":"server","path":"f.py"}]}""", (await lab.GetAsync("api/resolvePath?path=f.py")).Body!.ToJsonString());
        Assert.Equal("""{"resolved":[{"scope":"server","path":"f.py"}]}""",
            (await lab.GetAsync("api/resolvePath?path=" + Uri.EscapeDataString(lab.PathOf("f.py")))).Body!.ToJsonString());
        Assert.Equal("""{"resolved":[]}""", (await lab.GetAsync("api/resolvePath?path=/etc/passwd")).Body!.ToJsonString());
        var kernel = await lab.GetAsync("api/resolvePath?path=f.py&kernel=none");
        Assert.Equal("kernel", (string?)kernel.Body!["unresolved"]![0]!["scope"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.GetAsync("api/resolvePath")).Status);
    }

    [Fact]
    public async Task Metrics_AreForThoseWhoAreLoggedIn()
    {
        await using var lab = await TestLab.StartAsync();
        Assert.Contains("\nholdfast_notebook_saves_total 0\n", await lab.Client.GetStringAsync("metrics", Cancel), StringComparison.Ordinal);
        using var stranger = lab.NewClient();
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.SendAsync(HttpMethod.Get, "metrics", client: stranger)).Status);
    }

    [Fact]
    public async Task Spec_NamesTheRoutes()
    {
        await using var lab = await TestLab.StartAsync();
        Assert.Contains("  /api/contents/{path}:\n    get: {}\n", await lab.Client.GetStringAsync("api/spec.yaml", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ReachSubscribers()
    {
        await using var lab = await TestLab.StartAsync();
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(lab.Address) { Scheme = "ws", Path = "/api/events/subscribe", Query = "token=" + TestLab.Token };
        socket.Options.SetRequestHeader("Origin", "vscode-file://app");
        await socket.ConnectAsync(address.Uri, Cancel);
        // The subscription begins after the handshake was answered: what was published before is not seen.
        var heard = ReceiveAsync(socket);
        while (!heard.IsCompleted)
        {
            await lab.PutAsync("api/contents/f.txt", """{"type":"file","format":"text","content":"x"}""");
            await Task.WhenAny(heard, Task.Delay(50, Cancel));
        }
        Assert.Equal(("save", "f.txt"), ((string?)(await heard)["action"], (string?)(await heard)["path"]));

        Assert.Equal(HttpStatusCode.BadRequest, (await lab.SendAsync(HttpMethod.Post, "api/events", """{"schema_id":"x","version":"1","data":{}}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.SendAsync(HttpMethod.Post, "api/events", "{}")).Status);
        var own = """{"schema_id":"https://events.jupyter.org/jupyter_server/contents_service/v1","version":"1","data":{"action":"get","path":"p"}}""";
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Post, "api/events", own)).Status);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("cookie", "https://evil.example")]
    public async Task Socket_WithoutTokenOrFromElsewhere_IsRefused(string? login, string? origin)
    {
        await using var lab = await TestLab.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (login is not null)
        {
            var cookies = new CookieContainer();
            using (var browser = lab.NewClient(cookies: cookies))
                await lab.SendAsync(HttpMethod.Get, "api/contents?token=" + TestLab.Token, client: browser);
            socket.Options.Cookies = cookies;
        }
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        var address = new UriBuilder(lab.Address) { Scheme = "ws", Path = "/api/events/subscribe" };
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address.Uri, Cancel));
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Shutdown_EndsTheLab()
    {
        await using var lab = await TestLab.StartAsync();
        var ended = lab.Server.WaitForShutdownAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, (await lab.SendAsync(HttpMethod.Post, "api/shutdown")).Status);
        await ended.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
    }

    [Fact]
    public async Task Port_InUse_IsNamedWithItsOwner()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var lab = await TestLab.StartAsync();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var second = new LabServer(lab.Options with { Port = port }, null);
        var start = await second.StartAsync(Cancel);
        Assert.Null(start.Address);
        Assert.Contains($"Port {port} is in use by ", start.Problem, StringComparison.Ordinal);
        Assert.Contains($"(process {Environment.ProcessId})", start.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithWrongOptions_SaysWhatToMend()
    {
        await using var lab = await TestLab.StartAsync();
        foreach (var (options, word) in ((LabOptions, string)[])[
            (lab.Options with { Root = lab.Root + "/none" }, "does not exist"),
            (lab.Options with { Token = null }, "nobody could log in"),
            (lab.Options with { Ip = "nonsense" }, "is not an address"),
            (lab.Options with { Ip = "192.0.2.1" }, "Cannot listen on 192.0.2.1"),
            (lab.Options with { StateFolder = "/proc/none" }, "The state folder /proc/none cannot be written"),
            (lab.Options with { PasswordHash = "argon2:x" }, "hash is not understood")])
        {
            await using var server = new LabServer(options, null);
            Assert.Contains(word, (await server.StartAsync(Cancel)).Problem, StringComparison.Ordinal);
        }
    }

    private static async Task<JsonObject> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer.AsMemory(), Cancel);
        return JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, got.Count))!.AsObject();
    }
}
