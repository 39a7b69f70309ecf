using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>
/// What the upper folder of an overlay says was changed (the kernel's Documentation/filesystems/overlayfs.rst): a character device 0, 0 is a deletion,
/// a folder with the attribute <c>trusted.overlay.opaque</c> hides what was there, everything else was made or changed.
/// </summary>
internal sealed class LayerWalk(string upper, WorkloadLayer layer, IReadOnlyList<string> targets)
{
    /// <summary>The changes. Of folders only those that are still to be looked at are held.</summary>
    public IEnumerable<LayerChange> Changes()
    {
        var left = new Stack<(string Inside, bool IsOpaque)>();
        left.Push((layer.Point, false));
        while (left.TryPop(out var folder))
        {
            foreach (var name in Names(OfUpper(folder.Inside)))
            {
                var inside = folder.Inside == "/" ? $"/{name}" : $"{folder.Inside}/{name}";
                if (targets.Contains(inside) || Native.Status(OfUpper(inside)) is not { } now) continue;
                // Folders that begin empty are opaque from the start: what the host has there was never seen.
                var before = IsHidden(inside) ? null : Native.Status(inside);
                var beginsEmpty = WorkloadRecord.BeginEmpty.Contains(inside);
                if (now.IsWhiteout)
                {
                    if (before is not null) yield return new LayerChange(inside, LayerChangeKind.Deleted, 0);
                }
                else if (now.IsFolder && (before is { IsFolder: true } || beginsEmpty || targets.Any(target => HostMount.IsIn(target, inside))))
                {
                    if (!beginsEmpty && before is { } was && (was.Mode, was.Owner, was.Group) != (now.Mode, now.Owner, now.Group)) yield return new LayerChange(inside, LayerChangeKind.Modified, 0);
                    left.Push((inside, !beginsEmpty && (folder.IsOpaque || Native.IsOpaque(OfUpper(inside)))));
                }
                else if (before is not { } old || !IsSame(old, now))
                {
                    yield return new LayerChange(inside, before is null ? LayerChangeKind.Added : LayerChangeKind.Modified, now.IsFolder ? SizeOf(OfUpper(inside)) : now.IsFile ? now.Size : 0);
                }
            }

            if (!folder.IsOpaque) continue;
            foreach (var name in Names(folder.Inside))
            {
                if (Native.Status(OfUpper($"{folder.Inside}/{name}")) is null) yield return new LayerChange($"{folder.Inside}/{name}", LayerChangeKind.Deleted, 0);
            }
        }
    }

    private static bool IsHidden(string inside) => WorkloadRecord.BeginEmpty.Any(folder => inside != folder && HostMount.IsIn(inside, folder));

    /// <summary>A file that was opened for writing is copied up even when nothing is written; its times stay.</summary>
    private static bool IsSame(PathStatus old, PathStatus now) => old with { DeviceMajor = 0, DeviceMinor = 0 } == now with { DeviceMajor = 0, DeviceMinor = 0 };

    private string OfUpper(string inside) => layer.Point == "/" ? upper + inside : upper + inside[layer.Point.Length..];

    private static long SizeOf(string folder)
    {
        var size = 0L;
        var left = new Stack<string>([folder]);
        while (left.TryPop(out var next))
        {
            foreach (var name in Names(next))
            {
                var path = $"{next}/{name}";
                if (Native.Status(path) is not { } status) continue;
                if (status.IsFolder) left.Push(path);
                else if (status.IsFile) size += status.Size;
            }
        }

        return size;
    }

    /// <summary>Names in a folder; none when it went away meanwhile, or its path is longer than the system takes.</summary>
    private static IEnumerable<string> Names(string folder)
    {
        IEnumerator<string> entries;
        try
        {
            entries = Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true }).GetEnumerator();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        using (entries)
        {
            while (entries.MoveNext()) yield return Path.GetFileName(entries.Current);
        }
    }
}
