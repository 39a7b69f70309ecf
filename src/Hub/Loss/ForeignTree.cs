using System.IO.Enumeration;
using System.Text;
using Holdfast.Hub.Storage;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Loss;

/// <summary>
/// A file system tree that others write, read with care: paths mean in it what they mean to a process whose root it is, so no link leads out of it; what is no
/// regular file is not read; nothing is read whole that is larger than asked for.
/// </summary>
internal sealed class ForeignTree : IDisposable
{
    /// <summary>Of one folder no more are listed.</summary>
    public const int MostNames = 100_000;
    private readonly SafeFileHandle _root;

    /// <param name="root">The folder that is its root; one that is not there is an empty tree.</param>
    public ForeignTree(string root)
    {
        Root = root;
        _root = Posix.OpenRoot(root);
    }

    /// <summary>The folder that is its root, on this host.</summary>
    public string Root { get; }

    /// <summary>What is at a path, a link itself; null when nothing is.</summary>
    public PathStatus? Status(string path)
    {
        using var found = Open(path, follow: false, pathOnly: true);
        return found is null ? null : Posix.Status(found);
    }

    /// <summary>What a link says; null when there is none.</summary>
    public string? LinkTarget(string path)
    {
        using var link = Open(path, follow: false, pathOnly: true);
        return link is null ? null : Posix.LinkTarget(link);
    }

    /// <summary>The content of a file; null when there is none, or a larger one.</summary>
    public byte[]? Read(string path, int most)
    {
        using var file = OpenFile(path);
        if (file is null || file.Length > most) return null;
        var bytes = new byte[file.Length];
        try
        {
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The text of a file; null as <see cref="Read"/>.</summary>
    public string? ReadText(string path, int most) => Read(path, most) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>A file to be read; null when there is none.</summary>
    public FileStream? OpenFile(string path)
    {
        var file = Open(path, follow: true, pathOnly: false);
        if (file is null) return null;
        if (Posix.Status(file) is { IsFile: true }) return new FileStream(file, FileAccess.Read, bufferSize: 0);
        file.Dispose();
        return null;
    }

    /// <summary>What lies in a folder, in no order; nothing when there is none. At most 100 000.</summary>
    public IReadOnlyList<TreeEntry> List(string folder)
    {
        using var handle = Open(folder, follow: true, pathOnly: false);
        if (handle is null || Posix.Status(handle) is not { IsFolder: true }) return [];
        try
        {
            return [.. new FileSystemEnumerable<TreeEntry>(
                Posix.NameOf(handle) + "/",
                static (ref FileSystemEntry entry) => new TreeEntry(entry.FileName.ToString(), Kind(entry)),
                new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true }).Take(MostNames)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Whether there is anything but folders in a folder, and bytes of its files.</summary>
    public (bool Found, long Bytes) Measure(string folder)
    {
        var (found, bytes) = (false, 0L);
        var left = new Stack<string>([folder]);
        while (left.TryPop(out var next))
        {
            foreach (var entry in List(next))
            {
                if (entry.Kind == EntryKind.Folder) left.Push(Join(next, entry.Name));
                else
                {
                    found = true;
                    if (entry.Kind == EntryKind.Other && Status(Join(next, entry.Name)) is { IsFile: true } file) bytes += file.Size;
                }
            }
        }
        return (found, bytes);
    }

    /// <inheritdoc />
    public void Dispose() => _root.Dispose();

    /// <summary>A folder and a name, or a path, in it.</summary>
    public static string Join(string folder, string name) => folder == "/" ? $"/{name}" : $"{folder}/{name}";

    /// <summary>Whether a path is a folder or lies below it.</summary>
    public static bool IsIn(string path, string folder) =>
        folder == "/" || (path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/'));

    private static EntryKind Kind(in FileSystemEntry entry) =>
        entry.Attributes.HasFlag(FileAttributes.ReparsePoint) ? EntryKind.Link : entry.IsDirectory ? EntryKind.Folder : EntryKind.Other;

    private SafeFileHandle? Open(string path, bool follow, bool pathOnly)
    {
        if (_root.IsInvalid) return null;
        var file = Posix.OpenIn(_root, path, follow, pathOnly);
        if (!file.IsInvalid) return file;
        file.Dispose();
        return null;
    }
}

/// <summary>A name in a folder.</summary>
internal readonly record struct TreeEntry(string Name, EntryKind Kind);

/// <summary>What a name stands for.</summary>
internal enum EntryKind
{
    /// <summary>A file, mostly.</summary>
    Other,
    /// <summary>A folder.</summary>
    Folder,
    /// <summary>A link, to whatever.</summary>
    Link,
}
