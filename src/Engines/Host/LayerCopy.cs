using System.Globalization;
using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Engines.Host;

/// <summary>
/// Copies the upper folder of an overlay with all that an overlay reads in it: deletions, folders that hide others, owners, modes, times, capabilities, hard links. Who runs
/// above it may change it meanwhile: it is read through no link, and what has gone is left out. Pipes and sockets are left out.
/// </summary>
/// <param name="before">An earlier copy, whose files are taken by another name where they are still the same; null to copy all.</param>
/// <param name="skips">Paths from the upper folder on that are left out, with all below.</param>
/// <param name="marks">Whether files of the copy tell which ones they are copies of, for a later copy.</param>
internal sealed class LayerCopy(string? before, Func<string, bool> skips, bool marks)
{
    private const int LongestPath = 3000;
    private readonly Dictionary<ulong, string> _linked = [];

    /// <summary>Copies what is in a folder, and its attributes.</summary>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public void Copy(string from, string to, CancellationToken cancellationToken)
    {
        using var root = Native.OpenFolder(from);
        if (root.IsInvalid || Native.Status(root) is not { } status) throw new IOException($"The layer in {from} is not there.");
        Directory.CreateDirectory(to);
        foreach (var name in Names(root, ".")) Copy(root, name, $"{to}/{name}", cancellationToken);
        Finish(root, to, status);
    }

    private void Copy(SafeFileHandle root, string path, string to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (skips(path)) return;
        if (path.Length > LongestPath) throw new IOException($"It has folders in each other, deeper than can be kept: {path[..100]} …");
        using var entry = Native.OpenBelow(root, path, pathOnly: true);
        if (entry.IsInvalid || Native.Status(entry) is not { } status) return;
        if (status.IsFolder)
        {
            Directory.CreateDirectory(to);
            foreach (var name in Names(root, path)) Copy(root, $"{path}/{name}", $"{to}/{name}", cancellationToken);
        }
        else if (status.IsLink) File.CreateSymbolicLink(to, Native.LinkTarget(entry) ?? throw new IOException($"The link {path} cannot be read."));
        else if (status.IsWhiteout)
        {
            if (!Native.MakeWhiteout(to)) throw new UnauthorizedAccessException($"What was deleted ({path}) cannot be kept here: it takes root.");
        }
        else if (!status.IsFile || IsTaken(root, path, status, to) || !CopyFile(root, path, to)) return;
        Finish(entry, to, status);
    }

    /// <summary>Whether it was made another name of a file that is the same.</summary>
    private bool IsTaken(SafeFileHandle root, string path, FileStatus status, string to)
    {
        if (status.Links > 1 && _linked.TryGetValue(status.Inode, out var other)) return Native.HardLink(other, to);
        if (status.Links > 1) _linked[status.Inode] = to;
        if (before is null) return false;
        var earlier = $"{before}/{path}";
        if (Native.FileStatusOf(earlier) is not { IsFile: true } old || Key(old) != Key(status)) return false;
        // A file of its own again after a start from an earlier layer: then what is in it tells.
        if (Native.MarkOf(earlier) != Mark(status))
        {
            if (!HasSameContent(root, path, earlier)) return false;
            Native.Mark(earlier, Mark(status));
        }
        return Native.HardLink(earlier, to);
    }

    private static bool CopyFile(SafeFileHandle root, string path, string to)
    {
        using var from = Native.OpenBelow(root, path, pathOnly: false);
        if (from.IsInvalid || Native.Status(from) is not { IsFile: true }) return false;
        using var file = new FileStream(to, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        if (Native.Clone(from, file.SafeFileHandle)) return true;
        using var source = new FileStream(from, FileAccess.Read, bufferSize: 0);
        var buffer = new byte[(int)Math.Clamp(source.Length, 4 << 10, 1 << 20)];
        while (source.Read(buffer) is > 0 and var length)
        {
            // Where there are zeros only, the copy has holes.
            if (buffer.AsSpan(0, length).ContainsAnyExcept((byte)0)) file.Write(buffer, 0, length);
            else file.Seek(length, SeekOrigin.Current);
        }
        file.SetLength(file.Position);
        return true;
    }

    private static bool HasSameContent(SafeFileHandle root, string path, string other)
    {
        using var handle = Native.OpenBelow(root, path, pathOnly: false);
        if (handle.IsInvalid || Native.Status(handle) is not { IsFile: true }) return false;
        using var one = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        using var two = new FileStream(other, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var (left, right) = (new byte[128 << 10], new byte[128 << 10]);
        while (true)
        {
            var length = one.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            if (two.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != length || !left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length))) return false;
            if (length < left.Length) return true;
        }
    }

    private void Finish(SafeFileHandle entry, string to, FileStatus status)
    {
        var isNode = status.IsFolder || status.IsFile;
        // The owner first: changing it takes capabilities away.
        Native.Stamp(to, status);
        if (isNode && !Native.CopyAttributes(Native.NameOf(entry), to)) throw new UnauthorizedAccessException($"The attributes of {to} cannot be kept here.");
        if (marks && status.IsFile) Native.Mark(to, Mark(status));
    }

    private static (ushort, uint, uint, long, long, uint) Key(FileStatus status) => (status.Mode, status.Owner, status.Group, status.Size, status.ModifiedSeconds, status.ModifiedNanoseconds);

    private static string Mark(FileStatus status) => string.Create(CultureInfo.InvariantCulture, $"{status.Inode}:{status.ChangedSeconds}.{status.ChangedNanoseconds}");

    private static List<string> Names(SafeFileHandle root, string path)
    {
        using var folder = Native.OpenBelow(root, path, pathOnly: false);
        if (folder.IsInvalid) return [];
        return [.. new FileSystemEnumerable<string>(Native.NameOf(folder) + "/", static (ref FileSystemEntry entry) => entry.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0 })];
    }
}
