using System.Runtime.InteropServices;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Terminals;

/// <summary>The terminal that this program runs in, passing every key through (termios(3), cfmakeraw) until it is disposed.</summary>
internal sealed unsafe partial class RawTerminal : IDisposable
{
    private const int Input = 0, Output = 1;
    private const nuint GetSize = 0x5413;

    /// <summary>glibc's termios has 60 bytes.</summary>
    private const int SettingsBytes = 128;

    private readonly byte[] _before = new byte[SettingsBytes];

    private RawTerminal()
    {
    }

    /// <summary>Takes the terminal over; null when input or output is none.</summary>
    public static RawTerminal? Take()
    {
        if (IsTerminal(Input) == 0 || IsTerminal(Output) == 0) return null;
        var raw = new RawTerminal();
        var settings = new byte[SettingsBytes];
        fixed (byte* before = raw._before, after = settings)
        {
            if (GetSettings(Input, before) != 0) return null;
            raw._before.CopyTo(settings, 0);
            MakeRaw(after);
            _ = SetSettings(Input, 0, after);
        }

        return raw;
    }

    /// <summary>The size of the terminal; null when output is none.</summary>
    public static TerminalSize? Size()
    {
        var window = stackalloc ushort[4];
        return Control(Output, GetSize, window) == 0 && window[0] > 0 && window[1] > 1 ? TerminalSize.Of(window[0], window[1]) : null;
    }

    /// <summary>Waits for keys; 0 at the end of input.</summary>
    public static int Read(Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            nint count;
            do count = ReadFrom(Input, first, buffer.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == 4);
            return (int)Math.Max(0, count);
        }
    }

    public void Dispose()
    {
        fixed (byte* before = _before) _ = SetSettings(Input, 1, before);
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetSettings(int descriptor, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetSettings(int descriptor, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* settings);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFrom(int descriptor, byte* buffer, nint count);
}
