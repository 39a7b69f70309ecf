using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Bench.Clients;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>A cell that shows 20,000 small outputs: processor time of the servers for each, what is lost, and how long it takes.</summary>
internal static class Displays
{
    private const int Count = 20_000;
    private const int Rounds = 3;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        await using var ours = new HoldfastServer(place, place.NewFolder("root"));
        await using var peer = new PeerServer(place, place.NewFolder("root"), noLimits: true);
        await using var stock = new PeerServer(place, place.NewFolder("root"));
        var (our, theirs, asIs) = (new Series(), new Series(), new Series());
        var (direct, directArrived) = (new Sample("s"), new Sample("of 20,000"));
        (BenchServer Server, Series Series)[] runs = [(ours, our), (peer, theirs), (stock, asIs)];
        foreach (var (server, _) in runs)
        {
            await server.StartAsync(cancellationToken);
            await WithPageAsync(server, new Series(), "warm-up", Count / 4, cancellationToken);
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (server, series) in runs)
            {
                await WithPageAsync(server, series, $"page-{round}", Count, cancellationToken);
                if (series != asIs) await WithoutPageAsync(server, series, $"alone-{round}", cancellationToken);
            }

            var (seconds, displays) = await DirectKernel.RunAsync(place, Code(Count), cancellationToken);
            direct.Add(seconds);
            directArrived.Add(displays);
        }

        table.Compare("CPU of the server per output message, a page reads", our.Cpu, theirs.Cpu, 0.2, $"no rate limit; {theirs.Arrived} arrived");
        table.Compare("CPU of the server per output message, no page", our.CpuWithoutPage, theirs.CpuWithoutPage, 0.2, $"no rate limit; {theirs.Kept} there when the page came back");
        table.Add("20,000 displays: arrived at the page", our.Arrived.ToString(), $"{asIs.Arrived} as it is; {theirs.Arrived} without rate limit", goal: "0 lost", met: our.Arrived.Median == Count ? "met" : "missed");
        table.Add("20,000 displays without a page: there when it came back", our.Kept.ToString(), $"{theirs.Kept} without rate limit", goal: "0 lost", met: our.Kept.Median == Count ? "met" : "missed");
        table.Compare("20,000 displays: time until reply and idle", our.Seconds, asIs.Seconds, null, "as it is");
        table.Add("… against the kernel's own speed (a reader straight on it)", our.Seconds.ToString(), $"kernel: {direct}, {directArrived}", (our.Seconds.Median / direct.Median).ToString("0.000", CultureInfo.InvariantCulture));
    }

    /// <summary>Our own processor time a message, for each process: what a profile starts from.</summary>
    public static async Task ProfileAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        await using var ours = new HoldfastServer(place, place.NewFolder("root"));
        await ours.StartAsync(cancellationToken);
        await WithPageAsync(ours, new Series(), "warm-up", Count / 4, cancellationToken);
        double[] Used() => [.. ours.Processes.Select(process => ProcessUse.CpuSeconds([process]))];
        for (var round = 0; round < 2; round++)
        {
            var series = new Series();
            var began = Used();
            await WithPageAsync(ours, series, $"page-{round}", Count, cancellationToken);
            var between = Used();
            await WithoutPageAsync(ours, series, $"alone-{round}", cancellationToken);
            var ended = Used();
            table.Add("CPU a message with a page: lab, keeper", $"{(between[0] - began[0]) / Count * 1e6:0} µs", $"{(between[1] - began[1]) / Count * 1e6:0} µs", series.Cpu.ToString(), series.Seconds.ToString());
            table.Add("without a page: lab, keeper", $"{(ended[0] - between[0]) / Count * 1e6:0} µs", $"{(ended[1] - between[1]) / Count * 1e6:0} µs", series.CpuWithoutPage.ToString());
        }
    }

    private static string Code(int count, string? mark = null) =>
        $"from IPython.display import display\nfor i in range({count}): display(i)\n{(mark is null ? "" : $"open('{mark}', 'w').close()")}";

    private static async Task WithPageAsync(BenchServer server, Series series, string name, int count, CancellationToken cancellationToken)
    {
        using var api = new Api(server);
        var kernel = await api.StartKernelAsync($"{name}.ipynb", cancellationToken);
        using var page = await PageSocket.ConnectAsync(server, kernel, name, cancellationToken);
        await page.ExecuteAsync("pass", cancellationToken);
        await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);

        var used = ProcessUse.CpuSeconds(server.Processes);
        var began = Stopwatch.GetTimestamp();
        var seen = await page.FollowAsync(await page.SendAsync(Code(count), cancellationToken), cancellationToken, Silence);
        // Without its idle the end is only known by the silence after it.
        if (seen.Idle) series.Seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
        series.Cpu.Add((ProcessUse.CpuSeconds(server.Processes) - used) / Math.Max(1, seen.Displays) * 1e6);
        series.Arrived.Add(seen.Displays);
        await api.EndKernelAsync(kernel, cancellationToken);
    }

    private static async Task WithoutPageAsync(BenchServer server, Series series, string name, CancellationToken cancellationToken)
    {
        using var api = new Api(server);
        var kernel = await api.StartKernelAsync($"{name}.ipynb", cancellationToken);
        var mark = Path.Combine(server.Root, $"{name}.done");
        string id;
        double used;
        using (var page = await PageSocket.ConnectAsync(server, kernel, name, cancellationToken))
        {
            await page.ExecuteAsync("pass", cancellationToken);
            await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
            used = ProcessUse.CpuSeconds(server.Processes);
            id = await page.SendAsync(Code(Count, mark), cancellationToken);
            await page.WaitBusyAsync(id, cancellationToken);
            await page.CloseAsync(cancellationToken);
        }

        await FileMark.WaitAsync(mark, cancellationToken);
        await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
        series.CpuWithoutPage.Add((ProcessUse.CpuSeconds(server.Processes) - used) / Count * 1e6);

        using var back = await PageSocket.ConnectAsync(server, kernel, name, cancellationToken);
        series.Kept.Add((await back.FollowAsync(id, cancellationToken, Silence)).Displays);
        await api.EndKernelAsync(kernel, cancellationToken);
    }

    private sealed class Series
    {
        public Sample Cpu { get; } = new("µs");

        public Sample CpuWithoutPage { get; } = new("µs");

        public Sample Arrived { get; } = new("of 20,000");

        public Sample Kept { get; } = new("of 20,000");

        public Sample Seconds { get; } = new("s");
    }
}
