using System.Globalization;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>Limits by control groups: version 2 where it has the controllers, else the hierarchies of version 1.</summary>
internal static class ControlGroups
{
    private const int Period = 100_000;
    private static readonly string[] Controllers = ["memory", "cpu", "pids"];

    /// <summary>Makes the groups that these limits need. Those that this host does not allow are left out: <see cref="Trouble"/> says so.</summary>
    /// <param name="name">Names the workload among all of this host.</param>
    /// <param name="resources">The limits.</param>
    /// <returns>Folders that the first process is put into.</returns>
    public static List<string> Make(string name, WorkloadResources resources)
    {
        var groups = new List<string>();
        if (resources.Memory is { } memory) Limit(groups, "memory", name, ("memory.max", "memory.limit_in_bytes", Text(memory)), ("memory.swap.max", "memory.memsw.limit_in_bytes", Text(memory)));
        if (resources.Processors is { } processors)
        {
            var quota = Text((long)(processors * Period));
            Limit(groups, "cpu", name, ("cpu.max", null, $"{quota} {Period}"), (null, "cpu.cfs_quota_us", quota));
        }

        if (resources.Processes is { } processes) Limit(groups, "pids", name, ("pids.max", "pids.max", Text(processes)));
        return groups;
    }

    /// <summary>Whether the memory limit of these groups has ended a process.</summary>
    public static bool RanOutOfMemory(IEnumerable<string> groups) =>
        groups.SelectMany(group => (string[])[$"{group}/memory.events", $"{group}/memory.oom_control"]).Where(File.Exists)
            .SelectMany(File.ReadLines).Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0");

    /// <summary>Removes groups in which nothing runs.</summary>
    public static void Remove(IEnumerable<string> groups)
    {
        foreach (var group in groups.Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(group);
            }
            catch (IOException)
            {
                // A process of it is not quite gone: the empty group costs nothing, and the next workload of this name takes it.
            }
        }
    }

    /// <summary>Which limits cannot be kept here, in words; null when all can.</summary>
    public static string? Trouble()
    {
        var missing = Controllers.Where(controller => Place(controller) is not { } place || !CanMake(place.Folder)).ToList();
        return missing.Count == 0 ? null : $"Limits of {string.Join(", ", missing)} cannot be kept: the control groups of this host are not there or cannot be written.";
    }

    private static void Limit(List<string> groups, string controller, string name, params (string? Two, string? One, string Value)[] settings)
    {
        if (Place(controller) is not { } place) return;
        try
        {
            var parent = Path.Combine(place.Folder, "holdfast");
            Directory.CreateDirectory(parent);
            if (place.IsTwo)
            {
                File.WriteAllText(Path.Combine(place.Folder, "cgroup.subtree_control"), $"+{controller}");
                File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), $"+{controller}");
            }

            var group = Directory.CreateDirectory(Path.Combine(parent, name)).FullName;
            foreach (var (two, one, value) in settings)
            {
                // Swap is not accounted everywhere.
                if ((place.IsTwo ? two : one) is { } file && File.Exists(Path.Combine(group, file))) File.WriteAllText(Path.Combine(group, file), value);
            }

            if (!groups.Contains(group)) groups.Add(group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not allowed here, which CheckAsync says.
        }
    }

    private static (string Folder, bool IsTwo)? Place(string controller)
    {
        foreach (var mount in HostMount.All())
        {
            if (mount.Type == "cgroup" && mount.Options.Split(',').Contains(controller)) return (mount.Point, false);
            var controllers = Path.Combine(mount.Point, "cgroup.controllers");
            if (mount.Type == "cgroup2" && File.Exists(controllers) && File.ReadAllText(controllers).Split().Contains(controller)) return (mount.Point, true);
        }

        return null;
    }

    private static bool CanMake(string folder)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "holdfast"));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
