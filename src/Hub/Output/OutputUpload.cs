using System.Collections.Concurrent;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Storage;
using Holdfast.Hub.Stores;

namespace Holdfast.Hub.Output;

/// <summary>
/// Brings what a job has written to the store that its output names: while it runs what has settled, at its end all of it. A checkpoint's marker follows its files, so that one that looks
/// complete in the store is. What was uploaded, and is gone from the folder, goes from the store.
/// </summary>
internal sealed class OutputUpload(JobArtifacts artifacts, StoreClients stores, UploadedFiles uploaded, TimeProvider time)
{
    private const int FilesAtOnce = 4, MostRefused = 10;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2), Settled = TimeSpan.FromSeconds(2), Latest = TimeSpan.FromMinutes(1), EachFile = TimeSpan.FromMilliseconds(0.4);

    /// <summary>A file that is written to all the time is uploaded so often; and none before ten times as long as it took the last time.</summary>
    private static readonly TimeSpan Growing = TimeSpan.FromMinutes(1);

    /// <summary>All uploads of this hub together: what they hold in memory does not grow with the jobs.</summary>
    private readonly SemaphoreSlim _turns = new(2 * FilesAtOnce);

    /// <summary>Uploads what settles, until it is cancelled.</summary>
    /// <param name="job">A job whose output is in a store.</param>
    /// <param name="tell">Is told what stands in the way, and null when nothing does any more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FollowAsync(JobRecord job, Action<HubFault?> tell, CancellationToken cancellationToken)
    {
        var next = new ConcurrentDictionary<string, Wait>();
        for (var failed = 0; ;)
        {
            var (fault, files) = await PassAsync(job, next, cancellationToken);
            failed = fault is null ? 0 : failed + 1;
            tell(fault);
            await Task.Delay(fault is not null ? Pause(failed) : Look > files * EachFile ? Look : files * EachFile, time, cancellationToken);
        }
    }

    /// <summary>Uploads all that is left; null when all of it is there, and else why not, after it was tried for as long as the store's settings say.</summary>
    /// <param name="job">A job whose command has ended.</param>
    /// <param name="manifest">Whether it is about the manifest alone, which comes last, or about all but that.</param>
    /// <param name="ended">Since when it is tried, whichever hub did.</param>
    /// <param name="tell">As with <see cref="FollowAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubFault?> FinishAsync(JobRecord job, bool manifest, DateTimeOffset ended, Action<HubFault?> tell, CancellationToken cancellationToken)
    {
        var place = StorePlace.Of(job.Store!)!;
        var until = ended + (stores.Find(place.Store).Value?.GiveUp ?? TimeSpan.Zero);
        for (var failed = 1; ; failed++)
        {
            var fault = manifest ? await ManifestAsync(job, cancellationToken) : (await PassAsync(job, null, cancellationToken)).Fault;
            var now = time.GetUtcNow();
            if (fault is null || now >= until) return fault;
            tell(fault);
            var pause = Pause(failed);
            await Task.Delay(now + pause > until ? until - now : pause, time, cancellationToken);
        }
    }

    private static TimeSpan Pause(int failed) => TimeSpan.FromTicks(Math.Min(Latest.Ticks, Look.Ticks / 2 << Math.Clamp(failed - 1, 0, 10)));

    private async Task<HubFault?> ManifestAsync(JobRecord job, CancellationToken cancellationToken)
    {
        var place = StorePlace.Of(job.Store!)!;
        var store = stores.Of(place.Store, job.Owner);
        return store.Ok ? await PutAsync(store.Value, place, job, JobManifest.Name, cancellationToken) : store.Fault;
    }

    /// <summary>Looks at all files once; the first thing that went wrong, and how many files there are.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="next">Of files that are written to all the time, or take long, when that may be; null to upload all there is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<(HubFault? Fault, int Files)> PassAsync(JobRecord job, ConcurrentDictionary<string, Wait>? next, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var (place, output) = (StorePlace.Of(job.Store!)!, job.Store!);
        var store = stores.Of(place.Store, job.Owner);
        if (!store.Ok) return (store.Fault, 0);
        if (!artifacts.IsThere(job)) return (new HubFault("not-found", $"The output folder {job.Output} is gone; mend: 'holdfast job retry' fetches what is in the store."), 0);
        HubFault? fault = null;
        var (files, known, refused, markers, waiting) = (0, 0, 0, new List<string>(), new HashSet<string>());

        // 1. What has changed, markers of checkpoints last.
        try
        {
            await Parallel.ForEachAsync(Due(), new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken }, PutFileAsync);
            if (fault is null) await Parallel.ForEachAsync(markers.Where(marker => !waiting.Contains(FolderOf(marker))), new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken }, PutFileAsync);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            fault ??= new HubFault("unavailable", $"What is in {job.Output} cannot be read: {trouble.Message}");
        }
        if (fault is not null) return (fault, files);

        // 2. What is gone, markers first: a checkpoint that is not whole does not look so.
        if (known < uploaded.Count(output))
        {
            foreach (var path in uploaded.Paths(output).OrderBy(path => !IsMarker(path)))
            {
                if (artifacts.StatusOf(job, path) is not null || !artifacts.IsThere(job)) continue;
                if (await store.Value.DeleteAsync(place.KeyOf(path), cancellationToken) is { } kept) return (kept, files);
                uploaded.Remove(output, path);
            }
        }
        return (null, files);

        IEnumerable<string> Due()
        {
            var now = time.GetUtcNow();
            foreach (var (path, status) in artifacts.Files(job))
            {
                if (path == JobManifest.Name && next is null || !StorePlace.IsPath(path)) continue;
                files++;
                var before = uploaded.Find(output, path);
                if (before is not null) known++;
                if (before == UploadedFiles.StampOf(status)) continue;
                if (next is not null && !IsDue(path, status, now)) waiting.Add(FolderOf(path));
                else if (IsMarker(path)) markers.Add(path);
                else yield return path;
            }
        }

        bool IsDue(string path, PathStatus status, DateTimeOffset now)
        {
            var wait = next.GetValueOrDefault(path);
            if (now < wait.NotBefore) return false;
            if (now - Posix.TimeOf(status.Changed) >= Settled) return true;
            if (wait.WrittenSince is null) next[path] = wait with { WrittenSince = now };
            return now - wait.WrittenSince >= Growing;
        }

        async ValueTask PutFileAsync(string path, CancellationToken cancellationToken)
        {
            if (refused > MostRefused || fault is { Code: "unavailable" }) return;
            var began = time.GetTimestamp();
            if (await PutAsync(store.Value, place, job, path, cancellationToken) is { } problem)
            {
                fault ??= problem;
                Interlocked.Increment(ref refused);
            }
            if (next is null) return;
            var pause = time.GetElapsedTime(began) * 10;
            if (pause > Look) next[path] = new Wait(time.GetUtcNow() + pause, null);
            else next.TryRemove(path, out _);
        }
    }

    private async Task<HubFault?> PutAsync(StoreClient store, StorePlace place, JobRecord job, string path, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            using var file = artifacts.Open(job, path, out _);
            // Gone meanwhile.
            if (file is null || Posix.Status(file.SafeFileHandle) is not { } status) return null;
            if (await store.PutAsync(place.KeyOf(path), file.SafeFileHandle, status.Size, cancellationToken) is { } fault) return fault;
            uploaded.Add(job.Store!, path, UploadedFiles.StampOf(status));
            return null;
        }
        catch (Exception fault) when (fault is EndOfStreamException || fault.InnerException is EndOfStreamException)
        {
            return new HubFault("conflict", $"{path} became shorter while it was uploaded.");
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Why a file that has changed is not uploaded yet.</summary>
    /// <param name="NotBefore">The last time took long.</param>
    /// <param name="WrittenSince">Since when it has not settled; null when it had at the last look.</param>
    private readonly record struct Wait(DateTimeOffset NotBefore, DateTimeOffset? WrittenSince);

    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static bool IsMarker(string path) => path.Split('/') is [JobOutputFolder.Checkpoints, _, JobOutputFolder.Marker];
}
