using System.Diagnostics;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Load.Bench;

/// <summary>What one server goes through.</summary>
internal sealed class Course(BenchServer server)
{
    /// <summary>Executions a second in all, at which round trips are measured: below what the peer can bear.</summary>
    private const int Rate = 50;
    private const int RoundTrips = 1500;
    private const int WarmUp = 100;

    private const int FloodRounds = 3;
    private const int FloodDisplays = 200;
    private const int FloodBytes = 200;

    private const int SleeperDisplays = 5000;
    private const int SleeperBytes = 10_000;

    private long _expected;
    private long _arrived;

    /// <summary>The part that is to be run alone, for a profile: <c>round</c>, <c>flood</c> or <c>sleeper</c>; null for all.</summary>
    public string? Only { get; init; }

    public async Task<ServerFigures> RunAsync(CancellationToken cancellationToken)
    {
        // 1. Start, gather.
        await server.StartAsync(cancellationToken);
        using var crowd = await Crowd.GatherAsync(server, cancellationToken);
        Say($"{Crowd.KernelCount} kernels, {crowd.All.Count()} pages");

        // 2. Memory when all are there and have run a cell.
        await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
        var (pss, alone) = (ProcessUse.Pss(server.Processes), ProcessUse.Alone(server.Processes));
        Say($"PSS {pss:0.0} MiB ({string.Join(" + ", server.Processes.Select(process => $"{ProcessUse.Pss([process]):0.0}"))}), alone {alone:0.0} MiB");

        // 3. Round trips.
        var trips = Only is null or "round" ? await RoundTripsAsync(crowd, cancellationToken) : [0];
        Array.Sort(trips);
        var (median, slow) = (trips[trips.Length / 2], trips[trips.Length * 99 / 100]);
        Say($"round trip {median:0.00} ms, p99 {slow:0.00} ms");

        // 4. All kernels flood at once. Order counts from here: a round trip that takes seconds overlaps with the next one of its kernel.
        var disorder = crowd.All.Sum(page => page.OutOfOrder);
        var perSecond = new List<double>();
        for (var round = 0; round < FloodRounds && Only is null or "flood"; round++)
        {
            var before = crowd.All.Sum(page => page.Messages);
            var (began, cpu) = (Stopwatch.GetTimestamp(), ProcessUse.CpuSeconds(server.Processes));
            await crowd.RunAsync($"{FloodDisplays} {FloodBytes}", Crowd.KernelCount, cancellationToken);
            perSecond.Add((crowd.All.Sum(page => page.Messages) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds);
            Count(crowd.All, FloodDisplays);
            Say($"{perSecond[^1]:0} messages/s, {_expected - _arrived} of {_expected} displays lost, {ProcessUse.CpuSeconds(server.Processes) - cpu:0.00} s of the server's processor time");
            await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
        }

        // 5. The same flood of one kernel, without and with a page that reads nothing.
        var (without, with, growth) = Only is null or "sleeper" ? await SleeperAsync(crowd, cancellationToken) : default;
        return new ServerFigures(median, slow, perSecond, _expected - _arrived, crowd.All.Sum(page => page.OutOfOrder) - disorder, pss, alone, growth, with, without);
    }

    private static async Task<double[]> RoundTripsAsync(Crowd crowd, CancellationToken cancellationToken)
    {
        var trips = new double[RoundTrips];
        var running = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Rate));
        for (var i = -WarmUp; i < RoundTrips; i++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            // Every kernel in turn, and of its pages one after the other.
            var turn = i + WarmUp;
            running.Add(OneAsync(crowd.Pages[turn % Crowd.KernelCount], turn / Crowd.KernelCount % Crowd.PagesOfKernel, i));
        }

        await Task.WhenAll(running);
        return trips;

        async Task OneAsync(IReadOnlyList<LoadPage> pages, int which, int number)
        {
            var page = pages[which];
            var (replies, idles) = (page.Replies, page.Idles);
            foreach (var each in pages) each.Expect();
            var began = Stopwatch.GetTimestamp();
            await page.SendAsync("1 100", cancellationToken);
            await page.WaitAsync(_ => page.Replies > replies && page.Idles > idles, cancellationToken);
            if (number >= 0) trips[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
    }

    private async Task<(double Without, double With, double Growth)> SleeperAsync(Crowd crowd, CancellationToken cancellationToken)
    {
        var code = $"{SleeperDisplays} {SleeperBytes}";
        var began = Stopwatch.GetTimestamp();
        await crowd.RunAsync(code, 1, cancellationToken);
        var without = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Count(crowd.Pages[0], SleeperDisplays);
        await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);

        using var sleeper = await LoadPage.ConnectAsync(server, crowd.Kernels[0], reads: false, cancellationToken);
        double with;
        await using var memory = new PeakMemory(server.Processes);
        began = Stopwatch.GetTimestamp();
        await crowd.RunAsync(code, 1, cancellationToken);
        with = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Count(crowd.Pages[0], SleeperDisplays);
        Say($"flood {without:0.00} s, with a page that reads nothing {with:0.00} s, memory + {memory.Peak - memory.Start:0.0} MiB");
        return (without, with, memory.Peak - memory.Start);
    }

    private void Count(IEnumerable<LoadPage> pages, long displays)
    {
        foreach (var page in pages) (_expected, _arrived) = (_expected + displays, _arrived + page.Displays);
    }

    private void Say(string what) => Console.Error.WriteLine($"  {server.GetType().Name}: {what}");
}
