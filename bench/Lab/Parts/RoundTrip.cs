using System.Diagnostics;
using Holdfast.Lab.Bench.Clients;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>A cell that does nothing: from the page's request to its reply and its idle, taking turns between the servers.</summary>
internal static class RoundTrip
{
    private const int WarmUp = 50;
    private const int Rounds = 500;

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        var root = place.NewFolder("root");
        await using var ours = new HoldfastServer(place, root);
        await using var quick = new PeerServer(place, root, noDelay: true);
        await using var stock = new PeerServer(place, root);
        BenchServer[] servers = [ours, quick, stock];
        var pages = new List<PageSocket>();
        var samples = Array.ConvertAll(servers, _ => new Sample("ms"));
        try
        {
            foreach (var server in servers)
            {
                await server.StartAsync(cancellationToken);
                using var api = new Api(server);
                pages.Add(await PageSocket.ConnectAsync(server, await api.StartKernelAsync("pass.ipynb", cancellationToken), "page", cancellationToken));
            }

            for (var round = 0; round < WarmUp + Rounds; round++)
            {
                for (var turn = 0; turn < servers.Length; turn++)
                {
                    var which = (turn + round) % servers.Length;
                    var began = Stopwatch.GetTimestamp();
                    await pages[which].ExecuteAsync("pass", cancellationToken);
                    if (round >= WarmUp) samples[which].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            }
        }
        finally
        {
            foreach (var page in pages) page.Dispose();
        }

        table.Compare("Round trip of `pass`", samples[0], samples[1], 1.05, "with TCP_NODELAY");
        table.Compare("Round trip of `pass`", samples[0], samples[2], 0.125, "as it is");
    }
}
