using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Engines.Host;

/// <summary>What a copy of a layer takes. What is open is told by its name below <c>/proc</c>: that means itself, whatever happens to the names on the way.</summary>
internal static unsafe partial class Native
{
    private const int PathOnly = 0x200000, CloseOnExec = 0x80000, NotThroughLink = 0x20000, NotBlocking = 0x800, EmptyPath = 0x1000;

    /// <summary>Opens an entry below a folder, through no link at all (openat2(2), Linux 5.6): as itself, or for reading. Invalid when it is not there.</summary>
    public static SafeFileHandle OpenBelow(SafeFileHandle folder, string path, bool pathOnly)
    {
        var how = new OpenHow { Flags = (ulong)(CloseOnExec | NotThroughLink | (pathOnly ? PathOnly : NotBlocking)), Resolve = 0x02 | 0x04 | 0x08 /* no magic links, no links, beneath */ };
        var text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return new SafeFileHandle((nint)OpenAt((nint)437, folder, text, &how, sizeof(OpenHow)), ownsHandle: true);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>Opens a folder as itself.</summary>
    public static SafeFileHandle OpenFolder(string path) => Open(path, PathOnly | CloseOnExec, 0);

    /// <summary>A path that means what is open.</summary>
    public static string NameOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    /// <summary>What was opened.</summary>
    public static FileStatus? Status(SafeFileHandle file)
    {
        var buffer = stackalloc byte[256];
        return StatxOf(file, "", EmptyPath, BasicStatus, buffer) == 0 ? Read(buffer) : null;
    }

    /// <summary>As <see cref="Status(string)"/>, with what tells one file from another.</summary>
    public static FileStatus? FileStatusOf(string path)
    {
        var buffer = stackalloc byte[256];
        return Statx(CurrentFolder, path, NoFollow, BasicStatus, buffer) == 0 ? Read(buffer) : null;
    }

    /// <summary>What a link that is open as itself says; null when it is none.</summary>
    public static string? LinkTarget(SafeFileHandle link)
    {
        var buffer = stackalloc byte[4096];
        var length = (int)ReadLinkAt(link, "", buffer, 4096);
        return length > 0 ? Marshal.PtrToStringUTF8((nint)buffer, length) : null;
    }

    /// <summary>Makes what an overlay puts in the place of something deleted.</summary>
    public static bool MakeWhiteout(string path) => MakeNode(path, 0x2000 /* S_IFCHR */, 0) == 0;

    /// <summary>Makes one file share another one's blocks (ioctl FICLONE); false where the file system cannot.</summary>
    public static bool Clone(SafeFileHandle from, SafeFileHandle to) => Ioctl(to, 0x40049409, from) == 0;

    /// <summary>Another name for a file; false when that may not be.</summary>
    public static bool HardLink(string from, string to) => LinkAt(CurrentFolder, from, CurrentFolder, to, 0) == 0;

    /// <summary>Makes all that was written to the file system of a folder survive a power cut.</summary>
    public static bool SyncAll(string folder)
    {
        using var handle = Open(folder, CloseOnExec, 0);
        return !handle.IsInvalid && SyncFileSystem(handle) == 0;
    }

    /// <summary>Gives an entry, a link itself, its owner, its mode (not a link) and its time of modification.</summary>
    public static void Stamp(string path, FileStatus like)
    {
        _ = ChangeOwner(path, like.Owner, like.Group);
        if (!like.IsLink) _ = ChangeMode(path, like.Mode & 0xfff);
        var times = stackalloc long[4] { like.ModifiedSeconds, like.ModifiedNanoseconds, like.ModifiedSeconds, like.ModifiedNanoseconds };
        _ = SetTimes(CurrentFolder, path, times, NoFollow);
    }

    /// <summary>Copies extended attributes. Of those of an overlay only what says that a folder hides the one below: the others name the layer that they lie in.</summary>
    /// <returns>Whether all that must be there is.</returns>
    public static bool CopyAttributes(string from, string to)
    {
        var names = new byte[64 << 10];
        nint length;
        fixed (byte* list = names) length = ListAttributes(from, list, names.Length);
        var value = new byte[64 << 10];
        foreach (var name in length <= 0 ? [] : Encoding.UTF8.GetString(names, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var isOverlays = name.StartsWith("trusted.overlay.", StringComparison.Ordinal);
            if ((isOverlays && name != "trusted.overlay.opaque") || name == SourceMark) continue;
            fixed (byte* bytes = value)
            {
                var size = GetAttributeThrough(from, name, bytes, value.Length);
                if ((size < 0 || SetAttribute(to, name, bytes, size, 0) != 0) && (isOverlays || name == "security.capability")) return false;
            }
        }
        return true;
    }

    /// <summary>The attribute by which a copy tells which file it is one of.</summary>
    public const string SourceMark = "trusted.holdfast.source";

    /// <summary>Writes that attribute; that it cannot be costs room, no more.</summary>
    public static void Mark(string path, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* value = bytes) _ = SetAttribute(path, SourceMark, value, bytes.Length, 0);
    }

    /// <summary>Reads that attribute; null when there is none.</summary>
    public static string? MarkOf(string path)
    {
        var buffer = stackalloc byte[128];
        var length = GetAttribute(path, SourceMark, buffer, 128);
        return length > 0 ? Encoding.ASCII.GetString(buffer, (int)length) : null;
    }

    private static FileStatus Read(byte* from) => new(
        *(ushort*)(from + 28), *(uint*)(from + 16), *(uint*)(from + 20), *(uint*)(from + 24), *(ulong*)(from + 32), *(long*)(from + 40), *(long*)(from + 48) * 512,
        *(long*)(from + 112), *(uint*)(from + 120), *(long*)(from + 96), *(uint*)(from + 104), *(uint*)(from + 128), *(uint*)(from + 132));

    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenAt(nint number, SafeFileHandle folder, nint path, OpenHow* how, nint size);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int StatxOf(SafeFileHandle file, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "readlinkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint ReadLinkAt(SafeFileHandle folder, string path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeNode(string path, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, SafeFileHandle argument);

    [LibraryImport("libc", EntryPoint = "linkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int LinkAt(int folder, string file, int otherFolder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeMode(string path, int mode);

    [LibraryImport("libc", EntryPoint = "utimensat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetTimes(int folder, string path, long* times, int flags);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "listxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint ListAttributes(string path, byte* list, nint size);

    [LibraryImport("libc", EntryPoint = "getxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint GetAttributeThrough(string path, string name, byte* value, nint size);
}

/// <summary>What the file system knows of one entry (statx(2)).</summary>
internal readonly record struct FileStatus(
    ushort Mode, uint Links, uint Owner, uint Group, ulong Inode, long Size, long Room, long ModifiedSeconds, uint ModifiedNanoseconds, long ChangedSeconds, uint ChangedNanoseconds,
    uint DeviceMajor, uint DeviceMinor)
{
    public bool IsFolder => (Mode & 0xF000) == 0x4000;

    public bool IsFile => (Mode & 0xF000) == 0x8000;

    public bool IsLink => (Mode & 0xF000) == 0xA000;

    public bool IsWhiteout => (Mode & 0xF000) == 0x2000 && DeviceMajor == 0 && DeviceMinor == 0;
}
