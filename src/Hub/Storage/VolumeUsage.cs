using System.Collections.Concurrent;
using Holdfast.Hub.Loss;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Storage;

/// <summary>How much the volumes hold, measured in the background at no more than 1 % of a core.</summary>
internal sealed class VolumeUsage(HubFolders folders, HubSettings settings, ProjectQuotas quotas, TimeProvider time) : BackgroundService
{
    /// <summary>Of so much work one part is done, and then rested: a hundredth of a core.</summary>
    private const int RestPerWork = 99;
    private const int EntriesAtOnce = 200, MostFolders = 50, Levels = 3;
    private const long LeastFree = 200L << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Usage> _known = [];

    /// <summary>What is known of a volume; null when it was not measured yet.</summary>
    /// <param name="folder">Its folder on this host.</param>
    public Usage? Of(string folder) => _known.GetValueOrDefault(folder) is { } usage ? WithQuota(usage, folder) : null;

    /// <summary>Measures now, at full speed.</summary>
    public async Task<Usage> MeasureAsync(string folder, CancellationToken cancellationToken)
    {
        // The disk is waited for, and the caller's thread must not be.
        await Task.Yield();
        return _known[folder] = await WalkAsync(folder, () => Task.CompletedTask, cancellationToken);
    }

    /// <summary>Makes the file system hold a volume to its quota, where it can.</summary>
    public async Task LimitAsync(string folder, CancellationToken cancellationToken)
    {
        await Task.Yield();
        quotas.Apply(folder, QuotaOf(folder), cancellationToken);
    }

    /// <summary>Why nothing should be started on a volume: its quota, or the disk, is (nearly) full, with the mend; null when there is room.</summary>
    public string? Trouble(string folder)
    {
        if (Of(folder) is { Quota: { } quota } usage && usage.Bytes >= quota)
            return $"{NameOf(folder)} holds {Size(usage.Bytes)}, and {Size(quota)} is the most that it may. Remove something (holdfast storage du shows what is large), or let an administrator raise the quota in hub.yaml.";
        var disk = new DriveInfo(Directory.Exists(folder) ? folder : folders.Root);
        return disk.AvailableFreeSpace < LeastFree || disk.AvailableFreeSpace < disk.TotalSize / 100
            ? $"The disk of {NameOf(folder)} is nearly full: {Size(disk.AvailableFreeSpace)} of {Size(disk.TotalSize)} are free. Remove something (holdfast storage du shows what is large), or get a larger one."
            : null;
    }

