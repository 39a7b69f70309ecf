using System.Runtime.InteropServices;

namespace Holdfast.Engines.Host;

/// <summary>The calls into the C library that the platform has no name for.</summary>
internal static unsafe partial class Native
{
    public const int SigKill = 9, SigTerm = 15;
    private const int CurrentFolder = -100, NoFollow = 0x100, BasicStatus = 0x7FF;

    /// <summary>The number of the user that this process acts as.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint UserId();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Chown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollFd fds, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial byte* RealPath(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint GetAttribute(string path, string name, byte* value, nint size);

    [LibraryImport("libc", EntryPoint = "lsetxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetAttribute(string path, string name, byte* value, nint size, int flags);

    /// <summary>A descriptor that becomes readable when the process ends (pidfd_open(2), Linux 5.3); negative when there is no such process.</summary>
    public static int OpenProcess(int pid) => (int)Syscall(434, pid, 0);

    /// <summary>What is at a path, links not followed; null when nothing is.</summary>
    public static PathStatus? Status(string path)
    {
        // struct statx, the same on all architectures: statx(2).
        var buffer = stackalloc byte[256];
        if (Statx(CurrentFolder, path, NoFollow, BasicStatus, buffer) != 0) return null;
        return new PathStatus(*(ushort*)(buffer + 28), *(uint*)(buffer + 20), *(uint*)(buffer + 24), *(long*)(buffer + 40), *(long*)(buffer + 112), *(uint*)(buffer + 120),
            *(uint*)(buffer + 128), *(uint*)(buffer + 132));
    }

    /// <summary>A path without links, <c>.</c> and <c>..</c>; null when it does not exist.</summary>
    public static string? Resolve(string path)
    {
        var buffer = stackalloc byte[4096];
        return RealPath(path, buffer) == null ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }

    /// <summary>Whether a folder of an overlay's upper layer hides the one below it.</summary>
    public static bool IsOpaque(string folder)
    {
        byte value;
        return GetAttribute(folder, "trusted.overlay.opaque", &value, 1) == 1 && value == (byte)'y';
    }

    /// <summary>Lets a folder of an overlay's upper layer hide the one below it; false when that may not be.</summary>
    public static bool MakeOpaque(string folder)
    {
        var value = (byte)'y';
        return SetAttribute(folder, "trusted.overlay.opaque", &value, 1, 0) == 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }
}

/// <summary>What is at a path.</summary>
internal readonly record struct PathStatus(ushort Mode, uint Owner, uint Group, long Size, long ModifiedSeconds, uint ModifiedNanoseconds, uint DeviceMajor, uint DeviceMinor)
{
    public bool IsFolder => (Mode & 0xF000) == 0x4000;

    public bool IsFile => (Mode & 0xF000) == 0x8000;

    /// <summary>What an overlay puts in the place of something deleted: the character device 0, 0.</summary>
    public bool IsWhiteout => (Mode & 0xF000) == 0x2000 && DeviceMajor == 0 && DeviceMinor == 0;
}
