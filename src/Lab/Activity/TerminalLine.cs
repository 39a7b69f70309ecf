using System.Text;
using Holdfast.Lab.Posix;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Lab.Activity;

/// <summary>Writes a line onto the screen of a terminal as output of it, as wall(1) does: whoever runs in it reads nothing.</summary>
internal static class TerminalLine
{
    /// <summary>Whether it was written: not to a process without a terminal, and not to a terminal that takes nothing right now.</summary>
    /// <param name="process">Whose standard input is the terminal.</param>
    /// <param name="text">What is written; control characters are left out.</param>
    public static bool Write(int process, string text)
    {
        var path = $"/proc/{process}/fd/0";
        try
        {
            if (File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName.StartsWith("/dev/pts/", StringComparison.Ordinal) != true)
                return false;
            using var terminal = new SafeFileHandle(Libc.Open(path, 0x80901 /* O_WRONLY, O_NOCTTY, O_NONBLOCK, O_CLOEXEC */, 0), ownsHandle: true);
            if (terminal.IsInvalid)
                return false;
            var line = Encoding.UTF8.GetBytes($"\r\n\a\e[1m{string.Concat(text.Where(letter => !char.IsControl(letter)))}\e[0m\r\n");
            return Libc.Write(terminal, line, (nuint)line.Length) == line.Length;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
