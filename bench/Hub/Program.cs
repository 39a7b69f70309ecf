using System.Diagnostics;
using System.Globalization;
using Holdfast.Hub.Bench;

// bench/Hub [jobs] [IMAGE]: starts of machines, the API beside many machines, memory of an idle hub; or jobs. After ./run --build-only, as root.
var program = Environment.GetEnvironmentVariable("HOLDFAST_PROGRAM") ?? Path.GetFullPath("out/holdfast");
var isJobs = args is ["jobs", ..];
var image = args.Skip(isJobs ? 1 : 0).FirstOrDefault();
const int Rounds = 10, Stopped = 200, Running = 20, Asked = 200;
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));

await using var hub = await BenchHub.StartAsync(program, limit.Token);

if (isJobs)
{
    Head();
    await JobBench.RunAsync(hub, image, Row);
    return 0;
}

// 1. From the wish to a lab that answers through the hub. A first start warms the disk's cache.
var host = await StartsAsync("host", new { name = "bench-host", engine = "host" });
var podman = image is null ? null : await StartsAsync("podman", new { name = "bench-podman", engine = "podman", image });
var peer = await PeerAsync();
var bare = image is null ? null : await BareAsync(image);

// 2. Many machines.
for (var number = 0; number < Stopped; number++) await hub.PostAsync("machines", new { name = $"stopped-{number}", engine = "host" });
for (var number = 0; number < Running; number++)
{
    await hub.PostAsync("machines", new { name = $"running-{number}", engine = "host" });
    await hub.StartMachineAsync($"running-{number}");
}
var list = await TimesAsync(Asked, () => hub.GetAsync("machines"));
var one = await TimesAsync(Asked, () => hub.GetAsync("machines/running-7"));
await Task.Delay(TimeSpan.FromSeconds(20), limit.Token);
var memory = hub.Memory();

Head();
Row("host engine: wish to lab, ms", host, $"jupyter_server alone: {Median(peer):0} (× {Median(host) / Median(peer):0.00})", "≤ 500");
if (podman is not null) Row("podman: wish to lab, ms", podman, $"bare podman run: {Median(bare!):0} (× {Median(podman) / Median(bare!):0.00})", "≤ 700");
Row($"GET machines, {Stopped} stopped and {Running} running, ms", list, "", "≤ 50");
Row("GET machines/NAME, ms", one, "", "≤ 50");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| hub's memory with them, idle, PSS MB | {memory:0.0} | | | | ≤ 100 |"));
return 0;

async Task<double[]> StartsAsync(string engine, object machine)
{
    var name = $"bench-{engine}";
    await hub.PostAsync("machines", machine);
    var times = new List<double>();
    for (var round = 0; round <= Rounds; round++)
    {
        var began = Stopwatch.GetTimestamp();
        await hub.StartMachineAsync(name);
        await hub.LabAnswersAsync(name);
        if (round > 0) times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        await hub.PostAsync($"machines/{name}/stop", new { confirmed = true });
        await hub.UntilAsync(name, "stopped");
    }
    return [.. times];
}

static async Task<double[]> TimesAsync(int count, Func<Task> work)
{
    var times = new List<double>();
    for (var number = -10; number < count; number++)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        if (number >= 0) times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
    return [.. times];
}

async Task<double[]> PeerAsync()
{
    using var http = new HttpClient();
    return await TimesAsync(5, async () =>
    {
        var port = BenchHub.FreePort();
        using var server = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-m", "jupyter_server", "--no-browser", "--allow-root", $"--port={port}", "--ServerApp.token=", "--ServerApp.root_dir=/tmp"]) { RedirectStandardError = true })!;
        _ = server.StandardError.ReadToEndAsync(limit.Token);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api"), limit.Token);
                break;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5, limit.Token);
            }
        }
        server.Kill();
        await server.WaitForExitAsync(limit.Token);
    });
}

static Task<double[]> BareAsync(string image) => TimesAsync(5, async () =>
{
    using var run = Process.Start("podman", ["run", "--rm", image, "/bin/true"]);
    await run.WaitForExitAsync();
});

static void Head() => Console.WriteLine("| measure | p50 | least | most | beside | goal |\n| --- | ---: | ---: | ---: | ---: | --- |");

static double Median(double[] times) => times.Order().ElementAt(times.Length / 2);

static void Row(string what, double[] times, string beside, string goal) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {Median(times):0.0} | {times.Min():0.0} | {times.Max():0.0} | {beside} | {goal} |"));
