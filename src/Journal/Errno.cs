using System.Runtime.InteropServices;

namespace Holdfast.Journal;

/// <summary>The errors of Linux that the journal tells apart, and what to say to people about each.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int WouldBlock = 11;
    public const int SystemFiles = 23;
    public const int ProcessFiles = 24;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int Quota = 122;

    public static string Text(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>A failed flush, with the file, the reason and the mend.</summary>
    public static FlushResult Failure(int errno, string what, string path) => errno switch
    {
        NoSpace => new(false, $"{path} {what}: the disk is full. Make room; nothing is lost, and writing goes on when there is some.", true),
        Quota => new(false, $"{path} {what}: the disk quota is used up. Make room or raise it; nothing is lost, and writing goes on then.", true),
        FileTooBig => new(false, $"{path} {what}: it would be larger than a file may be here (see 'ulimit -f'). Raise the limit.", true),
        ProcessFiles or SystemFiles => new(false, $"{path} {what}: too many open files. Raise 'ulimit -n' or end something; it is tried again.", false),
        _ => new(false, $"{path} {what}: {Text(errno)}. Look at the disk ('dmesg' tells more); it is tried again.", false),
    };
}
