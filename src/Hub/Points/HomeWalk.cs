using System.Globalization;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Storage;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Points;

/// <summary>Looks at the package folders of a home, in which others may write meanwhile: through no link, and what has gone is left out. What Python has compiled is left out.</summary>
internal static class HomeWalk
{
    private const int MostFiles = 200_000, MostLevels = 100;
    private const string Compiled = "__pycache__";

    /// <summary>What is there, with the names of no contents; and a sentence for each folder that is left out.</summary>
    public static (HeldTree Tree, IReadOnlyList<string> LeftOut) Look(string home, CancellationToken cancellationToken)
    {
        using var tree = new ForeignTree(home);
        using var root = Posix.OpenRoot(home);
        var (roots, entries, leftOut) = (new List<string>(), new List<HeldEntry>(), new List<string>());
        foreach (var path in PackageFolders.Of(tree))
        {
            var found = new List<HeldEntry>();
            if (!Posix.OpenBelow(root, path, pathOnly: true).IsThere()) leftOut.Add($"~/{path} is reached through a link: only what lies in the home itself is a part of it.");
            else if (!Walk(root, path, found, cancellationToken)) leftOut.Add(string.Create(CultureInfo.InvariantCulture, $"~/{path} has more than {MostFiles:n0} files, or {MostLevels} folders in each other."));
            else
            {
                roots.Add(path);
                entries.AddRange(found);
            }
        }
        return (new HeldTree(roots, entries), leftOut);
    }

    /// <summary>Adds what is at a path and below; false when that is too much.</summary>
    private static bool Walk(SafeFileHandle home, string path, List<HeldEntry> found, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var entry = Posix.OpenBelow(home, path, pathOnly: true);
        if (entry.IsInvalid || Posix.Status(entry) is not { } status || !(status.IsFolder || status.IsFile || status.IsLink)) return true;
        if (found.Count >= MostFiles || path.AsSpan().Count('/') >= MostLevels) return false;
        found.Add(new HeldEntry(path, status, status.IsLink ? Posix.LinkTarget(entry) : null, "", default));
        return !status.IsFolder || NamesIn(home, path).All(name => name == Compiled || Walk(home, $"{path}/{name}", found, cancellationToken));
    }

    private static List<string> NamesIn(SafeFileHandle home, string path)
    {
        try
        {
            var names = TreeCopy.Names(home, path);
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (IOException)
        {
            // It has gone.
            return [];
        }
    }

    private static bool IsThere(this SafeFileHandle handle)
    {
        using (handle) return !handle.IsInvalid;
    }
}
