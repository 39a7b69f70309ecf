using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Lab.Posix;

/// <summary>The calls into the C library that the platform has no name for.</summary>
internal static partial class Libc
{
    public const int CurrentFolder = -100;
    public const int NoFollow = 0x100;
    public const int WriteAccess = 2;
    public const int ReadAndEnter = 4 | 1;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Chown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>
    /// Opens a file to be locked, making it with mode 0600; invalid when that failed. The platform's own streams ask for a lock as they open, and fail
    /// where another process has it.
    /// </summary>
    public static SafeFileHandle OpenForLock(string path) => new(Open(path, 0x80042 /* O_RDWR, O_CREAT, O_CLOEXEC */, 0x180), ownsHandle: true);

    /// <summary>Waits until this open file has the exclusive lock of the whole file (flock(2)); others that ask for it wait until it is closed.</summary>
    public static int LockWhole(SafeFileHandle file)
    {
        int result;
        do
        {
            result = Flock(file, 2 /* LOCK_EX */);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == 4 /* EINTR */);
        return result;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
