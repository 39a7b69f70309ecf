using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Storage;

/// <summary>The calls into the C library that the platform has no name for.</summary>
internal static unsafe partial class Posix
{
    private const int CurrentFolder = -100, NoFollow = 0x100, EmptyPath = 0x1000, BasicStatus = 0x7ff;
    private const int PathOnly = 0x200000, CloseOnExec = 0x80000, NotThroughLink = 0x20000, NotBlocking = 0x800, NoTerminal = 0x100;

    /// <summary>Opens a folder as the root of <see cref="OpenIn"/>; invalid when that failed.</summary>
    public static SafeFileHandle OpenRoot(string folder) => Open(folder, PathOnly | CloseOnExec, 0);

    /// <summary>
    /// Opens for reading what a path means to a process whose root that folder is: no link, absolute or with dots, leads out of it (openat2(2), Linux 5.6).
    /// A pipe does not hold it up.
    /// </summary>
    public static SafeFileHandle OpenIn(SafeFileHandle root, string path, bool follow = true, bool pathOnly = false) => Open(root, path, follow, pathOnly, resolve: 0x10 /* RESOLVE_IN_ROOT */);

    /// <summary>Opens for reading, or as itself, an entry below a folder, through no link at all.</summary>
    public static SafeFileHandle OpenBelow(SafeFileHandle folder, string path, bool pathOnly = false) =>
        Open(folder, path, follow: false, pathOnly, resolve: 0x08 | 0x04 /* RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS */);

