using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Holdfast.Hub.Bench;
using Holdfast.Proxy.Bench;

// 1. In the place of a lab a bare Kestrel, the hub's proxy before it, and this client, each in a process. 2. A real hub with a real lab. Direct and through the proxy take turns.
if (args is ["lab", var at])
{
    await Roles.LabAsync(at);
    return;
}
if (args is ["hub", var data, var to])
{
    await Roles.HubAsync(data, to);
    return;
}

const int Rounds = 9;
const int Requests = 3000;
const int Bytes = 512_000_000;
const int FileBytes = 256 << 20;
const int SavedBytes = 64 << 20;
var folder = Directory.CreateTempSubdirectory("hf-proxy-").FullName;
var socket = Path.Combine(folder, "lab.sock");
using var lab = Start("lab", socket);
var labPort = int.Parse((await lab.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
using var hub = Start("hub", folder, socket);
var said = (await hub.StandardOutput.ReadLineAsync())!.Split(' ');
var port = int.Parse(said[0], CultureInfo.InvariantCulture);

EndPoint[] ends = [new UnixDomainSocketEndPoint(socket), new IPEndPoint(IPAddress.Loopback, labPort), new IPEndPoint(IPAddress.Loopback, port)];
using var direct = Client(ends[0]);
using var page = Client(ends[1]);
using var proxied = Client(ends[2]);
proxied.DefaultRequestHeaders.Add("Cookie", said[1]);
var latencies = new[] { new List<double>(), new List<double>(), new List<double>() };
var sockets = new[] { new List<double>(), new List<double>(), new List<double>() };
var down = new[] { new List<double>(), new List<double>(), new List<double>() };
var up = new[] { new List<double>(), new List<double>(), new List<double>() };
foreach (var client in new[] { direct, page, proxied }) await LatencyAsync(client, Requests);
for (var round = 0; round < Rounds; round++)
{
    for (var which = 0; which < 3; which++)
    {
        var client = which switch { 0 => direct, 1 => page, _ => proxied };
        latencies[which].Add(await LatencyAsync(client, Requests));
        sockets[which].Add(await SocketAsync(ends[which], which < 2 ? null : said[1]));
        down[which].Add(await DownAsync(client, $"/file?bytes={Bytes}"));
        up[which].Add(await UpAsync(client, "/file", new StreamContent(new Zeros(Bytes), 64 * 1024), Bytes));
    }
}
var memory = Process.GetProcessById(hub.Id).WorkingSet64 / 1e6;
foreach (var process in new[] { hub, lab })
{
    await process.StandardInput.WriteLineAsync();
    await process.WaitForExitAsync();
}
Directory.Delete(folder, recursive: true);

Console.WriteLine($"Load average: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.\n");
Console.WriteLine("| measure | lab, Unix socket | lab, TCP | proxy, TCP | beside the socket | beside TCP | goal |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |");
Row("small GET, ms at p50", latencies, "0.000", (a, b) => (b - a).ToString("+0.000;-0.000", CultureInfo.InvariantCulture), "≤ +0.3");
Row("WebSocket there and back, ms at p50", sockets, "0.000", (a, b) => (b - a).ToString("+0.000;-0.000", CultureInfo.InvariantCulture), "≤ +0.3");
Row("download, MB/s", down, "0", (a, b) => FormattableString.Invariant($"× {b / a:0.00}"), "≥ × 0.8");
Row("upload, MB/s", up, "0", (a, b) => FormattableString.Invariant($"× {b / a:0.00}"), "≥ × 0.8");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| memory of the proxy's process afterwards, MB | | | {memory:0} | | | |"));

await RealAsync(Environment.GetEnvironmentVariable("HOLDFAST_PROGRAM") ?? Path.GetFullPath("out/holdfast"));

// A file as the page's download asks for it, and a file saved as its upload does: what the lab itself does with them is part of both ways.
static async Task RealAsync(string program)
{
    const string Name = "bench-bodies";
    using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
    await using var hub = await BenchHub.StartAsync(program, limit.Token);
    await hub.PostAsync("machines", new { name = Name, engine = "host" });
    await hub.StartMachineAsync(Name);
    var (socket, notebooks) = await hub.PlacesOfAsync(Name);
    var content = new byte[FileBytes];
    Random.Shared.NextBytes(content);
    await File.WriteAllBytesAsync(Path.Combine(notebooks, "large"), content, limit.Token);
    var saved = Encoding.ASCII.GetBytes($$"""{"type":"file","format":"base64","content":"{{Convert.ToBase64String(content.AsSpan(0, SavedBytes / 4 * 3))}}"}""");
    using var direct = Client(new UnixDomainSocketEndPoint(socket), Name);
    // What the proxy says for a client with a token.
    direct.DefaultRequestHeaders.Add("Cookie", "_xsrf=token");
    direct.DefaultRequestHeaders.Add("X-XSRFToken", "token");
    using var proxied = Client(new IPEndPoint(IPAddress.Loopback, hub.Port), Name);
    proxied.DefaultRequestHeaders.Authorization = hub.Authorization;
    var down = new[] { new List<double>(), new List<double>() };
    var up = new[] { new List<double>(), new List<double>() };
    for (var round = 0; round <= Rounds; round++)
    {
        foreach (var (which, client) in new[] { direct, proxied }.Index())
        {
            var (got, put) = (await DownAsync(client, "/files/notebooks/large"), await UpAsync(client, "/api/contents/notebooks/saved", new ByteArrayContent(saved), saved.Length));
            // The first round fills the disk's cache.
            if (round == 0) continue;
            down[which].Add(got);
            up[which].Add(put);
        }
    }
    Console.WriteLine($"\nLoad average: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.\n");
    Console.WriteLine("| measure | lab, Unix socket | proxy, TCP | | goal |\n| --- | ---: | ---: | ---: | --- |");
    Row("a real lab: a file of 256 MiB downloaded, MB/s", down, "0", (a, b) => FormattableString.Invariant($"× {b / a:0.00}"), "≥ × 0.8");
    Row("a real lab: 64 MiB saved by PUT api/contents, MB/s", up, "0", (a, b) => FormattableString.Invariant($"× {b / a:0.00}"), "≥ × 0.8");
}

static async Task<double> LatencyAsync(HttpClient client, int requests)
{
    var times = new double[requests];
    for (var i = 0; i < requests; i++)
    {
        var start = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync("/api/status");
        await answer.Content.CopyToAsync(Stream.Null);
        times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
    return Median(times);
}

static async Task<double> SocketAsync(EndPoint at, string? cookie)
{
    using var page = new ClientWebSocket();
    if (cookie is not null)
    {
        page.Options.SetRequestHeader("Cookie", cookie);
        page.Options.SetRequestHeader("Origin", $"http://leaves.localhost:{((IPEndPoint)at).Port}");
    }
    using var invoker = new HttpMessageInvoker(Handler(at));
    await page.ConnectAsync(new Uri($"ws://leaves.localhost:{(at as IPEndPoint)?.Port ?? 80}/ws"), invoker, CancellationToken.None);
    var message = new byte[200];
    var times = new double[Requests];
    for (var i = 0; i < times.Length; i++)
    {
        var start = Stopwatch.GetTimestamp();
        await page.SendAsync(message, WebSocketMessageType.Binary, true, CancellationToken.None);
        await page.ReceiveAsync(message.AsMemory(), CancellationToken.None);
        times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
    await page.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    return Median(times);
}

static async Task<double> DownAsync(HttpClient client, string path)
{
    var start = Stopwatch.GetTimestamp();
    using var answer = (await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
    await using var body = await answer.Content.ReadAsStreamAsync();
    var buffer = new byte[64 * 1024];
    var bytes = 0L;
    while (await body.ReadAsync(buffer) is > 0 and var read) bytes += read;
    return bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static async Task<double> UpAsync(HttpClient client, string path, HttpContent content, long bytes)
{
    var start = Stopwatch.GetTimestamp();
    using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = content };
    request.Headers.Add("Origin", client.BaseAddress!.GetLeftPart(UriPartial.Authority));
    (await client.SendAsync(request)).EnsureSuccessStatusCode();
    return bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static HttpClient Client(EndPoint at, string machine = "leaves") => new(Handler(at)) { BaseAddress = new Uri($"http://{machine}.localhost:{(at as IPEndPoint)?.Port ?? 80}") };

static SocketsHttpHandler Handler(EndPoint at) => new()
{
    UseProxy = false,
    UseCookies = false,
    ActivityHeadersPropagator = null,
    ConnectCallback = async (_, cancellationToken) =>
    {
        var socket = at is IPEndPoint
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(at, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    },
};

static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

static void Row(string what, List<double>[] values, string digits, Func<double, double, string> ratio, string goal)
{
    string Digits(double value) => value.ToString(digits, CultureInfo.InvariantCulture);
    string Cell(List<double> of) => $"{Digits(Median(of))} ({Digits(of.Min())}–{Digits(of.Max())})";
    var beside = values[..^1].Select(peer => ratio(Median(peer), Median(values[^1])));
    Console.WriteLine(FormattableString.Invariant($"| {what} | {string.Join(" | ", values.Select(Cell))} | {string.Join(" | ", beside)} | {goal} |"));
}

/// <summary>So many bytes of nothing.</summary>
internal sealed class Zeros(long length) : Stream
{
    private long _left = length;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = (int)Math.Min(count, _left);
        _left -= read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
