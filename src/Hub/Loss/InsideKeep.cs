using System.Text.Json;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Loss;

/// <summary>
/// What <c>holdfast inside keep</c> does in a machine: moves paths to the kept folder, with a link in their place, or back. It may be killed at any point: until the link
/// stands in its place the original does, and the copy is whole before.
/// </summary>
public static class InsideKeep
{
    private const int Tries = 2;
    private const long RoomToLeave = 64 << 20;

    /// <summary>For tests: is told of each step before it is done.</summary>
    internal static Action<string> Step { get; set; } = _ => { };

    /// <summary>The verb: reads a <see cref="KeepOrder"/> and writes a <see cref="KeepAnswer"/>, both JSON. Exit code 0, 1 with a fault.</summary>
    public static int Run(Stream input, Stream output)
    {
        var order = JsonSerializer.Deserialize(input, LossJson.Default.KeepOrder)!;
        var fault = order.Back ? Back(order.Paths[0]) : Keep(order);
        JsonSerializer.Serialize(output, new KeepAnswer(fault), LossJson.Default.KeepAnswer);
        return fault is null ? 0 : 1;
    }

    /// <summary>Makes the links of kept paths, as each start does before the hooks. What the image has in such a place gives way when it is of the same kind.</summary>
    /// <returns>A sentence for each path that could not be linked.</returns>
    public static IReadOnlyList<string> Restore(IReadOnlyList<KeptPath> paths)
    {
        var notes = new List<string>();
        foreach (var (path, place) in paths)
        {
            try
            {
                if (Posix.Status(place) is not { } kept) notes.Add($"{path} was kept and is gone: {place} is not there any more.");
                else if (Posix.Status(path) is not { } there) Link(path, place);
                else if (there.IsLink && new FileInfo(path).LinkTarget == place) continue;
                else if ((there.Mode & 0xf000) != (kept.Mode & 0xf000)) notes.Add($"{path} was not linked: the image has something of another kind there. What was kept is at {place}.");
                else
                {
                    Remove(path);
                    Link(path, place);
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                notes.Add($"{path} was not linked: {fault.Message} What was kept is at {place}.");
            }
        }
        return notes;
    }

    // 1 look at all, 2 copy all, 3 put the links in their places, 4 remove the originals.
    private static HubFault? Keep(KeepOrder order)
    {
        // 1
        var rules = new KeepRules("/", order.Volumes);
        foreach (var path in order.Paths)
            if (rules.Check(path.Path) is { } fault) return fault;
        var size = order.Paths.Sum(path => rules.SizeOf(path.Path));
        var free = new DriveInfo(InsideFolders.Kept).AvailableFreeSpace;
        if (size + RoomToLeave > free) return new HubFault("no-capacity", $"There is no room to keep {size:n0} bytes: {free:n0} are free. Remove something, or keep less.");

        var copied = new List<KeptPath>();
        var swapped = new List<(KeptPath Path, string Aside)>();
        try
        {
            // 2
            foreach (var path in order.Paths)
            {
                if (Posix.Status(path.Place) is null)
                {
                    copied.Add(path);
                    if (CopyWhole(path) is { } fault) return Undo(copied, swapped, fault);
                }
                // Another one was killed on the way: what is left of the original must be in the copy that it made.
                else if (DifferenceOf(path.Path, path.Place) is { } difference)
                    return Undo(copied, swapped, new HubFault("conflict", $"{path.Path} was being kept before, and {difference} has changed since. The copy of then is at {path.Place}: compare them, remove one, and keep it again."));
            }
            // 3
            foreach (var path in order.Paths)
            {
                var aside = AsideOf(path.Path);
                Step($"link {path.Path}");
                File.CreateSymbolicLink(aside, path.Place);
                if (Posix.Exchange(aside, path.Path) == 0) swapped.Add((path, aside));
                else
                {
                    // An overlay does not rename folders of the image. The copy is whole, so this one can be taken away piece by piece.
                    File.Delete(aside);
                    copied.Remove(path);
                    Step($"remove {path.Path}");
                    Remove(path.Path);
                    Link(path.Path, path.Place);
                }
            }
            // What had a file open for writing may have gone on with the original.
            foreach (var (path, aside) in swapped)
            {
                if (DifferenceOf(aside, path.Place) is { } difference) return Undo(copied, swapped, Busy(path.Path, difference));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Undo(copied, swapped, new HubFault("conflict", $"Nothing was kept: {fault.Message}"));
        }
        // 4
        foreach (var (path, aside) in swapped)
        {
            Step($"clear {path.Path}");
            Remove(aside);
        }
        return null;
    }

    private static HubFault? CopyWhole(KeptPath path)
    {
        var unfinished = path.Place + ".new";
        using var folder = Posix.OpenRoot(Path.GetDirectoryName(path.Path)!);
        string? difference = null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            Remove(unfinished);
            Step($"copy {path.Path}");
            new TreeCopy().Copy(folder, Path.GetFileName(path.Path), unfinished, CancellationToken.None);
            difference = DifferenceOf(path.Path, unfinished);
            if (difference is not null) continue;
            Posix.SyncAll(InsideFolders.Kept);
            Step($"name {path.Path}");
            Directory.Move(unfinished, path.Place);
            Posix.SyncAll(InsideFolders.Kept);
            return null;
        }
        return Busy(path.Path, difference!);
    }

    private static HubFault? Back(KeptPath path)
    {
        var aside = AsideOf(path.Path);
        try
        {
            using var folder = Posix.OpenRoot(Path.GetDirectoryName(path.Place)!);
            Step($"copy {path.Place}");
            new TreeCopy().Copy(folder, Path.GetFileName(path.Place), aside, CancellationToken.None);
            if (DifferenceOf(path.Place, aside) is { } difference)
            {
                Remove(aside);
                return new HubFault("conflict", $"{path.Path} stays kept: {difference} changes while it is copied. End or pause what writes it, and try again.");
            }
            Step($"back {path.Path}");
            // Not every file system exchanges: there the link goes first.
            if (Posix.Status(path.Path) is { IsLink: true } && Posix.Exchange(aside, path.Path) == 0) File.Delete(aside);
            else
            {
                if (new FileInfo(path.Path).LinkTarget == path.Place) File.Delete(path.Path);
                if (Posix.Status(path.Path) is not null)
                {
                    Remove(aside);
                    return new HubFault("conflict", $"{path.Path} is there and is no link any more. Move it away first: what was kept is at {path.Place}.");
                }
                Directory.Move(aside, path.Path);
            }
            Remove(path.Place);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Remove(aside);
            return new HubFault("conflict", $"{path.Path} stays kept: {fault.Message}");
        }
    }

    private static HubFault Undo(List<KeptPath> copied, List<(KeptPath Path, string Aside)> swapped, HubFault fault)
    {
        foreach (var (path, aside) in swapped)
        {
            if (Posix.Exchange(aside, path.Path) == 0) File.Delete(aside);
        }
        foreach (var path in copied)
        {
            Remove(path.Place + ".new");
            Remove(path.Place);
        }
        return fault;
    }

    private static string? DifferenceOf(string path, string copy)
    {
        using var folder = Posix.OpenRoot(Path.GetDirectoryName(path)!);
        return TreeCopy.Difference(folder, Path.GetFileName(path), copy);
    }

    private static HubFault Busy(string path, string difference) =>
        new("conflict", $"{path} was not kept: {difference} changes while it is copied. End or pause what writes it, and keep it again.");

    private static string AsideOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetRandomFileName()}.holdfast");

    private static void Link(string path, string place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, place);
    }

    private static void Remove(string path)
    {
        if (Posix.Status(path) is not { } status) return;
        if (status.IsFolder) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}

/// <summary>What the hub asks of <c>holdfast inside keep</c>.</summary>
/// <param name="Paths">What to keep, and where to.</param>
/// <param name="Back">Whether the one path is to be moved back instead.</param>
/// <param name="Volumes">Folders of the machine that outlive a stop anyway.</param>
internal sealed record KeepOrder(IReadOnlyList<KeptPath> Paths, bool Back, IReadOnlyList<string> Volumes);

/// <summary>How it went.</summary>
/// <param name="Fault">Why nothing was done; null when all was.</param>
internal sealed record KeepAnswer(HubFault? Fault);
