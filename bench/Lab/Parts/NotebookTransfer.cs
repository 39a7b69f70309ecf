using System.Diagnostics;
using System.Text.Json;
using Holdfast.Lab.Bench.Clients;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>Reading and saving whole notebooks, taking turns between the servers.</summary>
internal static class NotebookTransfer
{
    // As many as a just-in-time compiler takes to see what is worth compiling well; the first request is shown by itself.
    private const int WarmUp = 40;
    private const int Rounds = 20;

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        await using var ours = new HoldfastServer(place, place.NewFolder("root"));
        await using var peer = new PeerServer(place, place.NewFolder("root"));
        await ours.StartAsync(cancellationToken);
        await peer.StartAsync(cancellationToken);
        using var ourApi = new Api(ours);
        using var peerApi = new Api(peer);
        foreach (var megabytes in (int[])[1, 10])
        {
            var name = $"{megabytes}.ipynb";
            SampleNotebook.Write(Path.Combine(ours.Root, name), megabytes * 1_000_000);
            SampleNotebook.Write(Path.Combine(peer.Root, name), megabytes * 1_000_000);
            var (first, peerFirst) = (new Sample("ms"), new Sample("ms"));
            await TimeAsync(() => ourApi.GetNotebookAsync(name, cancellationToken), first);
            await TimeAsync(() => peerApi.GetNotebookAsync(name, cancellationToken), peerFirst);
            var body = await CompareAsync(ourApi, peerApi, name, cancellationToken);

            var (gets, peerGets, puts, peerPuts) = (new Sample("ms"), new Sample("ms"), new Sample("ms"), new Sample("ms"));
            for (var round = 0; round < WarmUp + Rounds; round++)
            {
                var measured = round >= WarmUp;
                await TimeAsync(() => ourApi.GetNotebookAsync(name, cancellationToken), measured ? gets : null);
                await TimeAsync(() => peerApi.GetNotebookAsync(name, cancellationToken), measured ? peerGets : null);
            }

            for (var round = 0; round < WarmUp + Rounds; round++)
            {
                var measured = round >= WarmUp;
                await TimeAsync(() => ourApi.PutNotebookAsync(name, body, cancellationToken), measured ? puts : null);
                await TimeAsync(() => peerApi.PutNotebookAsync(name, body, cancellationToken), measured ? peerPuts : null);
            }

            table.Compare($"First GET of a notebook of {megabytes} MB", first, peerFirst, null);
            table.Compare($"GET of a notebook of {megabytes} MB", gets, peerGets, 1.0 / 3);
            table.Compare($"PUT of a notebook of {megabytes} MB", puts, peerPuts, null);
        }
    }

    /// <summary>Checks that both servers give the same notebook; returns a request that saves it.</summary>
    private static async Task<byte[]> CompareAsync(Api ours, Api peers, string name, CancellationToken cancellationToken)
    {
        using var our = JsonDocument.Parse(await ours.GetNotebookAsync(name, cancellationToken));
        using var their = JsonDocument.Parse(await peers.GetNotebookAsync(name, cancellationToken));
        var content = their.RootElement.GetProperty("content");
        if (!JsonElement.DeepEquals(our.RootElement.GetProperty("content").GetProperty("cells")[0].GetProperty("outputs"), content.GetProperty("cells")[0].GetProperty("outputs")))
            throw new InvalidOperationException($"The servers do not agree on {name}.");
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["type"] = "notebook", ["format"] = "json", ["content"] = content });
    }

    private static async Task TimeAsync(Func<Task> action, Sample? sample)
    {
        var began = Stopwatch.GetTimestamp();
        await action();
        sample?.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
}