    private static SafeFileHandle Open(SafeFileHandle root, string path, bool follow, bool pathOnly, ulong resolve)
    {
        var how = new OpenHow
        {
            Flags = (ulong)(CloseOnExec | (follow ? 0 : NotThroughLink) | (pathOnly ? PathOnly : NotBlocking | NoTerminal)),
            Resolve = resolve | 0x02 /* RESOLVE_NO_MAGICLINKS */,
        };
        var text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return new SafeFileHandle((nint)Syscall(437, (nint)root.DangerousGetHandle(), text, (nint)(&how), sizeof(OpenHow)), ownsHandle: true);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
            GC.KeepAlive(root);
        }
    }

    /// <summary>What is at a path, a link itself and not what it leads to; null when nothing is.</summary>
    public static PathStatus? Status(string path)
    {
        var buffer = stackalloc byte[256];
        return Statx(CurrentFolder, path, NoFollow, BasicStatus, buffer) == 0 ? Read(buffer) : null;
    }

    /// <summary>What was opened.</summary>
    public static PathStatus? Status(SafeFileHandle file)
    {
        var buffer = stackalloc byte[256];
        return Statx((int)file.DangerousGetHandle(), "", EmptyPath, BasicStatus, buffer) == 0 ? Read(buffer) : null;
    }

    /// <summary>What a link that was opened itself says; null when it is none.</summary>
    public static string? LinkTarget(SafeFileHandle link)
    {
        var buffer = stackalloc byte[4096];
        var length = (int)ReadLinkAt((int)link.DangerousGetHandle(), "", buffer, 4096);
        return length > 0 ? Marshal.PtrToStringUTF8((nint)buffer, length) : null;
    }

    /// <summary>Makes one file share another one's blocks (ioctl FICLONE); false where the file system cannot.</summary>
    public static bool Clone(SafeFileHandle from, SafeFileHandle to) => Ioctl(to, 0x40049409, from) == 0;

    /// <summary>Two paths change places, at once; the error number, 0 for none.</summary>
    public static int Exchange(string one, string other) => Error(RenameAt(CurrentFolder, one, CurrentFolder, other, 2));

    /// <summary>Renames without replacing anything; the error number, 0 for none.</summary>
    public static int MoveTo(string from, string to) => Error(RenameAt(CurrentFolder, from, CurrentFolder, to, 1));

    /// <summary>Another name for a file that is open; false when the file system has none for it.</summary>
    public static bool HardLink(SafeFileHandle file, string name) => LinkAt(CurrentFolder, NameOf(file), CurrentFolder, name, 0x400 /* AT_SYMLINK_FOLLOW */) == 0;

    /// <summary>A path that means what is open, whatever happens to its names.</summary>
    public static string NameOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    /// <summary>Gives an entry, a link itself, its owner, group and time of modification.</summary>
    public static void Stamp(string path, PathStatus like)
    {
        Own(path, like.User, like.Group);
        var times = stackalloc long[4] { like.Modified.Seconds, like.Modified.Nanoseconds, like.Modified.Seconds, like.Modified.Nanoseconds };
        _ = SetTimes(CurrentFolder, path, times, NoFollow);
    }

    /// <summary>Changes the owner of an entry; false when that may not be.</summary>
    public static bool Own(string path, uint user, uint group, bool follow = false) => ChangeOwner(CurrentFolder, path, user, group, follow ? 0 : NoFollow) == 0;

    /// <summary>Changes permissions of a file that is no link; false when that may not be.</summary>
    public static bool Permit(string path, int mode)
    {
        using var file = Open(path, PathOnly | CloseOnExec | NotThroughLink, 0);
        return !file.IsInvalid && Permit(file, mode);
    }

    /// <summary>As the other, of what is open as itself: that takes no fchmod, and its name below <c>/proc</c> does.</summary>
    public static bool Permit(SafeFileHandle entry, int mode) => Status(entry) is { IsLink: false } && ChangeMode(NameOf(entry), mode) == 0;

    /// <summary>Makes all that was written to the file system of a folder survive a power cut; false when that failed.</summary>
    public static bool SyncAll(string folder)
    {
        using var handle = Open(folder, CloseOnExec, 0);
        return !handle.IsInvalid && SyncFileSystem(handle) == 0;
    }

    /// <summary>Two stream sockets that are connected to each other.</summary>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public static (Socket, Socket) SocketPair()
    {
        var ends = stackalloc int[2];
        if (MakeSocketPair(1 /* AF_UNIX */, 1 /* SOCK_STREAM */ | CloseOnExec, 0, ends) != 0) throw new IOException($"No socket can be made: {Marshal.GetPInvokeErrorMessage(LastError)}.");
        return (new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)), new Socket(new SafeSocketHandle(ends[1], ownsHandle: true)));
    }

    /// <summary>Why the last call of this thread has failed, as an error number.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>A time of the file system, in whole seconds.</summary>
    public static DateTimeOffset TimeOf((long Seconds, uint Nanoseconds) time) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time.Seconds, 0, 253_000_000_000));

    private static int Error(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    // struct statx, the same on all architectures: statx(2).
    private static PathStatus Read(byte* from) => new(
        *(ushort*)(from + 28), *(uint*)(from + 16), *(uint*)(from + 20), *(uint*)(from + 24), *(ulong*)(from + 32), *(long*)(from + 40), *(long*)(from + 48) * 512,
        ((ulong)*(uint*)(from + 136) << 32) | *(uint*)(from + 140), (*(long*)(from + 112), *(uint*)(from + 120)), (*(long*)(from + 96), *(uint*)(from + 104)));

    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "readlinkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint ReadLinkAt(int folder, string path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, SafeFileHandle argument);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RenameAt(int folder, string from, int otherFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "linkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int LinkAt(int folder, string file, int otherFolder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "utimensat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetTimes(int folder, string path, long* times, int flags);

    [LibraryImport("libc", EntryPoint = "fchownat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(int folder, string path, uint user, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeMode(string path, int mode);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int MakeSocketPair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle file);
}

/// <summary>What the file system knows of one entry (statx(2)).</summary>
/// <param name="Mode">Kind and permissions.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
/// <param name="Inode">Its number on its device.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Room">Bytes that it takes on the disk.</param>
/// <param name="Device">Where it lies.</param>
/// <param name="Modified">When its content changed.</param>
/// <param name="Changed">When anything of it changed.</param>
internal readonly record struct PathStatus(
    ushort Mode, uint Links, uint User, uint Group, ulong Inode, long Size, long Room, ulong Device, (long Seconds, uint Nanoseconds) Modified, (long Seconds, uint Nanoseconds) Changed)
{
    public bool IsFolder => (Mode & 0xf000) == 0x4000;
    public bool IsFile => (Mode & 0xf000) == 0x8000;
    public bool IsLink => (Mode & 0xf000) == 0xa000;
    public bool IsSocket => (Mode & 0xf000) == 0xc000;
    public int Permissions => Mode & 0xfff;
}
