using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>What a container changed in its own layer, from what Podman says: that names every path, and what mounts have left behind too.</summary>
internal static class ContainerLayer
{
    /// <summary>What Podman itself mounts in every container.</summary>
    private static readonly string[] Given = ["/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/run/.containerenv", "/run/podman-init", "/run/secrets"];

    public static IEnumerable<LayerChange> Changes(Container container, List<ContainerChange> changes)
    {
        // What a kept layer brought along lies below the upper folder: then sizes are those of what is seen inside, while it runs.
        var isBased = container.Config.Labels?.GetValueOrDefault(ContainerSpec.BaseLabel) is { Length: > 0 };
        var layer = container.GraphDriver?.Data?.GetValueOrDefault(isBased ? "MergedDir" : "UpperDir");
        var mounted = (container.Mounts ?? []).Select(mount => mount.Destination.TrimEnd('/')).Concat(Given).ToHashSet();
        // Folders on the way to a mount were made or touched for it.
        var onTheWay = mounted.SelectMany(Parents).ToHashSet();
        changes.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        var added = new HashSet<string>();
        var withChanges = changes.SelectMany(change => Parents(change.Path).Take(1)).ToHashSet();
        foreach (var change in changes)
        {
            var kind = change.Kind switch { 1 => LayerChangeKind.Added, 2 => LayerChangeKind.Deleted, _ => LayerChangeKind.Modified };
            if (mounted.Contains(change.Path)) continue;
            if (kind != LayerChangeKind.Deleted && onTheWay.Contains(change.Path)) continue;
            if (kind == LayerChangeKind.Added)
            {
                added.Add(change.Path);
                if (added.Contains(Parent(change.Path))) continue;
            }

            // A folder is changed by what changes in it: then that is the change.
            if (kind == LayerChangeKind.Modified && withChanges.Contains(change.Path)) continue;
            yield return new(change.Path, kind, kind == LayerChangeKind.Deleted || layer is null ? 0 : Size(layer + change.Path));
        }
    }

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static IEnumerable<string> Parents(string path)
    {
        for (var parent = Parent(path); parent.Length > 0; parent = Parent(parent)) yield return parent;
    }

    /// <summary>Bytes of a file, or of all files in a folder; 0 where the layer cannot be read from here.</summary>
    private static long Size(string path)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            if (attributes.HasFlag(FileAttributes.ReparsePoint)) return 0;
            if (!attributes.HasFlag(FileAttributes.Directory)) return new FileInfo(path).Length;
            var every = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
            return new DirectoryInfo(path).EnumerateFiles("*", every).Sum(file => file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
