using System.Runtime.InteropServices;

namespace Holdfast.Keeper.Processes;

/// <summary>The calls of the C library that .NET has no door to.</summary>
internal static partial class Native
{
    public const int SigHup = 1, SigInt = 2, SigKill = 9, SigTerm = 15, SigCont = 18;
    public const int EIntr = 4;

    [LibraryImport("libc", EntryPoint = "getuid")]
    public static partial uint GetUid();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollFd fds, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Stat(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int PosixSpawn(out int pid, string file, byte* actions, byte* attributes, string?[] argv, string?[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static unsafe partial void ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static unsafe partial void ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial void ActionsOpen(byte* actions, int fd, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static unsafe partial void ActionsDup(byte* actions, int fd, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial void ActionsChdir(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static unsafe partial void ActionsCloseFrom(byte* actions, int fd);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static unsafe partial void AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static unsafe partial void AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static unsafe partial void AttributesFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static unsafe partial void AttributesSignalsDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static unsafe partial void AttributesSignalMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    public static unsafe partial void SignalsAll(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static unsafe partial void SignalsNone(byte* signals);

    /// <summary>A descriptor that becomes readable when the process ends (pidfd_open(2), Linux 5.3); negative when there is no such process.</summary>
    public static int OpenProcess(int pid) => (int)Syscall(434, pid, 0);

    /// <summary>User id and permission bits of a file or folder; (uint.MaxValue, 0) when it cannot be looked at.</summary>
    public static unsafe (uint Owner, uint Mode) OwnerAndMode(string path)
    {
        // struct stat of 64-bit Linux: st_mode at 24 and st_uid at 28 on x86-64, at 16 and 24 on arm64.
        var buffer = stackalloc byte[256];
        if (Stat(path, buffer) != 0) return (uint.MaxValue, 0);
        return RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? (*(uint*)(buffer + 24), *(uint*)(buffer + 16) & 0xFFF)
            : (*(uint*)(buffer + 28), *(uint*)(buffer + 24) & 0xFFF);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }
}
