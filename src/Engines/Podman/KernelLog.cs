using System.Runtime.InteropServices;

namespace Holdfast.Engines.Podman;

/// <summary>
/// What the kernel says of memory limits. Podman 4.3 says of no container that it ended for want of memory, and its cgroup is gone by then; the kernel's log
/// names the cgroup, which has the container's id in it.
/// </summary>
internal static partial class KernelLog
{
    private const int ReadAll = 3, SizeOfBuffer = 10;

    /// <summary>Whether a process of this container was ended for want of memory; null when the log may not be read.</summary>
    public static unsafe bool? HasEndedFor(string containerId)
    {
        var size = Call(SizeOfBuffer, null, 0);
        if (size <= 0) return null;
        var log = new byte[size];
        fixed (byte* start = log) size = Call(ReadAll, start, log.Length);
        if (size <= 0) return null;
        var rest = log.AsSpan(0, size);
        while (rest.IndexOf("oom-kill:"u8) is >= 0 and var found)
        {
            rest = rest[found..];
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            if (line.IndexOf(System.Text.Encoding.ASCII.GetBytes(containerId)) >= 0) return true;
            rest = rest[line.Length..];
        }

        return false;
    }

    [LibraryImport("libc", EntryPoint = "klogctl")]
    private static unsafe partial int Call(int type, byte* buffer, int length);
}
