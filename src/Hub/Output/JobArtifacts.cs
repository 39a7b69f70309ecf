using Holdfast.Hub.Jobs;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Storage;
using Holdfast.Hub.Stores;

namespace Holdfast.Hub.Output;

/// <summary>
/// What lies in jobs' output folders. Everybody's machines write there, so it is read as a foreign tree whose root is the team's storage: no link, on the way to an output
/// or in it, leads out of that.
/// </summary>
internal sealed class JobArtifacts(HubFolders folders)
{
    public const int MostAtOnce = 1000;
    private const int Levels = 32;

    /// <summary>The artifacts after a path; half-written checkpoints are none.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="after">A path; null for the first ones.</param>
    /// <param name="limit">Most of them.</param>
    public ArtifactList List(JobRecord job, string? after, int limit)
    {
        var found = Walk(job, after?.Split('/') ?? []).Take(limit + 1).Select(file => Of(file.Path, file.Status)).ToList();
        return found.Count > limit ? new ArtifactList(found[..limit], found[limit - 1].Path) : new ArtifactList(found, null);
    }

    /// <summary>All of them, one after the other.</summary>
    public IEnumerable<Artifact> All(JobRecord job) => Walk(job, []).Select(file => Of(file.Path, file.Status));

    /// <summary>One of them, to be read; null when there is no such file.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="path">From the output folder on.</param>
    /// <param name="modified">When it was written last.</param>
    public FileStream? Open(JobRecord job, string path, out DateTimeOffset modified)
    {
        modified = default;
        // Dots would lead out of the output, if not out of the storage.
        if (path.Length == 0 || path.Split('/').Any(part => part is "" or "." or "..") || path.Contains('\0', StringComparison.Ordinal)) return null;
        using var tree = new ForeignTree(folders.Storage);
        if (FolderOf(job) is not { } folder || tree.OpenFile($"{folder}/{path}") is not { } file) return null;
        if (Posix.Status(file.SafeFileHandle) is { } status) modified = Posix.TimeOf(status.Modified);
        return file;
    }

    /// <summary>What was logged: in the output folder, or, where that was removed, as the hub has kept it.</summary>
    public FileStream? OpenMetrics(JobRecord job)
    {
        if (Open(job, MetricsFile.Name, out _) is { } file) return file;
        var kept = folders.MetricsOf(job.Id);
        return job.Store is not null && File.Exists(kept) ? File.OpenRead(kept) : null;
    }

    /// <summary>All files of the output folder, with what is known of each.</summary>
    public IEnumerable<(string Path, PathStatus Status)> Files(JobRecord job) => Walk(job, []);

    /// <summary>Whether there are files that no store has got: names that none takes, and what is too deep or too much to be listed.</summary>
    public bool HasMore(JobRecord job)
    {
        using var root = Posix.OpenRoot(folders.Storage);
        using var folder = FolderOf(job) is { } path ? Posix.OpenBelow(root, path[1..]) : null;
        if (folder is null or { IsInvalid: true }) return false;
        var top = $"{Posix.NameOf(folder)}/";
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(top, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false }))
        {
            var name = file[top.Length..];
            if (name.StartsWith("checkpoints/", StringComparison.Ordinal) && name.Contains(".tmp-", StringComparison.Ordinal)) continue;
            // Names that are no UTF-8 are read with a mark in the place of what is none.
            if (!StorePlace.IsPath(name) || name.Contains('\uFFFD', StringComparison.Ordinal) || name.Count(letter => letter == '/') > Levels) return true;
            count++;
        }
        return count > ForeignTree.MostNames && count > Files(job).Count();
    }

    /// <summary>What is at a path of the output folder; null when nothing is.</summary>
    public PathStatus? StatusOf(JobRecord job, string path)
    {
        using var tree = new ForeignTree(folders.Storage);
        return FolderOf(job) is { } folder ? tree.Status($"{folder}/{path}") : null;
    }

    /// <summary>Whether the output folder is there.</summary>
    public bool IsThere(JobRecord job)
    {
        using var tree = new ForeignTree(folders.Storage);
        return FolderOf(job) is { } folder && tree.Status(folder) is { IsFolder: true };
    }

    private IEnumerable<(string Path, PathStatus Status)> Walk(JobRecord job, string[] after)
    {
        if (FolderOf(job) is not { } folder) yield break;
        using var tree = new ForeignTree(folders.Storage);
        foreach (var file in Walk(tree, folder, "", after, 0)) yield return file;
    }

    /// <summary>Where it is in the storage; null when it lies elsewhere.</summary>
    private static string? FolderOf(JobRecord job) => job.Output.StartsWith($"{JobOutputFolder.Storage}/", StringComparison.Ordinal) ? job.Output[JobOutputFolder.Storage.Length..].TrimEnd('/') : null;

    private static IEnumerable<(string Path, PathStatus Status)> Walk(ForeignTree tree, string folder, string path, string[] after, int level)
    {
        foreach (var entry in tree.List(folder).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var place = level < after.Length ? string.CompareOrdinal(entry.Name, after[level]) : 1;
            var (at, name) = (ForeignTree.Join(folder, entry.Name), path.Length == 0 ? entry.Name : $"{path}/{entry.Name}");
            if (place < 0 || path == "checkpoints" && entry.Name.Contains(".tmp-", StringComparison.Ordinal)) continue;
            if (entry.Kind == EntryKind.Folder)
            {
                if (level == Levels) continue;
                foreach (var deeper in Walk(tree, at, name, place == 0 ? after : [], level + 1)) yield return deeper;
            }
            else if (place > 0 && StatusOf(tree, at, entry.Kind) is { IsFile: true } file) yield return (name, file);
        }
    }

    private static PathStatus? StatusOf(ForeignTree tree, string path, EntryKind kind)
    {
        if (kind != EntryKind.Link) return tree.Status(path);
        using var file = tree.OpenFile(path);
        return file is null ? null : Posix.Status(file.SafeFileHandle);
    }

    private static Artifact Of(string path, PathStatus status) => new(path, ArtifactKind.Of(path), status.Size, Posix.TimeOf(status.Modified));
}
