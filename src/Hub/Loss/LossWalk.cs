using Holdfast.Engines.Contract;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Loss;

/// <summary>
/// Of the changes in a machine's layer those that a stop destroys and nothing brings back. A new folder is one of them as a whole, unless a package or a rule has a
/// part of it: then what is nobody's in it is named.
/// </summary>
/// <param name="tree">The machine's root; null when it cannot be looked into: then all changes count.</param>
/// <param name="files">Files and folders of packages, and links that the next start makes again.</param>
/// <param name="wholes">Folders that belong to packages with all in them.</param>
internal sealed class LossWalk(ForeignTree? tree, HashSet<string> files, HashSet<string> wholes)
{
    private const int Most = 1000;
    private readonly HashSet<string> _onTheWay = OnTheWay(files.Concat(wholes));
    private readonly List<LostPath> _files = [], _settings = [];
    private int _more;
    private long _size;

    /// <summary>What was found.</summary>
    public LossList List(DateTimeOffset time, IReadOnlyList<PackageChange> packages)
    {
        Trim(_files, Most);
        Trim(_settings, Most);
        return new LossList(time, packages, _files, _more, _settings, _size);
    }

    public void Add(LayerChange change)
    {
        // What was deleted comes back with the next start: that is no loss.
        if (change.Kind == LayerChangeKind.Deleted || LossRule.LeavesOut(change.Path)) return;
        _size += change.Size;
        var status = tree?.Status(change.Path);
        if (status is { IsFolder: true })
        {
            // Of a folder that was there the attributes have changed: what changed in it is named for itself.
            if (change.Kind == LayerChangeKind.Modified && change.Size == 0) return;
            Look(change.Path, change.Size, change.Kind == LayerChangeKind.Added);
        }
        else AddFile(change.Path, status, change.Size, change.Kind == LayerChangeKind.Added);
    }

    private void Look(string folder, long size, bool isNew)
    {
        var left = new Stack<(string Path, long? Size)>([(folder, size)]);
        while (left.TryPop(out var next))
        {
            if (LossRule.LeavesOut(next.Path) || wholes.Contains(next.Path)) continue;
            if (!_onTheWay.Contains(next.Path) && !LossRule.MayBeBelow(next.Path))
            {
                var (found, bytes) = next.Size is > 0 and { } known ? (true, known) : tree!.Measure(next.Path);
                // An empty folder holds nothing to lose.
                if (found) AddLost(next.Path, bytes, isNew);
                continue;
            }
            foreach (var entry in tree!.List(next.Path))
            {
                var path = ForeignTree.Join(next.Path, entry.Name);
                if (entry.Kind == EntryKind.Folder) left.Push((path, null));
                else if (!LossRule.LeavesOut(path) && tree.Status(path) is { } status) AddFile(path, status, status.IsFile ? status.Size : 0, isNew);
            }
        }
    }

    private void AddFile(string path, PathStatus? status, long size, bool isNew)
    {
        if (files.Contains(path) || (wholes.Count > 0 && wholes.Any(whole => ForeignTree.IsIn(path, whole)))) return;
        // Links of update-alternatives(1): the other end of each is in /etc/alternatives, and made by packages too.
        if (status is { IsLink: true } && tree!.LinkTarget(path)?.StartsWith("/etc/alternatives/", StringComparison.Ordinal) == true) return;
        AddLost(path, size, isNew);
    }

    private void AddLost(string path, long size, bool isNew)
    {
        var list = ForeignTree.IsIn(path, "/etc") || path.StartsWith("/root/.", StringComparison.Ordinal) ? _settings : _files;
        list.Add(new LostPath(path, size, isNew));
        if (list.Count >= 8 * Most) Trim(list, Most);
    }

    private void Trim(List<LostPath> list, int most)
    {
        list.Sort((one, other) => other.Size != one.Size ? other.Size.CompareTo(one.Size) : string.CompareOrdinal(one.Path, other.Path));
        if (list.Count <= most) return;
        _more += list.Count - most;
        list.RemoveRange(most, list.Count - most);
    }

    private static HashSet<string> OnTheWay(IEnumerable<string> paths)
    {
        var folders = new HashSet<string>();
        foreach (var path in paths)
        {
            for (var end = path.LastIndexOf('/'); end > 0 && folders.Add(path[..end]); end = path.LastIndexOf('/', end - 1))
            {
                // Each folder above is added by the condition.
            }
        }
        return folders;
    }
}
