using Holdfast.Lab.Bench.Clients;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>Memory of a server that has nothing to do: with nothing open, and with one kernel and one page. The kernel's own is not counted.</summary>
internal static class IdleMemory
{
    private const int Rounds = 3;

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        var (ours, peers) = (new Measured(), new Measured());
        var root = place.NewFolder("root");
        for (var round = 0; round < Rounds; round++)
        {
            await using (var server = new HoldfastServer(place, root)) await MeasureAsync(server, ours, cancellationToken);
            await using (var server = new PeerServer(place, root)) await MeasureAsync(server, peers, cancellationToken);
        }

        table.Compare("Idle PSS, nothing open", ours.Bare, peers.Bare, 1.5);
        table.Compare("… if no other program of its runtime ran", ours.BareAlone, peers.BareAlone, null);
        table.Compare("Idle PSS, one kernel and one page", ours.Open, peers.Open, 1.5);
        table.Compare("… if no other program of its runtime ran", ours.OpenAlone, peers.OpenAlone, null);
    }

    private static async Task MeasureAsync(BenchServer server, Measured measured, CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken);
        await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
        measured.Bare.Add(ProcessUse.Pss(server.Processes));
        measured.BareAlone.Add(ProcessUse.Alone(server.Processes));

        using var api = new Api(server);
        var kernel = await api.StartKernelAsync("idle.ipynb", cancellationToken);
        using var page = await PageSocket.ConnectAsync(server, kernel, "page", cancellationToken);
        await page.ExecuteAsync("pass", cancellationToken);
        await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
        measured.Open.Add(ProcessUse.Pss(server.Processes));
        measured.OpenAlone.Add(ProcessUse.Alone(server.Processes));
    }

    private sealed class Measured
    {
        public Sample Bare { get; } = new("MiB");

        public Sample BareAlone { get; } = new("MiB");

        public Sample Open { get; } = new("MiB");

        public Sample OpenAlone { get; } = new("MiB");
    }
}