    /// <summary>What is in a folder of a volume, as <c>holdfast storage ls</c> shows it; of a file itself, null when there is nothing.</summary>
    /// <param name="volume">The volume's folder on this host.</param>
    /// <param name="path">The folder in it, from the volume on, with <c>/</c> before it.</param>
    public static IReadOnlyList<StoredEntry>? List(string volume, string path)
    {
        using var tree = new ForeignTree(volume);
        var folder = path;
        var names = tree.List(path).Select(entry => entry.Name).ToList();
        // A volume that nobody has used is not there yet.
        if (path != "/" && names.Count == 0 && tree.Status(path) is not { IsFolder: true })
        {
            if (tree.Status(path) is null) return null;
            (folder, names) = (Path.GetDirectoryName(path)!, [Path.GetFileName(path)]);
        }
        return [.. from name in names
            let status = tree.Status(ForeignTree.Join(folder, name))
            where status is not null
            orderby name
            select new StoredEntry(name, status.Value.IsFolder ? "folder" : status.Value.IsLink ? "link" : "file", status.Value.IsFile ? status.Value.Size : 0,
                DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(status.Value.Modified.Seconds, 0, 253_000_000_000)))];
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                foreach (var folder in Listed())
                {
                    var worked = time.GetTimestamp();
                    try
                    {
                        // What hub.yaml says now holds for machines that run, too.
                        quotas.Adjust(folder, QuotaOf(folder));
                        _known[folder] = await WalkAsync(folder, RestAsync, stoppingToken);
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                    {
                        // A disk that does not answer: what was known of it stays, and is looked at again.
                    }

                    // As long as it took, not as much as it used: what waits for a disk holds up others who do.
                    async Task RestAsync()
                    {
                        // A disk that stood still for hours is no reason to rest for weeks.
                        var rest = time.GetElapsedTime(worked) * RestPerWork;
                        await Task.Delay(rest < Pause ? rest : Pause, time, stoppingToken);
                        worked = time.GetTimestamp();
                    }
                }
                foreach (var gone in _known.Keys.Where(folder => !Directory.Exists(folder))) _known.TryRemove(gone, out _);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The hub stops.
        }
    }

    private List<string> Listed()
    {
        try
        {
            return [.. Volumes()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private IEnumerable<string> Volumes()
    {
        yield return folders.Storage;
        foreach (var home in Folders(Path.GetDirectoryName(folders.HomeOf("_"))!)) yield return home;
        foreach (var machine in Folders(Path.GetDirectoryName(folders.MachineOf("_"))!)) yield return folders.NotebooksOf(Path.GetFileName(machine));
    }

    private static string[] Folders(string path) => Directory.Exists(path) ? Directory.GetDirectories(path) : [];

    /// <summary>Bytes on the disk, of a file with several names once. Of folders only those that are still to be looked at are held, and sums of three levels.</summary>
    private async Task<Usage> WalkAsync(string volume, Func<Task> rest, CancellationToken cancellationToken)
    {
        var (bytes, files, entries) = (0L, 0L, 0);
        var sums = new Dictionary<string, long>();
        var linked = new HashSet<(ulong, ulong)>();
        using var tree = new ForeignTree(volume);
        var left = new Stack<(string Path, string? Sum, int Level)>([("/", null, 0)]);
        while (left.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in tree.List(next.Path))
            {
                if (++entries % EntriesAtOnce == 0) await rest();
                var path = ForeignTree.Join(next.Path, entry.Name);
                if (tree.Status(path) is not { } status) continue;
                if (status.IsFolder) left.Push((path, next.Level < Levels ? path : next.Sum, next.Level + 1));
                else if (status.Links == 1 || linked.Add((status.Device, status.Inode)))
                {
                    files++;
                    bytes += status.Room;
                    for (var folder = next.Sum; folder is { Length: > 0 }; folder = folder[..folder.LastIndexOf('/')]) sums[folder] = sums.GetValueOrDefault(folder) + status.Room;
                }
            }
        }
        await rest();
        return WithQuota(new Usage(bytes, files, [.. sums.OrderByDescending(sum => sum.Value).ThenBy(sum => sum.Key, StringComparer.Ordinal).Take(MostFolders).Select(sum => new FolderUsage(sum.Key[1..], sum.Value))], time.GetUtcNow(), null, false), volume);
    }

    private Usage WithQuota(Usage usage, string folder) => QuotaOf(folder) is { } quota ? usage with { Quota = quota, IsHard = ProjectQuotas.Holds(folder, quota) } : usage;

    private long? QuotaOf(string folder) => folder == folders.Storage ? settings.StorageQuota
        : IsHome(folder) ? settings.HomeQuota
        : settings.NotebooksQuota;

    private string NameOf(string folder) => folder == folders.Storage ? "The team's storage" : IsHome(folder) ? "The home" : "The notebooks folder";

    private bool IsHome(string folder) => Path.GetDirectoryName(folder) == Path.GetDirectoryName(folders.HomeOf("_"));

    private static string Size(long bytes) => bytes >= 1L << 30 ? $"{bytes / (double)(1L << 30):0.#} GiB" : $"{bytes / (double)(1L << 20):0.#} MiB";
}

/// <summary>How much a volume holds.</summary>
/// <param name="Bytes">That all files take on the disk, each counted once.</param>
/// <param name="Files">How many.</param>
/// <param name="Folders">The 50 largest folders down to the third level, largest first.</param>
/// <param name="Measured">When it was measured.</param>
/// <param name="Quota">Most bytes that it may hold; null for no limit.</param>
/// <param name="IsHard">Whether the file system lets nobody write beyond the quota; else no machine is started on a volume that has reached it.</param>
public sealed record Usage(long Bytes, long Files, IReadOnlyList<FolderUsage> Folders, DateTimeOffset Measured, long? Quota, bool IsHard);

/// <summary>A folder of a volume.</summary>
/// <param name="Path">From the volume on.</param>
/// <param name="Bytes">Of all in it.</param>
public sealed record FolderUsage(string Path, long Bytes);

/// <summary>What lies in a folder of a volume.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>file</c>, <c>folder</c> or <c>link</c>.</param>
/// <param name="Size">Bytes of a file, else 0.</param>
/// <param name="Modified">When it was changed.</param>
public sealed record StoredEntry(string Name, string Kind, long Size, DateTimeOffset Modified);
