namespace Holdfast.Engines.Host;

/// <summary>A mount of this host.</summary>
/// <param name="Point">Where it lies, without links.</param>
/// <param name="Type">Its file system.</param>
/// <param name="IsReadOnly">Whether this mount, or its file system, cannot be written.</param>
/// <param name="Options">The options of its file system.</param>
internal sealed record HostMount(string Point, string Type, bool IsReadOnly, string Options)
{
    // What the kernel says of itself, and what belongs to other containers: not data of this host.
    private static readonly HashSet<string> NoData =
    [
        "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "pstore", "bpf", "configfs", "mqueue", "hugetlbfs",
        "autofs", "binfmt_misc", "fusectl", "nsfs", "efivarfs", "rpc_pipefs", "selinuxfs", "overlay", "ramfs", "fuse.lxcfs", "fuse.gvfsd-fuse", "fuse.portal",
    ];

    /// <summary>Whether it holds data that a workload expects to see.</summary>
    public bool HoldsData => !NoData.Contains(Type);

    /// <summary>The mounts of this process, as <c>/proc/self/mountinfo</c> has them (proc_pid_mountinfo(5)).</summary>
    public static IReadOnlyList<HostMount> All() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads lines of <c>/proc/PID/mountinfo</c>. Of two at one point the later one is seen.</summary>
    public static IReadOnlyList<HostMount> Parse(IEnumerable<string> lines)
    {
        var mounts = new Dictionary<string, HostMount>();
        foreach (var line in lines)
        {
            // 36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw,errors=continue
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4) continue;
            var point = Unescape(fields[4]);
            var options = fields[dash + 3];
            mounts[point] = new HostMount(point, fields[dash + 1], HasOption(fields[5], "ro") || HasOption(options, "ro"), options);
        }

        return [.. mounts.Values.OrderBy(mount => mount.Point, StringComparer.Ordinal)];
    }

    /// <summary>Whether a path is a folder or lies in it.</summary>
    public static bool IsIn(string path, string folder) =>
        folder == "/" || path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && path[folder.Length] == '/');

    private static bool HasOption(string options, string name) => options.Split(',').Contains(name);

    private static string Unescape(string path) => !path.Contains('\\', StringComparison.Ordinal) ? path
        : path.Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
            .Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
}
