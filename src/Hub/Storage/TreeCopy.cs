using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Storage;

/// <summary>
/// A file or folder copied with owners, modes, times, links, and hard links within it. What is copied may be changed by others meanwhile: it is read through no link.
/// </summary>
/// <param name="share">Makes a new file share the content of one that is open; false when it must be copied. Null to copy always.</param>
/// <param name="skips">Names below what is copied that are left out, as a path from there; null for none.</param>
internal sealed class TreeCopy(Func<SafeFileHandle, PathStatus, string, bool>? share = null, Func<string, bool>? skips = null)
{
    private readonly Dictionary<(ulong, ulong), string> _seen = [];

    /// <summary>How many files and folders have been copied.</summary>
    public int Count { get; private set; }

    /// <summary>Copies.</summary>
    /// <param name="folder">The folder in which it lies.</param>
    /// <param name="name">Its name, or its path from there.</param>
    /// <param name="to">Where the copy is made; nothing may be there.</param>
    /// <param name="cancellationToken">Gives up; what was copied stays.</param>
    /// <exception cref="IOException">It cannot be read or written. Pipes, sockets and devices are left out.</exception>
    public void Copy(SafeFileHandle folder, string name, string to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var entry = Posix.OpenBelow(folder, name, pathOnly: true);
        if (entry.IsInvalid || Posix.Status(entry) is not { } status) throw new IOException($"{name} cannot be read: it has gone, or its path is too long.");
        Count++;
        if (status.IsFolder)
        {
            Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var child in Names(folder, name))
            {
                if (skips?.Invoke($"{name}/{child}") != true) Copy(folder, $"{name}/{child}", $"{to}/{child}", cancellationToken);
            }
        }
        else if (status.IsLink) File.CreateSymbolicLink(to, Posix.LinkTarget(entry) ?? throw new IOException($"The link {name} cannot be read."));
        else if (!status.IsFile) return;
        else if (status.Links > 1 && _seen.TryGetValue((status.Device, status.Inode), out var first))
        {
            using var made = File.OpenHandle(first);
            if (Posix.HardLink(made, to)) return;
            CopyFile(folder, name, status, to);
        }
        else if (CopyFile(folder, name, status, to)) return;
        Posix.Stamp(to, status);
        // Last: changing the owner takes set-id bits away.
        if (!status.IsLink) Posix.Permit(to, status.Permissions);
    }

    /// <summary>The first path in a tree that is not the same in a copy of it: kind, size, time of modification, and what links say; null when all are.</summary>
    /// <param name="folder">As of <see cref="Copy"/>.</param>
    /// <param name="name">As of <see cref="Copy"/>.</param>
    /// <param name="copy">The copy.</param>
    public static string? Difference(SafeFileHandle folder, string name, string copy)
    {
        using var entry = Posix.OpenBelow(folder, name, pathOnly: true);
        if (entry.IsInvalid || Posix.Status(entry) is not { } now || Posix.Status(copy) is not { } copied) return name;
        if (!now.IsFolder && !now.IsFile && !now.IsLink) return null;
        if (now.Mode != copied.Mode || (!now.IsFolder && (now.Size, now.Modified) != (copied.Size, copied.Modified))) return name;
        return now.IsFolder ? Names(folder, name).Select(child => Difference(folder, $"{name}/{child}", $"{copy}/{child}")).FirstOrDefault(difference => difference is not null) : null;
    }

    /// <summary>Names in a folder below another one.</summary>
    public static List<string> Names(SafeFileHandle folder, string name)
    {
        using var handle = Posix.OpenBelow(folder, name);
        return handle.IsInvalid ? throw new IOException($"The folder {name} cannot be read.") : Names(handle);
    }

    /// <summary>Names in a folder that is open.</summary>
    public static List<string> Names(SafeFileHandle folder) =>
        [.. new FileSystemEnumerable<string>(Posix.NameOf(folder) + "/", static (ref FileSystemEntry entry) => entry.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0 })];

    /// <summary>Whether the file is now the very same one, with nothing left to be set.</summary>
    private bool CopyFile(SafeFileHandle folder, string name, PathStatus status, string to)
    {
        using var from = Posix.OpenBelow(folder, name);
        if (from.IsInvalid || Posix.Status(from) is not { IsFile: true }) throw new IOException($"{name} cannot be read.");
        if (share?.Invoke(from, status, to) == true) return Posix.Status(to)?.Inode == status.Inode;
        if (status.Links > 1) _seen[(status.Device, status.Inode)] = to;
        using var file = new FileStream(to, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        if (Posix.Clone(from, file.SafeFileHandle)) return false;
        using var source = new FileStream(from, FileAccess.Read, bufferSize: 0);
        CopyContent(source, file);
        return false;
    }

    /// <summary>Copies to the end; where there are zeros only, the copy has holes.</summary>
    private static void CopyContent(FileStream from, FileStream to)
    {
        var buffer = new byte[(int)Math.Clamp(from.Length, 4 << 10, 1 << 20)];
        while (from.Read(buffer) is > 0 and var length)
        {
            if (buffer.AsSpan(0, length).ContainsAnyExcept((byte)0)) to.Write(buffer, 0, length);
            else to.Seek(length, SeekOrigin.Current);
        }
        to.SetLength(to.Position);
    }
}
