using System.Diagnostics;
using Holdfast.Lab.Bench.Clients;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>A folder of very many files, listed with size, time and whether each can be written.</summary>
internal static class FolderListing
{
    private const int Files = 10_000;
    private const int WarmUp = 5;
    private const int Rounds = 20;
    private const double MostMilliseconds = 100;

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        await using var ours = new HoldfastServer(place, place.NewFolder("root"));
        await using var peer = new PeerServer(place, place.NewFolder("root"));
        var (our, their) = (await TimeAsync(ours, cancellationToken), await TimeAsync(peer, cancellationToken));
        table.Add($"Listing of a folder of {Files:N0} files", our.ToString(), their.ToString(), $"{our.Median / their.Median:0.000}", $"≤ {MostMilliseconds} ms", our.Median <= MostMilliseconds ? "met" : "missed");
    }

    private static async Task<Sample> TimeAsync(BenchServer server, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(server.Root, "many")).FullName;
        for (var number = 0; number < Files; number++)
            await File.WriteAllTextAsync(Path.Combine(folder, $"{number:00000}.txt"), "x", cancellationToken);
        await server.StartAsync(cancellationToken);
        using var api = new Api(server);
        var sample = new Sample("ms");
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await api.GetNotebookAsync("many", cancellationToken);
            if (round >= WarmUp) sample.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return sample;
    }
}
