using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Storage;
using Holdfast.Hub.Stores;

namespace Holdfast.Hub.Output;

/// <summary>Places in stores: checked before a job writes to their folder, brought back into it where that is gone, and the folder removed where it is not wanted any more.</summary>
internal sealed class OutputPlaces(HubFolders folders, JobArtifacts artifacts, StoreClients stores, UploadedFiles uploaded)
{
    private const int FilesAtOnce = 4, AtOnce = 1000;

    /// <summary>Whether there is such a store, and somebody has a key for it; nothing is asked of it. Null, or what is wrong.</summary>
    public HubFault? Problem(string output, string person) =>
        !StorePlace.IsMeant(output) ? null
        : StorePlace.Of(output) is not { } place ? new HubFault("bad-request", $"output: '{output}' is s3://STORE/FOLDER, as s3://team/runs/{{name}}/{{id}}, with no empty part and no dots alone.")
        : stores.Of(place.Store, person) is { Ok: false, Fault: var fault } ? fault with { Message = $"output: {fault.Message}" } : null;

    /// <summary>Whether a place can be written with somebody's key; null, or what is wrong.</summary>
    public async Task<HubFault?> ProbeAsync(string output, string person, CancellationToken cancellationToken)
    {
        var place = StorePlace.Of(output)!;
        var store = stores.Of(place.Store, person);
        return store.Ok ? await store.Value.ProbeAsync(place, cancellationToken) : store.Fault;
    }

    /// <summary>Before an attempt: the place can be written, and where its folder is gone, what the store has of it is there again. Null, or what is wrong.</summary>
    public async Task<HubFault?> PrepareAsync(JobRecord job, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (await ProbeAsync(job.Store!, job.Owner, cancellationToken) is { } fault) return fault;
        return artifacts.IsThere(job) ? null : await FetchAsync(job, progress, cancellationToken);
    }

    /// <summary>A job has succeeded, and all of its output is in its store: its folder is removed where the store's settings say so. What was logged stays with the hub.</summary>
    /// <param name="job">The job.</param>
    /// <param name="parts">Its parts.</param>
    public void Stored(JobRecord job, IReadOnlyList<JobRecord> parts)
    {
        uploaded.Forget(job.Store!);
        // The folder of the whole holds those of the parts.
        if (job.Parent is not null || stores.Find(StorePlace.Of(job.Store!)!.Store).Value is not { KeepsLocal: false }) return;
        // What the store has not got stays where it is.
        if (artifacts.HasMore(job)) return;
        foreach (var each in parts.Append(job))
        {
            using var metrics = artifacts.Open(each, MetricsFile.Name, out _);
            if (metrics is null) continue;
            using var kept = File.Create(Path.Combine(HubFolders.Make(folders.JobOf(each.Id)), MetricsFile.Name));
            metrics.CopyTo(kept);
        }
        // Where nobody else reaches it, before it is walked.
        var gone = Path.Combine(HubFolders.Make(folders.JobOf(job.Id)), "removed");
        FolderCopy.Remove(gone);
        if (JobOutputFolder.TakeAway(folders.Storage, job.Output, gone)) FolderCopy.Remove(gone);
    }

    private async Task<HubFault?> FetchAsync(JobRecord job, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var place = StorePlace.Of(job.Store!)!;
        var store = stores.Of(place.Store, job.Owner).Value!;
        // Beside its place, and there at once: one that came in part is not taken for all of it.
        var half = $"{Path.GetDirectoryName(job.Output)}/.{Path.GetFileName(job.Output)}-{job.Id}";
        uploaded.Forget(job.Store!);
        var files = 0;
        for (string? after = null; ;)
        {
            var list = await store.ListAsync($"{place.Prefix}/", after, AtOnce, cancellationToken);
            if (!list.Ok) return list.Fault;
            HubFault? fault = null;
            await Parallel.ForEachAsync(list.Value, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken }, async (each, cancellationToken) =>
            {
                var path = each.Key[(place.Prefix.Length + 1)..];
                // Keys that are no paths of files are somebody else's.
                if (fault is not null || !StorePlace.IsPath(path) || path == StoreClient.Probe) return;
                progress.Report($"Fetching {each.Key} of {job.Store} …");
                if (await FetchAsync(store, each, half, path, job.Store!, cancellationToken) is { } problem) fault ??= problem;
                else Interlocked.Increment(ref files);
            });
            if (fault is not null) return fault;
            if (list.Value.Count == 0) break;
            after = list.Value[^1].Key;
        }
        if (files == 0) return null;
        var (above, trouble) = JobOutputFolder.Enter(folders.Storage, Path.GetDirectoryName(job.Output)!);
        using (above)
        {
            return above is null ? new HubFault("conflict", trouble!)
                : Posix.MoveTo($"{Posix.NameOf(above)}/{Path.GetFileName(half)}", $"{Posix.NameOf(above)}/{Path.GetFileName(job.Output)}") is not 0 and var error ? new HubFault("conflict", $"{job.Output} cannot be made (error {error}).")
                : null;
        }
    }

    private async Task<HubFault?> FetchAsync(StoreClient store, StoredObject each, string half, string path, string output, CancellationToken cancellationToken)
    {
        var (folder, problem) = JobOutputFolder.Enter(folders.Storage, Path.GetDirectoryName($"{half}/{path}")!);
        if (folder is null) return new HubFault("conflict", problem!);
        using (folder)
        {
            var name = Path.GetFileName(path);
            var next = $"{Posix.NameOf(folder)}/.{Guid.NewGuid():N}";
            await using (var file = new FileStream(next, FileMode.CreateNew, FileAccess.Write))
            {
                if (await store.GetAsync(each.Key, file, cancellationToken) is { } fault) return fault;
            }
            File.SetLastWriteTimeUtc(next, each.Modified.UtcDateTime);
            File.Move(next, $"{Posix.NameOf(folder)}/{name}", overwrite: true);
            if (Posix.Status($"{Posix.NameOf(folder)}/{name}") is { } status) uploaded.Add(output, path, UploadedFiles.StampOf(status));
            return null;
        }
    }
}
