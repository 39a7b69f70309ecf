using System.IO.Enumeration;

namespace Holdfast.Data.Packing;

/// <summary>An image of the folder that is packed.</summary>
/// <param name="Key">What it is called in the pack; there is no other of that key.</param>
/// <param name="Path">From the folder, with slashes.</param>
/// <param name="Label">Empty when it has none.</param>
internal sealed record IndexedImage(string Key, string Path, string Label);

/// <summary>The images of a folder, sorted by key, so that their order never depends on the file system.</summary>
internal static class ImageIndex
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png"];

    /// <summary>Finds the images below a folder. Hidden files and folders, and links to folders, are left out.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="pack">The pack's own folder, which may be in it.</param>
    /// <param name="key">How keys are made; null takes names where they are unique, else paths.</param>
    /// <param name="labels">How labels are made.</param>
    public static DataResult<(IReadOnlyList<IndexedImage> Images, PackKey Key)> Find(string folder, string pack, PackKey? key, LabelRule labels)
    {
        if (!Directory.Exists(folder)) return new DataFault(File.Exists(folder) ? $"{folder} is a file; name the folder of the images." : $"{folder} does not exist.");
        var paths = Paths(folder, pack);
        if (paths.Count == 0) return new DataFault($"{folder} has no image: no file below it ends in {string.Join(", ", Endings)}.");

        var twice = paths.GroupBy(Path.GetFileName).FirstOrDefault(group => group.Count() > 1)?.ToList();
        if (key == PackKey.Name && twice is not null)
            return new DataFault($"{twice[0]} and {twice[1]} have the same name, so it cannot be their key. Take paths as keys: --key path");
        var rule = key ?? (twice is null ? PackKey.Name : PackKey.Path);

        var images = new List<IndexedImage>(paths.Count);
        foreach (var path in paths)
        {
            var name = rule == PackKey.Name ? Path.GetFileName(path) : path;
            var label = labels.Of(name, path);
            if (!label.Ok) return label.Fault;
            images.Add(new IndexedImage(name, path, label.Value));
        }

        images.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
        if (labels.Refuse([.. images.Select(image => image.Key)]) is { } foreign) return foreign;
        return (images, rule);
    }

    private static List<string> Paths(string folder, string pack)
    {
        var (root, own) = (Path.GetFullPath(folder), Path.GetFullPath(pack));
        var files = new FileSystemEnumerable<string>(root, (ref FileSystemEntry entry) => Path.GetRelativePath(root, entry.ToFullPath()), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && Ends(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && entry.ToFullPath() != own,
        };
        return [.. files.Order(StringComparer.Ordinal)];
    }

    private static bool Ends(ReadOnlySpan<char> name)
    {
        foreach (var ending in Endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
