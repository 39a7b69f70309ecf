using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Holdfast.Proxy.Bench;

// A lab (Kestrel on a Unix socket), the hub's proxy before it, and this client, each in a process. Direct and through the proxy take turns.
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
var folder = Directory.CreateTempSubdirectory("hf-proxy-").FullName;
var socket = Path.Combine(folder, "lab.sock");
using var lab = Start("lab", socket);
await lab.StandardOutput.ReadLineAsync();
using var hub = Start("hub", folder, socket);
var said = (await hub.StandardOutput.ReadLineAsync())!.Split(' ');
var port = int.Parse(said[0], CultureInfo.InvariantCulture);

using var direct = Client(new UnixDomainSocketEndPoint(socket));
using var proxied = Client(new IPEndPoint(IPAddress.Loopback, port));
proxied.DefaultRequestHeaders.Add("Cookie", said[1]);
var latencies = new[] { new List<double>(), new List<double>() };
var sockets = new[] { new List<double>(), new List<double>() };
var down = new[] { new List<double>(), new List<double>() };
var up = new[] { new List<double>(), new List<double>() };
await LatencyAsync(direct, Requests);
await LatencyAsync(proxied, Requests);
for (var round = 0; round < Rounds; round++)
{
    for (var which = 0; which < 2; which++)
    {
        var client = which == 0 ? direct : proxied;
        latencies[which].Add(await LatencyAsync(client, Requests));
        sockets[which].Add(await SocketAsync(which == 0 ? new UnixDomainSocketEndPoint(socket) : new IPEndPoint(IPAddress.Loopback, port), which == 0 ? null : said[1]));
        down[which].Add(await DownAsync(client));
        up[which].Add(await UpAsync(client));
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
Console.WriteLine("| measure | direct | proxy | | goal |\n| --- | ---: | ---: | ---: | --- |");
Row("small GET, ms at p50", latencies, "0.000", (a, b) => $"+{b - a:0.000}", "≤ +0.3");
Row("WebSocket there and back, ms at p50", sockets, "0.000", (a, b) => $"+{b - a:0.000}", "≤ +0.3");
Row("download, MB/s", down, "0", (a, b) => $"× {b / a:0.00}", "≥ × 0.8");
Row("upload, MB/s", up, "0", (a, b) => $"× {b / a:0.00}", "≥ × 0.8");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| memory of the proxy's process afterwards, MB | | {memory:0} | | |"));

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

static async Task<double> DownAsync(HttpClient client)
{
    var start = Stopwatch.GetTimestamp();
    using var answer = await client.GetAsync($"/file?bytes={Bytes}", HttpCompletionOption.ResponseHeadersRead);
    await using var body = await answer.Content.ReadAsStreamAsync();
    var buffer = new byte[64 * 1024];
    while (await body.ReadAsync(buffer) > 0) { }
    return Bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static async Task<double> UpAsync(HttpClient client)
{
    var start = Stopwatch.GetTimestamp();
    using var request = new HttpRequestMessage(HttpMethod.Put, "/file") { Content = new StreamContent(new Zeros(Bytes), 64 * 1024) };
    request.Headers.Add("Origin", client.BaseAddress!.GetLeftPart(UriPartial.Authority));
    (await client.SendAsync(request)).EnsureSuccessStatusCode();
    return Bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static HttpClient Client(EndPoint at) => new(Handler(at)) { BaseAddress = new Uri($"http://leaves.localhost:{(at as IPEndPoint)?.Port ?? 80}") };

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
    var (a, b) = (Median(values[0]), Median(values[1]));
    string Digits(double value) => value.ToString(digits, CultureInfo.InvariantCulture);
    Console.WriteLine(FormattableString.Invariant($"| {what} | {Digits(a)} ({Digits(values[0].Min())}–{Digits(values[0].Max())}) | {Digits(b)} ({Digits(values[1].Min())}–{Digits(values[1].Max())}) | {ratio(a, b)} | {goal} |"));
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
