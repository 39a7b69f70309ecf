using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Lab.Posix;

/// <summary>
/// A file that is replaced as a whole or not at all: written beside its place, synced, renamed over it, and the folder synced. Mode and
/// owner stay. Where the place is a link, what it points at is replaced, not the link.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly string _target;
    private readonly string _temporary;
    private readonly FileStatus? _before;
    private readonly bool _isKept;
    private bool _committed;

    /// <exception cref="IOException">The folder cannot take another file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public AtomicFile(string path)
        : this(path, isKept: false)
    {
    }

    private AtomicFile(string path, bool isKept)
    {
        _target = TargetOf(path);
        _before = FileStatus.Of(_target);
        if (_before is not null && Libc.Access(_target, Libc.WriteAccess) != 0)
            throw new UnauthorizedAccessException(_target);
        _isKept = isKept;
        _temporary = isKept ? KeptName(path) : Path.Join(Path.GetDirectoryName(_target), $".{Guid.NewGuid():N}.tmp");
        Stream = new FileStream(_temporary, new FileStreamOptions
        {
            Mode = isKept ? FileMode.OpenOrCreate : FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            UnixCreateMode = _before is null ? ForAll : UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Where the new content is written.</summary>
    public FileStream Stream { get; }

    /// <summary>The new file as it will be; its time of change does not change any more once all is written.</summary>
    public FileStatus? Status => FileStatus.Of(_temporary);

    /// <summary>One whose new content stays when it is not committed, and is there the next time. Nobody else may have it open.</summary>
    /// <exception cref="IOException">As of the constructor, or it is open already.</exception>
    public static AtomicFile Kept(string path) => new(path, isKept: true);

    /// <summary>Where the new content of a <see cref="Kept"/> file lies.</summary>
    public static string KeptName(string path)
    {
        var target = TargetOf(path);
        return Path.Join(Path.GetDirectoryName(target), $".{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(target))))[..32]}.upload");
    }

    /// <summary>Replaces the file's content.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(content);
        file.Commit();
    }

    /// <summary>Replaces the file's content by another file's.</summary>
    public static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        using var file = new AtomicFile(to);
        source.CopyTo(file.Stream, 1 << 20);
        file.Commit();
    }

    /// <summary>Makes the new content the file's. Until then nothing has changed.</summary>
    public void Commit()
    {
        if (_before is { } before)
        {
            var made = FileStatus.Of(_temporary);
            // Owner first: changing it takes set-id bits away. Only root can give a file away; for others the owner is theirs anyway.
            if (made?.User != before.User || made?.Group != before.Group)
                _ = Libc.Chown(_temporary, before.User, before.Group);
            File.SetUnixFileMode(Stream.SafeFileHandle, before.Permissions);
        }
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _target, overwrite: true);
        _committed = true;
        SyncFolder(Path.GetDirectoryName(_target)!);
    }

    /// <summary>Makes the names in a folder survive a power cut.</summary>
    public static void SyncFolder(string folder)
    {
        var descriptor = Libc.Open(folder, 0x80000 /* O_CLOEXEC */, 0);
        if (descriptor < 0)
            return;
        _ = Libc.Fsync(descriptor);
        _ = Libc.Close(descriptor);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed && !_isKept)
            File.Delete(_temporary);
    }

    private static string TargetOf(string path) => new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
}
