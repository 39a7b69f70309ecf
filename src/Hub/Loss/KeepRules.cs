using System.Globalization;
using Holdfast.Hub.Loss.Packages;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Loss;

/// <summary>What can be kept in a machine, seen from inside of it.</summary>
/// <param name="root">The machine's root: <c>/</c>.</param>
/// <param name="volumes">Folders that outlive a stop anyway.</param>
internal sealed class KeepRules(string root, IReadOnlyList<string> volumes)
{
    private static readonly string[] SystemFolders =
    [
        "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32", "/media", "/mnt", "/opt", "/proc", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var",
        "/usr/bin", "/usr/lib", "/usr/local", "/usr/sbin", "/usr/share", "/var/lib", "/var/cache", "/var/log",
    ];

    private readonly List<(string Point, string Kind)> _mounts = Mounts();

    /// <summary>Why a path cannot be kept; null when it can.</summary>
    public HubFault? Check(string path)
    {
        if (!path.StartsWith('/') || Path.GetFullPath(path) != path) return new HubFault("bad-request", $"{path} is no whole path. Write it from the root on, without dots and double slashes.");
        if (Posix.Status(path) is not { } status) return new HubFault("not-found", $"There is no {path} in this machine.");
        if (volumes.FirstOrDefault(volume => ForeignTree.IsIn(path, volume)) is { } own) return new HubFault("bad-request", $"{path} lies in {own}, and that stays anyway. There is nothing to keep.");
        if (SystemFolders.Contains(path)) return new HubFault("bad-request", $"{path} is part of the system. Keep what you put into it, or write down what is installed: holdfast recipe record.");
        if (status.IsLink) return new HubFault("bad-request", $"{path} is a link to {new FileInfo(path).LinkTarget}. Keep what it leads to.");
        if (!status.IsFile && !status.IsFolder) return new HubFault("bad-request", $"{path} is neither a file nor a folder.");
        if (WithoutLinks(path) is var real && real != path) return new HubFault("bad-request", $"{path} is {real}. Name it so.");
        if (_mounts.Find(mount => ForeignTree.IsIn(mount.Point, path)) is { Point: { } point }) return new HubFault("bad-request", $"{point} in {path} is a volume or the system's own. Keep what lies beside it.");
        var (within, kind) = _mounts.Where(mount => ForeignTree.IsIn(path, mount.Point)).MaxBy(mount => mount.Point.Length);
        if (within != "/" && kind != "overlay") return new HubFault("bad-request", $"{path} lies in {within} ({kind}), which is no part of what a stop destroys.");
        if (path.Split('/').Any(name => name is "site-packages" or "dist-packages" or "conda-meta" or "node_modules"))
            return new HubFault("bad-request", $"{path} belongs to installed packages. Write them down, so that the image has them: holdfast recipe record.");
        using var tree = new ForeignTree(root);
        if (AptPackages.OwnerOf(tree, path) is { } owner)
            return new HubFault("bad-request", $"{path} is, or has in it, what the package {owner} has installed. Write the package down, so that the image has it: holdfast recipe record.");
        return InUse(path);
    }

    /// <summary>Bytes of a file, or of all files in a folder.</summary>
    public long SizeOf(string path)
    {
        if (Posix.Status(path) is not { } status) return 0;
        if (!status.IsFolder) return status.Size;
        using var tree = new ForeignTree(path == "/" ? root : path);
        return tree.Measure("/").Bytes;
    }

    /// <summary>Whose it is to end: a copy of what is being written would be of no moment at all, and a working folder would be gone under its program.</summary>
    private static HubFault? InUse(string path)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[6])))
        {
            if (LeadsInto($"{process}/cwd", path)) return Used(process, "works in it", "Let it work elsewhere");
            try
            {
                if (Directory.EnumerateFiles($"{process}/fd").Any(file => LeadsInto(file, path) && IsForWriting($"{process}/fdinfo/{Path.GetFileName(file)}"))) return Used(process, "has a file of it open for writing", "Wait until it has done");
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is somebody else's.
            }
        }
        return null;

        HubFault Used(string process, string how, string mend) =>
            new("conflict", $"{path} cannot be kept now: process {process[6..]} ({NameOf(process)}) {how}. {mend}, or end it, and keep it again.");
    }

    private static bool LeadsInto(string link, string path)
    {
        try
        {
            return new FileInfo(link).LinkTarget is { } target && ForeignTree.IsIn(target, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsForWriting(string info)
    {
        // proc(5): flags, octal, as open(2) has them.
        var flags = File.ReadLines(info).First(line => line.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim();
        return (Convert.ToInt32(flags, 8) & 3) != 0;
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/comm").Trim();
        }
        catch (IOException)
        {
            return "ended";
        }
    }

    private static string WithoutLinks(string path)
    {
        var real = "/";
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, name);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }
        return real;
    }

    /// <summary>proc(5), mountinfo: the fifth field is the mount point, with octal escapes; the kind follows the <c>-</c>.</summary>
    private static List<(string Point, string Kind)> Mounts() =>
        [.. from line in File.ReadLines("/proc/self/mountinfo")
            let fields = line.Split(' ')
            select (Unescape(fields[4]), fields[Array.IndexOf(fields, "-") + 1])];

    private static string Unescape(string text)
    {
        for (var at = text.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 3 < text.Length; at = text.IndexOf('\\', at + 1))
            text = string.Create(CultureInfo.InvariantCulture, $"{text[..at]}{(char)Convert.ToInt32(text.Substring(at + 1, 3), 8)}{text[(at + 4)..]}");
        return text;
    }
}
