using System.Globalization;
using Holdfast.Cli.Keeper;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Doctor;

/// <summary>What the system gives: folders, room, descriptors.</summary>
internal static class SystemCheck
{
    /// <summary>A lab with this little room left is about to hold its kernels back.</summary>
    private const long LowBytes = 1L << 30;

    /// <summary>A kernel takes about ten descriptors of the keeper, a page about five of the lab.</summary>
    private const int FewFiles = 1024;

    public static IEnumerable<Finding> Run(KeeperHome home)
    {
        yield return home.Prepare() is { } fault ? new Finding(Grade.Bad, "state", fault) : new Finding(Grade.Good, "state", home.StateFolder);
        yield return KeeperContact.SocketProblem(home) is { } problem ? new Finding(Grade.Bad, "sockets", problem) : new Finding(Grade.Good, "sockets", home.RuntimeFolder);
        if (Directory.Exists(home.StateFolder)) yield return Room(home.StateFolder);
        if (Limits(File.ReadLines("/proc/self/limits")) is { } limits) yield return limits;
    }

    private static Finding Room(string folder)
    {
        var room = new DriveInfo(folder).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{room / (double)(1 << 30):0.0} GiB free for journals");
        return room < LowBytes
            ? new Finding(Grade.Bad, "disk", $"{text}. When the disk is full, kernels are held back until there is room.", $"make room on the disk of {folder}, or set HOLDFAST_STATE to a folder on another one")
            : new Finding(Grade.Good, "disk", text);
    }

    /// <summary>.NET has raised this process's soft limit to the hard one, as it does in the lab and the keeper: what stands there is what they get.</summary>
    private static Finding? Limits(IEnumerable<string> limits)
    {
        var line = limits.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (line is not [_, _, _, var soft, ..]) return null;
        return int.TryParse(soft, CultureInfo.InvariantCulture, out var files) && files < FewFiles
            ? new Finding(Grade.Note, "limits", $"a process may have only {files} files open; kernels and pages past some dozens will fail.", "raise the hard limit: 'ulimit -n 4096' as root, or LimitNOFILE= of the service")
            : new Finding(Grade.Good, "limits", $"{soft} open files a process");
    }
}
