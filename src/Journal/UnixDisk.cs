using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal;

/// <summary>
/// The operating system's calls. Not .NET's streams: they have no fdatasync and no sync of a folder, and they turn a full disk into an exception.
/// </summary>
internal sealed partial class UnixDisk : IDisk
{
    public static readonly UnixDisk Instance = new();

    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int CreateFlag = 0x40;
    private const int CloseOnExec = 0x80000;
    private const int LockExclusiveNow = 2 | 4;
    private const int LockRelease = 8;

    public SafeFileHandle? Create(string path, out int errno) => Open(path, ReadWrite | CreateFlag | CloseOnExec, out errno);

    /// <summary>A folder's descriptor, to sync it and to hold the writer's lock.</summary>
    public static SafeFileHandle? OpenFolder(string path, out int errno) => Open(path, ReadOnly | CloseOnExec, out errno);

    /// <summary>Takes the writer's lock, which ends with the process; false when another writer has it.</summary>
    public static bool TryLock(SafeFileHandle folder) => flock(folder, LockExclusiveNow) == 0 || Marshal.GetLastPInvokeError() != Errno.WouldBlock;

    /// <summary>Releases the lock. Closing is not enough: a child that is just being started has the descriptor until its exec.</summary>
    public static void Unlock(SafeFileHandle folder) => _ = flock(folder, LockRelease);

    public int Read(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (true)
        {
            var read = (int)pread(file, bytes, bytes.Length, offset);
            if (read >= 0) return read;
            if (Marshal.GetLastPInvokeError() is var errno and not Errno.Interrupted) return -errno;
        }
    }

    public int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var written = pwrite(file, bytes, bytes.Length, offset);
            if (written < 0 && Marshal.GetLastPInvokeError() is var errno and not Errno.Interrupted) return errno;
            if (written <= 0) continue;
            bytes = bytes[(int)written..];
            offset += written;
        }
        return 0;
    }

    public int Sync(SafeFileHandle file) => Result(fdatasync(file));

    public int SyncFolder(SafeFileHandle folder) => Result(fsync(folder));

    public int Cut(SafeFileHandle file, long length) => Result(ftruncate(file, length));

    public int Delete(string path) => Result(unlink(path));

    private static SafeFileHandle? Open(string path, int flags, out int errno)
    {
        var file = open(path, flags, 0b110_000_000);
        errno = file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        if (!file.IsInvalid) return file;
        file.Dispose();
        return null;
    }

    private static int Result(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, Span<byte> bytes, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);
}
