using System.Runtime.InteropServices;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Terminals;

/// <summary>
/// The master's side of a pseudo-terminal (pty(7)), with a bell to wake whoever waits for it. Read and write never wait. One thread waits, reads
/// and writes; the bell may be rung by any.
/// </summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2, NoControl = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const uint Utf8Input = 0x4000;
    private const nuint SetSize = 0x5414, GetForeground = 0x540F;
    private const short Readable = 1, Writable = 4;
    private const int EAgain = 11, EIntr = 4;

    private readonly Lock _gate = new();
    private readonly int _master;
    private readonly int _bell;
    private bool _closed;

    private PseudoTerminal(int master, int bell, string path) => (_master, _bell, Path) = (master, bell, path);

    /// <summary>The terminal's device, which its programs open.</summary>
    public string Path { get; }

    /// <summary>What the system says after a call that failed.</summary>
    private static string Problem(string what) => $"No terminal can be opened ({what}): {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.";

    /// <summary>Opens a new terminal, or says why none can be had.</summary>
    public static unsafe (PseudoTerminal? Terminal, string? Error) Open(TerminalSize size)
    {
        var master = OpenMaster(ReadWrite | NoControl | NonBlocking | CloseOnExec);
        if (master < 0) return (null, Problem("posix_openpt"));
        var name = stackalloc byte[128];
        // glibc's termios has 60 bytes and begins with the input flags.
        var settings = stackalloc byte[128];
        var bell = OpenBell(0, NonBlocking | CloseOnExec);
        if (bell < 0 || Grant(master) != 0 || Unlock(master) != 0 || NameOf(master, name, 128) != 0 || GetSettings(master, settings) != 0)
        {
            var problem = Problem("ptmx");
            _ = Close(master);
            if (bell >= 0) _ = Close(bell);
            return (null, problem);
        }

        // The line editor of the kernel must take a whole character away at a backspace, not a byte.
        *(uint*)settings |= Utf8Input;
        _ = SetSettings(master, 0, settings);
        var terminal = new PseudoTerminal(master, bell, Marshal.PtrToStringUTF8((nint)name)!);
        terminal.Resize(size);
        return (terminal, null);
    }

    /// <summary>Waits until something can be read (or the other side is closed), when <paramref name="reading"/>, or written, when <paramref name="writing"/>, or the bell rings.</summary>
    /// <param name="reading">Whether to wait for something to read.</param>
    /// <param name="writing">Whether to wait for room to write.</param>
    /// <param name="limit">In milliseconds; -1 for none.</param>
    public unsafe (bool Readable, bool Writable) Wait(bool reading, bool writing, int limit)
    {
        var wanted = stackalloc Wanted[2];
        // A closed terminal is told whether it was asked for or not: who does not want to read must not be woken by it.
        wanted[0] = new Wanted { Descriptor = reading || writing ? _master : -1, Events = (short)((reading ? Readable : 0) | (writing ? Writable : 0)) };
        wanted[1] = new Wanted { Descriptor = _bell, Events = Readable };
        if (Poll(wanted, 2, limit) <= 0) return default;
        ulong rings;
        if (wanted[1].Returned != 0) _ = ReadFrom(_bell, (byte*)&rings, sizeof(ulong));
        return (reading && (wanted[0].Returned & ~Writable) != 0, (wanted[0].Returned & Writable) != 0);
    }

    /// <summary>Reads what is there: 0 when nothing is, -1 when no program has the terminal open any more.</summary>
    public unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            var count = (int)ReadFrom(_master, first, buffer.Length);
            if (count > 0) return count;
            return count < 0 && Marshal.GetLastPInvokeError() is EAgain or EIntr ? 0 : -1;
        }
    }

    /// <summary>Types as much as there is room for, and gives how many bytes that were.</summary>
    public unsafe int Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            var count = (int)WriteTo(_master, first, bytes.Length);
            // Nobody will ever read it when the terminal is gone.
            return count >= 0 ? count : Marshal.GetLastPInvokeError() is EAgain or EIntr ? 0 : bytes.Length;
        }
    }

    /// <summary>Gives the screen another size; its programs are told by SIGWINCH.</summary>
    public unsafe void Resize(TerminalSize size)
    {
        var window = stackalloc ushort[] { (ushort)size.Rows, (ushort)size.Columns, 0, 0 };
        lock (_gate)
        {
            if (!_closed) _ = Control(_master, SetSize, window);
        }
    }

    /// <summary>The process group in the foreground; 0 when there is none.</summary>
    public unsafe int Foreground()
    {
        var group = 0;
        lock (_gate) return !_closed && Control(_master, GetForeground, &group) == 0 ? group : 0;
    }

    /// <summary>Wakes who waits.</summary>
    public unsafe void Ring()
    {
        ulong one = 1;
        lock (_gate)
        {
            if (!_closed) _ = WriteTo(_bell, (byte*)&one, sizeof(ulong));
        }
    }

    /// <summary>Hangs up: the programs that are left get SIGHUP.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            _ = Close(_master);
            _ = Close(_bell);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static unsafe partial int NameOf(int master, byte* name, nuint length);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static unsafe partial int GetSettings(int descriptor, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static unsafe partial int SetSettings(int descriptor, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int OpenBell(uint first, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadFrom(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteTo(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(Wanted* wanted, nuint count, int limit);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct Wanted
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
