using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>From the start of the program to the first 200 of <c>/api</c>, with and without a keeper that runs already.</summary>
internal static class StartTime
{
    private const int Rounds = 9;

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        var (cold, warm, peers) = (new Sample("ms"), new Sample("ms"), new Sample("ms"));
        var root = place.NewFolder("root");
        // The first round fills the page cache.
        for (var round = 0; round <= Rounds; round++)
        {
            string state;
            await using (var first = new HoldfastServer(place, root, keepsKeeper: true))
            {
                state = first.State;
                Note(cold, await first.StartAsync(cancellationToken), round);
            }

            await using (var second = new HoldfastServer(place, root, state))
                Note(warm, await second.StartAsync(cancellationToken), round);
            await using (var peer = new PeerServer(place, root))
                Note(peers, await peer.StartAsync(cancellationToken), round);
        }

        table.Compare("Start to first `/api`, no keeper yet", cold, peers, 0.75);
        table.Compare("Start to first `/api`, keeper runs", warm, peers, 0.75);
    }

    private static void Note(Sample sample, TimeSpan time, int round)
    {
        if (round > 0) sample.Add(time.TotalMilliseconds);
    }
}
