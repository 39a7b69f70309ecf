namespace Holdfast.Engines.Podman;

/// <summary>Processes of this host that Podman names.</summary>
internal static partial class LocalProcess
{
    private const int Kill = 9;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5), Longest = TimeSpan.FromMilliseconds(100);

    public static bool Exists(int processId) => processId > 0 && Directory.Exists($"/proc/{processId}");

    /// <summary>Completes when a process that is not a child of this one has ended; at once when it is not seen from here.</summary>
    public static async Task EndAsync(int processId, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var pause = Shortest; Exists(processId); pause = pause * 1.2 < Longest ? pause * 1.2 : Longest) await Task.Delay(pause, time, cancellationToken);
    }

    /// <summary>Ends a process that began a session, and all of its group.</summary>
    public static void KillGroup(int processId)
    {
        if (Exists(processId)) _ = Send(-processId, Kill);
    }

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
