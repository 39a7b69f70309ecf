using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Bench.Clients;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>Much output: 1 GB that nobody reads, and large and many outputs with a page.</summary>
internal static class Flood
{
    private const long PrintedBytes = 1_000_000_000;
    private const int Line = 100_000;
    private const int Lines = 200_000;
    private const int Large = 50;
    private const int Rounds = 2;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        var (lineBytes, peerLineBytes, lineTime, peerLineTime) = (new Sample("bytes"), new Sample("bytes"), new Sample("s"), new Sample("s"));
        var (large, peerLarge, largeTime, peerLargeTime) = (new Sample($"of {Large}"), new Sample($"of {Large}"), new Sample("s"), new Sample("s"));
        var expected = Enumerable.Range(0, Lines).Sum(i => (long)i.ToString(CultureInfo.InvariantCulture).Length + 1);
        for (var round = 0; round < Rounds; round++)
        {
            await using var ours = new HoldfastServer(place, place.NewFolder("root"));
            await using var peer = new PeerServer(place, place.NewFolder("root"));
            await ours.StartAsync(cancellationToken);
            await peer.StartAsync(cancellationToken);
            await ShowAsync(ours, "lines", $"for i in range({Lines}): print(i)", seen => lineBytes.Add(seen.StreamBytes), lineTime, cancellationToken);
            await ShowAsync(peer, "lines", $"for i in range({Lines}): print(i)", seen => peerLineBytes.Add(seen.StreamBytes), peerLineTime, cancellationToken);
            var code = $"from IPython.display import display\nfor i in range({Large}): display({{'text/plain': str(i % 10) * 1_000_000}}, raw=True)";
            await ShowAsync(ours, "large", code, seen => large.Add(seen.Displays), largeTime, cancellationToken);
            await ShowAsync(peer, "large", code, seen => peerLarge.Add(seen.Displays), peerLargeTime, cancellationToken);
        }

        table.Add("200,000 printed lines: bytes at the page", lineBytes.ToString(), peerLineBytes.ToString(), goal: $"{expected}", met: lineBytes.Median == expected ? "met" : "missed");
        table.Compare("… time", lineTime, peerLineTime, null);
        table.Add("50 displays of 1 MB: arrived", large.ToString(), peerLarge.ToString(), goal: $"{Large}", met: large.Median == Large ? "met" : "missed");
        table.Compare("… time", largeTime, peerLargeTime, null);
        await PrintUnseenAsync(place, table, cancellationToken);
    }

    private static async Task ShowAsync(BenchServer server, string name, string code, Action<Execution> note, Sample time, CancellationToken cancellationToken)
    {
        using var api = new Api(server);
        var kernel = await api.StartKernelAsync($"{name}.ipynb", cancellationToken);
        using var page = await PageSocket.ConnectAsync(server, kernel, name, cancellationToken);
        await page.ExecuteAsync("pass", cancellationToken);
        var began = Stopwatch.GetTimestamp();
        var seen = await page.FollowAsync(await page.SendAsync(code, cancellationToken), cancellationToken, Silence);
        time.Add((Stopwatch.GetElapsedTime(began) - (seen.Idle ? TimeSpan.Zero : Silence)).TotalSeconds);
        note(seen);
        await api.EndKernelAsync(kernel, cancellationToken);
    }

    private static async Task PrintUnseenAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        await using var ours = new HoldfastServer(place, place.NewFolder("root"));
        await using var peer = new PeerServer(place, place.NewFolder("root"));
        var our = await PrintUnseenAsync(ours, cancellationToken);
        var there = await ours.CountOutputsAsync("print.ipynb", cancellationToken);
        var their = await PrintUnseenAsync(peer, cancellationToken);
        table.Add("1 GB printed, no page: growth of PSS at the most, MiB", our.Growth.ToString(), their.Growth.ToString(), goal: "≤ 16", met: our.Growth.Median <= 16 ? "met" : "missed");
        table.Compare("… time", our.Seconds, their.Seconds, null);
        table.Add("… bytes that are there afterwards", $"{there} (`holdfast outputs`)", $"{their.Back} (the page that comes back)", goal: $"{PrintedBytes}", met: there == PrintedBytes ? "met" : "missed");
    }

    private static async Task<Unseen> PrintUnseenAsync(BenchServer server, CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken);
        using var api = new Api(server);
        var kernel = await api.StartKernelAsync("print.ipynb", cancellationToken);
        var mark = Path.Combine(server.Root, "print.done");
        var (growth, seconds) = (new Sample("MiB"), new Sample("s"));
        string id;
        await using (var memory = new PeakMemory(server.Processes))
        {
            var began = Stopwatch.GetTimestamp();
            using (var page = await PageSocket.ConnectAsync(server, kernel, "page", cancellationToken))
            {
                id = await page.SendAsync($"line = 'x' * {Line - 1}\nfor i in range({PrintedBytes / Line}): print(line)\nopen('{mark}', 'w').close()", cancellationToken);
                await page.WaitBusyAsync(id, cancellationToken);
                await page.CloseAsync(cancellationToken);
            }

            await FileMark.WaitAsync(mark, cancellationToken);
            await api.WaitIdleAsync(kernel, cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            growth.Add(memory.Peak - memory.Start);
        }

        var back = 0L;
        if (server is PeerServer)
        {
            // A page of another session: one that was reloaded.
            using var page = await PageSocket.ConnectAsync(server, kernel, "reloaded", cancellationToken);
            var own = await page.SendAsync("pass", cancellationToken);
            back = (await page.FollowAsync(own, cancellationToken, Silence)).OtherStreamBytes;
        }

        return new Unseen(growth, seconds, back);
    }

    private sealed record Unseen(Sample Growth, Sample Seconds, long Back);
}
