using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast port</c>: a real hub, a machine on the host engine, and real servers inside.</summary>
public sealed class PortTests
{
    /// <summary>Answers with the SHA-256 of all that it gets, once that has ended, and then with as many bytes as it got.</summary>
    private const string Server = """
        import hashlib, socket, threading
        def serve(peer):
            all = b"".join(iter(lambda: peer.recv(65536), b""))
            peer.sendall(hashlib.sha256(all).hexdigest().encode() + all[::-1])
            peer.close()
        server = socket.create_server(("127.0.0.1", 0))
        open("/notebooks/port.new", "w").write(str(server.getsockname()[1]))
        import os; os.rename("/notebooks/port.new", "/notebooks/port")
        while True:
            threading.Thread(target=serve, args=server.accept()[:1]).start()
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Port_OfAServerInside_IsReachedByManyConnectionsWhoseEndsAreTold()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own processes as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        Assert.Equal(0, (await place.RunAsync("machine", "create", "leaves", "--start")).ExitCode);
        Assert.Equal("Nothing listens inside leaves.\n", (await place.RunAsync("port", "leaves")).Out);
        var inside = await ServeAsync(place);

        var list = await place.RunAsync("port", "leaves");
        var json = (await place.RunAsync("port", "leaves", "-o", "json")).Json[0];
        await using var forward = await Forwarding.StartAsync(place, "leaves", $"{inside}:0");

        Assert.Matches($@"^PORT +PROGRAM +ADDRESS\n{inside} +python3 +http://{inside}--leaves\.localhost:\d+\n$", list.Out);
        Assert.Equal((inside, "python3"), (json.GetProperty("port").GetInt32(), json.GetProperty("program").GetString()));
        Assert.Equal($"localhost:{forward.Port} is port {inside} of leaves (python3).", forward.Said);
        var sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => AskAsync(forward.Port, number == 0 ? 30_000_000 : number * 10_000)));
        Assert.All(sent, each => Assert.Equal(each.Sent, each.Received));
    }

    [Fact]
    public async Task Port_Shared_IsOpenForWhoeverHasTheLinkUntilItIsEnded()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own processes as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves", "--start");
        await place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", "cd /notebooks; echo board > index.html; setsid python3 -u -m http.server 0 --bind 127.0.0.1 > /notebooks/said 2>&1 < /dev/null & until grep -q port /notebooks/said; do sleep 0.02; done");
        var port = (await place.RunAsync("port", "leaves", "-o", "json")).Json[0].GetProperty("port").GetInt32();

        var none = await place.RunAsync("port", "leaves", "--links");
        var shared = await place.RunAsync("port", "leaves", $"{port}", "--share", "2h");
        using var stranger = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (context, token) => await ConnectAsync(context.DnsEndPoint.Port, token) });
        var seen = await stranger.GetStringAsync(shared.Out.Trim(), Cancellation);
        var links = await place.RunAsync("port", "leaves", "--links");
        var ended = await place.RunAsync("port", "leaves", "--unshare", links.Out.Split('\n')[1].Split(' ')[0]);
        var after = await stranger.GetAsync(shared.Out.Trim(), Cancellation);

        Assert.Equal("No port of leaves is shared.\n", none.Out);
        Assert.Matches($@"^http://{port}--leaves\.localhost:\d+/\.holdfast/enter\?link=[\w-]+\n$", shared.Out);
        Assert.Matches($@"^Whoever has it sees port {port} of leaves until \d.*--unshare [0-9a-f]{{8}}' ends it before\.\n$", shared.Errors);
        Assert.Equal("board\n", seen);
        Assert.Matches($@"^LINK +PORT +ENDS +MADE BY\n[0-9a-f]{{8}} +{port} +\d{{4}}-\d\d-\d\d \d\d:\d\d +admin\n$", links.Out);
        Assert.Equal((0, HttpStatusCode.Forbidden), (ended.ExitCode, after.StatusCode));
        Assert.Equal(1, (await place.RunAsync("port", "leaves", "--share", "2h")).ExitCode);
        Assert.StartsWith("holdfast: A link to a port is good for one minute to 30 days", (await place.RunAsync("port", "leaves", "80", "--share", "90d")).Errors, StringComparison.Ordinal);
    }

    /// <summary>Names below localhost are this computer's, as browsers have it.</summary>
    private static async Task<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    [Fact]
    public async Task Port_ThatCannotBe_IsSaid()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own processes as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves");
        var stopped = await place.RunAsync("port", "leaves", "8000");
        Assert.Equal(0, (await place.RunAsync("machine", "start", "leaves", "--wait")).ExitCode);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        Assert.Equal(new Ran(1, "", "holdfast: leaves does not run; mend: holdfast machine start leaves.\n"), stopped);
        Assert.Matches($@"^1: holdfast: port {port} of this computer cannot be taken: Address already in use\. '.*holdfast port leaves 8000:0' takes any that is free\.\n$", $"{await place.RunAsync("port", "leaves", $"8000:{port}")}");
        Assert.Equal(2, (await place.RunAsync("port", "leaves", "http")).ExitCode);
        foreach (var verb in (string[][])[["port"], ["machine", "show"], ["job", "show"], ["job", "logs"], ["sweep", "best"]])
            Assert.Matches("^2: holdfast: (NAME|ID\\|NAME) is empty\\.\n", $"{await place.RunAsync([.. verb, ""])}");
        Assert.StartsWith("holdfast: There is no machine 'leave'", (await place.RunAsync("port", "leave", "8000")).Errors, StringComparison.Ordinal);
        // Only what changes things may reach into a machine, and what is connected is cut with the token.
        var inside = await ServeAsync(place);
        place.Set("HOLDFAST_HUB_TOKEN", (await place.RunAsync("token", "create", "looks", "--read", "-o", "json")).Json.GetProperty("token").GetString());
        await using var forward = await Forwarding.StartAsync(place, "leaves", $"{inside}:0");
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(forward.Port, 10));
    }

    [Fact]
    public async Task Connection_WhoseTokenIsRevoked_Ends()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own processes as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves", "--start");
        var inside = await ServeAsync(place);
        var token = (await place.RunAsync("token", "create", "laptop", "-o", "json")).Json;
        place.Set("HOLDFAST_HUB_TOKEN", token.GetProperty("token").GetString());
        await using var forward = await Forwarding.StartAsync(place, "leaves", $"{inside}:0");
        place.Set("HOLDFAST_HUB_TOKEN", null);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, forward.Port, Cancellation);
        await client.GetStream().WriteAsync("held"u8.ToArray(), Cancellation);

        Assert.Equal(0, (await place.RunAsync("token", "revoke", token.GetProperty("id").GetString()!)).ExitCode);

        // The server waits for the end of what it gets, and gets none: nobody but the hub ends this.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        // And it is no end: what came so far is not all.
        await Assert.ThrowsAsync<IOException>(() => client.GetStream().ReadExactlyAsync(new byte[1], limit.Token).AsTask());
    }

    /// <summary>Starts the server in the machine; its port.</summary>
    private static async Task<int> ServeAsync(Place place)
    {
        await place.RunAsync("storage", "cp", place.Write("server.py", Server), "leaves:/notebooks");
        await place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", "setsid python3 /notebooks/server.py > /notebooks/said 2>&1 < /dev/null & until [ -e /notebooks/port ]; do sleep 0.02; done");
        return int.Parse((await place.RunAsync("machine", "exec", "leaves", "--", "cat", "/notebooks/port")).Out, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Sends bytes, ends its side, and reads to the end.</summary>
    private static async Task<(string Sent, string Received)> AskAsync(int port, int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(bytes, Cancellation);
        client.Client.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, Cancellation);
        var said = answer.ToArray();
        Array.Reverse(bytes);
        Assert.Equal(size + 64, said.Length);
        Assert.True(said.AsSpan(64).SequenceEqual(bytes));
        Array.Reverse(bytes);
        return (Convert.ToHexStringLower(SHA256.HashData(bytes)), System.Text.Encoding.ASCII.GetString(said, 0, 64));
    }

    /// <summary>A <c>holdfast port</c> that goes on.</summary>
    private sealed class Forwarding(Process process, string said) : IAsyncDisposable
    {
        public string Said => said;

        public int Port => int.Parse(said.Split(':', ' ')[1], System.Globalization.CultureInfo.InvariantCulture);

        public static async Task<Forwarding> StartAsync(Place place, params string[] arguments)
        {
            var process = place.Start(Published.Path, ["port", .. arguments]);
            return new Forwarding(process, await process.StandardOutput.ReadLineAsync(Cancellation) ?? await process.StandardError.ReadToEndAsync(Cancellation));
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
    }
}
