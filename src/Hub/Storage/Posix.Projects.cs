using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Storage;

/// <summary>Projects: what the file system counts and limits together (quotactl(2), ioctl_xfs_fsgetxattr(2)).</summary>
internal static unsafe partial class Posix
{
    private const uint Inherits = 0x200;

    /// <summary>Opens for reading what was opened as itself, whatever has become of its names; invalid when that failed.</summary>
    public static SafeFileHandle Reopen(SafeFileHandle entry) => Open(NameOf(entry), CloseOnExec | NotBlocking | NoTerminal, 0);

    /// <summary>The project of a file or folder that is open for reading; null where the file system has none.</summary>
    public static Project? ProjectOf(SafeFileHandle entry)
    {
        Attributes now;
        return Ioctl(entry, 0x801c581f /* FS_IOC_FSGETXATTR */, &now) == 0 ? new Project(now.Project, (now.Flags & Inherits) != 0) : null;
    }

    /// <summary>Gives a file or folder that is open for reading a project; false when that may not be.</summary>
    public static bool SetProject(SafeFileHandle entry, Project project)
    {
        Attributes attributes;
        if (Ioctl(entry, 0x801c581f, &attributes) != 0) return false;
        attributes.Project = project.Id;
        attributes.Flags = project.IsInherited ? attributes.Flags | Inherits : attributes.Flags & ~Inherits;
        return Ioctl(entry, 0x401c5820 /* FS_IOC_FSSETXATTR */, &attributes) == 0;
    }

    /// <summary>What a project holds and may hold on the file system of a file that is open; the error number, 0 for none (quotactl_fd(2), Linux 5.14).</summary>
    public static int ReadLimit(SafeFileHandle file, uint project, out ProjectLimit limit)
    {
        Quota quota = default;
        var error = Error((int)Syscall(443, file.DangerousGetHandle(), unchecked((nint)0x80000702 /* Q_GETQUOTA, PRJQUOTA */), (nint)project, (nint)(&quota)));
        // xfs has no record of a project that nobody has used.
        if (error == 2 /* ENOENT */) (error, quota) = (0, default);
        limit = new ProjectLimit(quota.MostBlocks, IsUnused: (quota.MostBlocks | quota.SoftBlocks | quota.Bytes | quota.MostFiles | quota.SoftFiles | quota.Files) == 0);
        return error;
    }

    /// <summary>Sets how many KiB a project may hold, 0 for no limit; the error number, 0 for none.</summary>
    public static int SetLimit(SafeFileHandle file, uint project, ulong blocks)
    {
        var quota = new Quota { MostBlocks = blocks, Valid = 1 /* QIF_BLIMITS */ };
        return Error((int)Syscall(443, file.DangerousGetHandle(), unchecked((nint)0x80000802 /* Q_SETQUOTA, PRJQUOTA */), (nint)project, (nint)(&quota)));
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, void* argument);

    // struct fsxattr and struct if_dqblk.
    private struct Attributes
    {
        public uint Flags, ExtentSize, Extents, Project, CopyExtentSize;
        public fixed byte Padding[8];
    }

    private struct Quota
    {
        public ulong MostBlocks, SoftBlocks, Bytes, MostFiles, SoftFiles, Files, BytesGrace, FilesGrace;
        public uint Valid;
    }
}

/// <summary>To which project a file or folder belongs.</summary>
/// <param name="Id">Its number; 0 for none.</param>
/// <param name="IsInherited">Of a folder: what is made in it gets the same.</param>
internal readonly record struct Project(uint Id, bool IsInherited);

/// <summary>What the file system knows of a project.</summary>
/// <param name="Blocks">Most KiB; 0 for no limit.</param>
/// <param name="IsUnused">Whether nobody has set a limit, and nothing belongs to it.</param>
internal readonly record struct ProjectLimit(ulong Blocks, bool IsUnused);
