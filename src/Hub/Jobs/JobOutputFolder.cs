using System.Globalization;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Storage;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Jobs;

/// <summary>
/// A job's output folder, on the team's storage, in which everybody's machine writes: it is made and written into through no link, so that nobody leads the hub elsewhere.
/// </summary>
internal static class JobOutputFolder
{
    /// <summary>The part of every output folder that people's paths name.</summary>
    public const string Storage = "/storage";

    /// <summary>Where checkpoints lie in an output, and the file that says that one is complete.</summary>
    public const string Checkpoints = "checkpoints", Marker = "complete";

    /// <summary>Makes the folder; what stands in the way, or null.</summary>
    /// <param name="storage">The team's storage on this host.</param>
    /// <param name="output">Below <c>/storage</c>.</param>
    public static string? Make(string storage, string output)
    {
        var (folder, problem) = Enter(storage, output);
        if (folder is null) return problem;
        using (folder)
        {
            try
            {
                // Whether it can be written is found out now, and not when there is something to be saved.
                var probe = $"{Posix.NameOf(folder)}/.holdfast-{Guid.NewGuid():N}";
                using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) return null;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return $"The output folder {output} cannot be written: {fault.Message}";
            }
        }
    }

    /// <summary>Opens the folder, and makes it and those above it where they are not there; or what stands in the way.</summary>
    public static (SafeFileHandle? Folder, string? Problem) Enter(string storage, string output)
    {
        var folder = Posix.OpenRoot(storage);
        try
        {
            if (folder.IsInvalid) return (null, $"The team's storage cannot be entered (error {Posix.LastError}).");
            foreach (var name in output[Storage.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var path = $"{Posix.NameOf(folder)}/{name}";
                if (Posix.Status(path) is null) Directory.CreateDirectory(path);
                var next = Posix.OpenBelow(folder, name, pathOnly: true);
                folder.Dispose();
                folder = next;
                if (next.IsInvalid || Posix.Status(next) is not { IsFolder: true }) return (null, $"The output folder {output} cannot be made: {name} is there, and is no folder; mend: another output.");
            }
            var found = folder;
            folder = null;
            return (found, null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, $"The output folder {output} cannot be written: {fault.Message}");
        }
        finally
        {
            folder?.Dispose();
        }
    }

    /// <summary>Writes a file of the hub's into the folder, whole or not at all; false when that cannot be.</summary>
    public static bool Write(string storage, string output, string name, ReadOnlySpan<byte> content)
    {
        try
        {
            using var root = Posix.OpenRoot(storage);
            using var folder = Posix.OpenBelow(root, output[(Storage.Length + 1)..], pathOnly: true);
            if (folder.IsInvalid) return false;
            var place = Posix.NameOf(folder);
            var next = $"{place}/.{name}-{Guid.NewGuid():N}";
            try
            {
                using (var file = new FileStream(next, FileMode.CreateNew, FileAccess.Write)) file.Write(content);
                File.Move(next, $"{place}/{name}", overwrite: true);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                File.Delete(next);
                return false;
            }
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Takes the folder away to another place on the same file system, at once; false when it is not there, or that cannot be.</summary>
    /// <param name="storage">The team's storage on this host.</param>
    /// <param name="output">Below <c>/storage</c>.</param>
    /// <param name="to">Where nothing is yet.</param>
    public static bool TakeAway(string storage, string output, string to)
    {
        using var root = Posix.OpenRoot(storage);
        using var above = Posix.OpenBelow(root, Path.GetDirectoryName(output[(Storage.Length + 1)..])!, pathOnly: true);
        return !above.IsInvalid && Posix.MoveTo($"{Posix.NameOf(above)}/{Path.GetFileName(output)}", to) == 0;
    }

    /// <summary>
    /// The complete checkpoint of the highest step, as the job sees its path; null when there is none. A folder <c>STEP</c>, or <c>STEP.N</c> for one that was saved again, is a checkpoint, and
    /// complete when its marker file is there (docs/python-helper.md).
    /// </summary>
    public static string? LatestCheckpoint(string storage, string output)
    {
        using var tree = new ForeignTree(storage);
        var folder = $"{output[Storage.Length..]}/{Checkpoints}";
        return (from entry in tree.List(folder)
                let number = entry.Kind == EntryKind.Folder ? Number(entry.Name) : null
                where number is not null && tree.Status($"{folder}/{entry.Name}/{Marker}") is { IsFile: true }
                orderby number descending
                select $"{output}/{Checkpoints}/{entry.Name}").FirstOrDefault();
    }

    private static (long Step, long Again)? Number(string name) => name.Split('.') switch
    {
        [var step] when long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (number, 0),
        [var step, var again] when long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && long.TryParse(again, NumberStyles.None, CultureInfo.InvariantCulture, out var times) => (number, times),
        _ => null,
    };
}
