using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Keeper.Processes;

/// <summary>
/// The descriptors that this process may have open (RLIMIT_NOFILE). A part is held in reserve for what runs already: a kernel's journal needs one when
/// it begins a segment, and .NET ends the process when it must start a thread and has none. So whoever comes new is refused first.
/// </summary>
internal static partial class Descriptors
{
    private const int MostReserved = 64;
    private const int FileLimit = 7;

    /// <summary>
    /// Whether a descriptor that was just given is one of the reserve. The system gives the lowest free number, so all below it are taken. The limit is
    /// asked for every time: 'prlimit' may change it. (.NET itself raises it to the hard limit when it starts.)
    /// </summary>
    public static bool IsReserved(nint descriptor) => Limit is var limit && descriptor >= limit - Math.Min(MostReserved, limit / 4);

    /// <summary>Whether only the reserve is left.</summary>
    public static bool AreScarce()
    {
        try
        {
            using SafeFileHandle probe = File.OpenHandle("/dev/null");
            return IsReserved(probe.DangerousGetHandle());
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>What to say to whoever is refused.</summary>
    public static string Explanation =>
        $"The keeper (process {Environment.ProcessId}) may have {Limit} files open and has nearly as many; what is left is kept for the kernels that run. " +
        "End labs or kernels that are not needed, or raise the limit: 'prlimit --nofile' for this keeper, 'ulimit -n' for the next one.";

    private static nint Limit => GetLimit(FileLimit, out var limit) == 0 ? (nint)Math.Min(limit.Now, int.MaxValue) : int.MaxValue;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Now;
        public nuint Most;
    }
}
