using System.ComponentModel;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Storage;

/// <summary>Hard quotas: the file system counts each volume as a project and lets nobody write beyond its limit. Where it cannot, quotas stay soft.</summary>
internal sealed class ProjectQuotas(ILogger<ProjectQuotas> log)
{
    // Far above what administrators and container engines number theirs with.
    private const uint FirstProject = 0x4000_0000, MostProjects = 0x1000_0000, MostSteps = 1000;
    private readonly Lock _choosing = new();

    /// <summary>
    /// Makes the file system hold a volume to its quota, with all that is in it already, or lifts the limit. Where it has no projects nothing is done; what goes wrong
    /// is logged. Goes on where a hub that was killed has left off.
    /// </summary>
    /// <param name="folder">The volume's folder on this host.</param>
    /// <param name="quota">In bytes; null for no limit.</param>
    /// <param name="cancellationToken">Gives up; the quota is soft then.</param>
    public void Apply(string folder, long? quota, CancellationToken cancellationToken)
    {
        using var volume = Open(folder);
        if (Posix.ProjectOf(volume) is not { } found || (quota is null && !IsOurs(found)) || !Enforces(volume)) return;
        lock (_choosing)
        {
            try
            {
                Apply(volume, quota, cancellationToken);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                StorageLog.QuotaStaysSoft(log, folder, fault.Message);
            }
        }
    }

    /// <summary>Changes the limit of a volume that has one.</summary>
    /// <param name="folder">As of <see cref="Apply(string, long?, CancellationToken)"/>.</param>
    /// <param name="quota">As there.</param>
    public void Adjust(string folder, long? quota)
    {
        using var volume = Open(folder);
        if (Posix.ProjectOf(volume) is { } project && IsOurs(project) && Posix.ReadLimit(volume, project.Id, out var limit) == 0
            && limit.Blocks != 0 && limit.Blocks != Blocks(quota) && Posix.SetLimit(volume, project.Id, Blocks(quota)) is not 0 and var error)
            StorageLog.QuotaStaysSoft(log, folder, Words(error));
    }

    /// <summary>Whether the file system holds a volume to this quota.</summary>
    public static bool Holds(string folder, long quota)
    {
        using var volume = Open(folder);
        return Posix.ProjectOf(volume) is { } project && IsOurs(project) && Enforces(volume) && Posix.ReadLimit(volume, project.Id, out var limit) == 0 && limit.Blocks == Blocks(quota);
    }

    /// <summary>Whether a line of <c>/proc/self/mountinfo</c> is of a file system that limits projects.</summary>
    public static bool Enforces(string mount)
    {
        var parts = mount[(mount.LastIndexOf(" - ", StringComparison.Ordinal) + 3)..].Split(' ');
        var options = parts[^1].Split(',');
        return parts[0] switch
        {
            "ext4" or "f2fs" => options.Contains("prjquota"),
            "xfs" => options.Contains("prjquota") || options.Contains("pquota"),
            _ => false,
        };
    }

    private static void Apply(SafeFileHandle volume, long? quota, CancellationToken cancellationToken)
    {
        // 1. The project. One that somebody else has given the folder limits it as they wish.
        var found = Posix.ProjectOf(volume) ?? default;
        if (found.Id != 0 && !IsOurs(found)) throw new IOException($"the folder belongs to project {found.Id} already.");
        var project = found.Id != 0 ? found.Id : Choose(volume);
        if (Limit(volume, project).Blocks is var now && now == Blocks(quota)) return;

        // 2. The content. It is all there when there is a limit: that comes last, and content beyond it could not be given the project.
        if (now == 0) Mark(volume, ".", project, isSecondLook: false, cancellationToken);

        // 3. The limit.
        if (Posix.SetLimit(volume, project, Blocks(quota)) is not 0 and var error) throw new IOException(Words(error));
    }

    /// <summary>
    /// A folder comes after what is in it, and is looked at again then: what has come meanwhile may have no project, what comes from now on has. Links, pipes and sockets
    /// cannot be given one, and take no room.
    /// </summary>
    private static void Mark(SafeFileHandle volume, string path, uint project, bool isSecondLook, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var file = OpenEntry(volume, path, out var isFolder);
        if (file is null) return;
        var wanted = new Project(project, IsInherited: isFolder);
        if (isSecondLook && Posix.ProjectOf(file) == wanted) return;
        Look(isSecondLook: false);
        if (Posix.ProjectOf(file) != wanted && !Posix.SetProject(file, wanted)) throw new IOException($"{path} cannot be given project {project}: {Words(Posix.LastError)}");
        Look(isSecondLook: true);

        void Look(bool isSecondLook)
        {
            if (!isFolder) return;
            foreach (var name in TreeCopy.Names(file)) Mark(volume, $"{path}/{name}", project, isSecondLook, cancellationToken);
        }
    }

    /// <summary>A file or folder; null when there is none by that name (any more).</summary>
    private static SafeFileHandle? OpenEntry(SafeFileHandle volume, string path, out bool isFolder)
    {
        isFolder = false;
        using var entry = Posix.OpenBelow(volume, path, pathOnly: true);
        if (entry.IsInvalid)
            return Posix.LastError is 2 or 20 or 40 /* ENOENT, ENOTDIR, ELOOP: a link in its place */ ? null : throw new IOException($"{path} cannot be opened: {Words(Posix.LastError)}");
        if (Posix.Status(entry) is not { } status || !(status.IsFolder || status.IsFile)) return null;
        isFolder = status.IsFolder;
        return Posix.Reopen(entry);
    }

    private static uint Choose(SafeFileHandle volume)
    {
        var inode = Posix.Status(volume)?.Inode ?? 0;
        for (var step = 0u; step < MostSteps; step++)
        {
            var project = FirstProject + (uint)((inode + step) % MostProjects);
            if (Limit(volume, project).IsUnused) return project;
        }
        throw new IOException("no number for its project is free.");
    }

    private static ProjectLimit Limit(SafeFileHandle volume, uint project) =>
        Posix.ReadLimit(volume, project, out var limit) is not 0 and var error ? throw new IOException(Words(error)) : limit;

    /// <summary>Whether the mount on which it was opened does.</summary>
    private static bool Enforces(SafeFileHandle volume)
    {
        var mount = File.ReadLines($"/proc/self/fdinfo/{volume.DangerousGetHandle()}").First(line => line.StartsWith("mnt_id:", StringComparison.Ordinal))[7..].Trim();
        return File.ReadLines("/proc/self/mountinfo").Any(line => line.StartsWith($"{mount} ", StringComparison.Ordinal) && Enforces(line));
    }

    private static SafeFileHandle Open(string folder)
    {
        using var root = Posix.OpenRoot(folder);
        return Posix.Reopen(root);
    }

    private static bool IsOurs(Project project) => project is { IsInherited: true, Id: >= FirstProject and < FirstProject + MostProjects };

    private static ulong Blocks(long? quota) => quota is { } bytes ? Math.Max(1, ((ulong)bytes + 1023) / 1024) : 0;

    private static string Words(int error) => new Win32Exception(error).Message;
}
