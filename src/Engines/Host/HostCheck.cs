using System.Diagnostics;
using System.Globalization;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>What this host lets the engine do.</summary>
internal static class HostCheck
{
    private const int SysAdmin = 21;
    private static readonly string[] Programs = ["setsid", "unshare", "nsenter", "setpriv", "mount", "umount", "pivot_root", "env", "cp"];

    /// <summary>The folders in which programs of the system are.</summary>
    public const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Whether this process may make mounts and namespaces.</summary>
    public static bool MayIsolate { get; } = HasCapability(File.ReadLines("/proc/self/status"), SysAdmin);

    /// <summary>Whether these lines of <c>/proc/PID/status</c> name an effective capability.</summary>
    public static bool HasCapability(IEnumerable<string> status, int capability) =>
        status.FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal)) is { } line
        && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var all) && (all >> capability & 1) == 1;

    /// <summary>What is missing, each with its mend.</summary>
    /// <param name="isIsolated">Whether workloads are to have a root of their own.</param>
    /// <param name="folder">Where an overlay can be tried.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<EngineFault>> RunAsync(bool isIsolated, string folder, CancellationToken cancellationToken)
    {
        var faults = new List<EngineFault>();
        var missing = Programs.Where(program => Find(program) == program).ToList();
        if (missing.Count > 0) faults.Add(new EngineFault("unavailable", $"The programs {string.Join(", ", missing)} are missing. They are in the packages util-linux, mount and coreutils."));
        if (!isIsolated)
        {
            faults.Add(new EngineFault("not-permitted", "Workloads are plain processes here: they see and can change all that this user can, what they leave behind is not listed, mounts and limits are not made. Run as root (CAP_SYS_ADMIN) to give each its own root."));
        }
        else if (missing.Count == 0)
        {
            if (await TryOverlayAsync(folder, cancellationToken) is { } trouble) faults.Add(new EngineFault("unavailable", $"An overlay over / cannot be made with its upper folder in {folder}: {trouble} Put the data folder on ext4 or xfs."));
            if (ControlGroups.Trouble() is { } limits) faults.Add(new EngineFault("not-permitted", limits));
        }

        return faults;
    }

    /// <summary>Where a program of the system is; its name when it is nowhere.</summary>
    public static string Find(string program) => Path.Split(':').Select(place => System.IO.Path.Combine(place, program)).FirstOrDefault(File.Exists) ?? program;

    private static async Task<string?> TryOverlayAsync(string folder, CancellationToken cancellationToken)
    {
        var place = Directory.CreateDirectory(System.IO.Path.Combine(folder, $".check-{Guid.NewGuid():N}")).FullName;
        try
        {
            const string Script = "cd \"$1\" && mkdir upper work root && mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work,index=off overlay root";
            var (code, error) = await RunAsync(["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", Script, "sh", place], cancellationToken);
            return code == 0 ? null : error.Trim();
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>Runs a program of the system to its end.</summary>
    public static async Task<(int Code, string Error)> RunAsync(string[] argv, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Command(argv))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, error);
    }

    /// <summary>A program of the system with the environment of none.</summary>
    public static ProcessStartInfo Command(IReadOnlyList<string> argv)
    {
        var start = new ProcessStartInfo(Find(argv[0]), argv.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        start.Environment["PATH"] = Path;
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
