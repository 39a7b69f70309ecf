using System.Globalization;
using Holdfast.Hub.Storage;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Hooks;

/// <summary>
/// Snapshots of the folders and files of a home whose names begin with a dot, taken before a new or changed hook runs. Files share their blocks with the home's where the
/// file system can; else small ones are copied and large ones are the same file by another name, which what writes <em>into</em> it changes too.
/// </summary>
internal sealed class HomeSnapshots(HubFolders folders, TimeProvider time)
{
    private const int MostSnapshots = 10, MostFiles = 200_000, MostSeen = 1000;
    private const long MostCopied = 2L << 30, SmallFile = 1 << 20;
    private const string Unfinished = ".new", Content = "home", Why = "why", Seen = "seen", Format = "yyyyMMdd'T'HHmmssfff'Z'";
    private static readonly HashSet<string> Caches = [".cache", ".npm/_cacache", ".conda/pkgs", ".local/share/Trash", ".nv", ".gvfs", ".dbus"];

    /// <summary>Takes a snapshot when one of these hooks has not run with this content for this person before; a sentence for the start's notes, or null when none was needed.</summary>
    /// <param name="person">Whose home.</param>
    /// <param name="hooks">Name and content of each hook that is about to run.</param>
    /// <param name="cancellationToken">Gives up; a snapshot that is not whole is removed.</param>
    public async Task<string?> BeforeAsync(string person, IReadOnlyList<(string Name, string Text)> hooks, CancellationToken cancellationToken)
    {
        // The disk is waited for, and the caller's thread must not be.
        await Task.Yield();
        var folder = HubFolders.Make(folders.SnapshotsOf(person));
        var log = Path.Combine(folder, Seen);
        var seen = File.Exists(log) ? File.ReadAllLines(log) : [];
        var news = hooks.Where(hook => !seen.Contains(Line(hook))).ToList();
        if (news.Count == 0) return null;

        var names = string.Join(", ", news.Select(hook => hook.Name));
        var note = Take(person, names, cancellationToken) is { } fault
            ? $"No snapshot of your home was taken before the {names} hook, which is new or has changed: {fault}"
            : $"The {names} hook is new or has changed: a snapshot of your home's dot-folders was taken before it ran (holdfast storage snapshots).";
        WriteAll(log, [.. seen.Concat(news.Select(Line)).TakeLast(MostSeen)]);
        return note;
    }

    /// <summary>The snapshots of a person's home, newest first.</summary>
    public IReadOnlyList<HomeSnapshot> List(string person) => Ids(person).Reverse().Select(id => new HomeSnapshot(
        id, DateTimeOffset.ParseExact(id, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), File.ReadAllText(Path.Combine(folders.SnapshotsOf(person), id, Why)))).ToList();

    /// <summary>Brings back the whole of a snapshot, or one path of it. What is there now is moved aside, into a folder of the home; what the snapshot does not have stays.</summary>
    /// <param name="person">Whose home.</param>
    /// <param name="id">Which one.</param>
    /// <param name="path">As <c>.local/bin</c>, from the home on; null for all.</param>
    /// <param name="cancellationToken">Gives up before anything is changed.</param>
    /// <returns>The name of the folder in the home with what was there; null when nothing was.</returns>
    public HubResult<RestoredHome> Restore(string person, string id, string? path, CancellationToken cancellationToken)
    {
        if (!Ids(person).Contains(id)) return new HubFault("not-found", $"There is no snapshot {id} of this home. See holdfast storage snapshots.");
        var staging = Path.Combine(folders.SnapshotsOf(person), $".restore-{time.GetUtcNow().ToString(Format, CultureInfo.InvariantCulture)}");
        using var snapshot = Posix.OpenRoot(Path.Combine(folders.SnapshotsOf(person), id, Content));
        using var home = Posix.OpenRoot(HubFolders.Make(folders.HomeOf(person)));
        if (path?.Split('/') is { } parts && (path.Length == 0 || parts.Any(part => part is "" or "." or ".."))) return new HubFault("bad-request", $"{path} is no path in a home. Write it without a slash at its ends and without dots.");
        List<string> wanted = path is null ? TreeCopy.Names(snapshot, ".") : [path];
        try
        {
            HubFolders.Make(staging);
            Share(home, staging, isInherited: true);
            var copy = Copy(staging);
            for (var at = 0; at < wanted.Count; at++)
            {
                using var there = Posix.OpenBelow(snapshot, wanted[at], pathOnly: true);
                if (there.IsInvalid) return Refused(staging, new HubFault("not-found", $"The snapshot {id} has no {wanted[at]}."));
                using var parent = OpenParent(home, wanted[at]);
                if (parent.IsInvalid || Posix.Status(parent) is not { IsFolder: true }) return Refused(staging, new HubFault("conflict", $"The folder of {wanted[at]} is not there, or a link. Bring back a folder above it."));
                copy.Copy(snapshot, wanted[at], Path.Combine(staging, $"{at}"), cancellationToken);
            }
            // Links from before the quota, which have no project, could not be moved into a folder that hands one down.
            Share(home, staging, isInherited: false);
            return Put(home, wanted, staging, id);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            Refused(staging, null);
            if (fault is OperationCanceledException) throw;
            return new HubFault("unavailable", $"The snapshot {id} was not brought back: {fault.Message}");
        }
    }

    /// <summary>Each is put in its place at once; what was there is then where the copy was.</summary>
    private static HubResult<RestoredHome> Put(SafeFileHandle home, List<string> wanted, string staging, string id)
    {
        string? aside = null;
        for (var at = 0; at < wanted.Count; at++)
        {
            using var parent = OpenParent(home, wanted[at]);
            var (staged, place) = (Path.Combine(staging, $"{at}"), $"{Posix.NameOf(parent)}/{Path.GetFileName(wanted[at])}");
            if (parent.IsInvalid || Posix.Status(parent) is not { IsFolder: true } || (Posix.Exchange(staged, place) != 0 && Posix.MoveTo(staged, place) != 0))
                return new HubFault("conflict", $"{wanted[at]} could not be put in its place. What was brought back before it is; the rest is in {staging} on the hub's host.");
        }
        // What was there gets its own names again.
        for (var at = 0; at < wanted.Count; at++)
        {
            var staged = Path.Combine(staging, $"{at}");
            if (Posix.Status(staged) is null) continue;
            aside = $".before-snapshot-{id}";
            _ = Posix.MoveTo(staged, Path.Combine(staging, wanted[at].Replace('/', '_')));
        }
        if (aside is null) Directory.Delete(staging);
        else
        {
            if (Posix.Status(home) is { } owner) Posix.Own(staging, owner.User, owner.Group);
            Share(home, staging, isInherited: true);
            for (var number = 1; Posix.MoveTo(staging, $"{Posix.NameOf(home)}/{aside}") != 0; number++)
            {
                if (number == 100) return new HubFault("conflict", $"The snapshot was brought back. What was there is in {staging} on the hub's host.");
                aside = $".before-snapshot-{id}-{number}";
            }
        }
        return new RestoredHome(aside);
    }

    /// <summary>Into a home with a hard quota only what has its project can be moved.</summary>
    private static void Share(SafeFileHandle home, string staging, bool isInherited)
    {
        using var from = Posix.Reopen(home);
        using var root = Posix.OpenRoot(staging);
        using var to = Posix.Reopen(root);
        if (Posix.ProjectOf(from) is { IsInherited: true } project) Posix.SetProject(to, project with { IsInherited = isInherited });
    }

    private static HubResult<RestoredHome> Refused(string staging, HubFault? fault)
    {
        Directory.Delete(staging, recursive: true);
        return fault!;
    }

    private static SafeFileHandle OpenParent(SafeFileHandle home, string path) => Posix.OpenBelow(home, Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".", pathOnly: true);

    /// <summary>Why none could be taken; null when it was.</summary>
    private string? Take(string person, string why, CancellationToken cancellationToken)
    {
        var folder = folders.SnapshotsOf(person);
        foreach (var unfinished in Directory.EnumerateDirectories(folder, $"*{Unfinished}")) Directory.Delete(unfinished, recursive: true);
        // Two of one millisecond have names of their own.
        var now = time.GetUtcNow();
        while (Directory.Exists(Path.Combine(folder, NameOf(now)))) now += TimeSpan.FromMilliseconds(1);
        var id = NameOf(now);
        var place = Path.Combine(folder, id + Unfinished);
        try
        {
            var content = HubFolders.Make(Path.Combine(place, Content));
            using var home = Posix.OpenRoot(folders.HomeOf(person));
            var copy = Copy(content);
            foreach (var name in TreeCopy.Names(home, ".").Where(name => name[0] == '.' && !Caches.Contains(name) && !name.StartsWith(".before-snapshot-", StringComparison.Ordinal)))
                copy.Copy(home, name, Path.Combine(content, name), cancellationToken);
            File.WriteAllText(Path.Combine(place, Why), why);
            Posix.SyncAll(folder);
            Directory.Move(place, Path.Combine(folder, id));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            Directory.Delete(place, recursive: true);
            if (fault is OperationCanceledException) throw;
            return fault.Message;
        }
        foreach (var old in Ids(person).SkipLast(MostSnapshots)) Directory.Delete(Path.Combine(folder, old), recursive: true);
        return null;
    }

    private static string NameOf(DateTimeOffset time) => time.ToString(Format, CultureInfo.InvariantCulture);

    private static TreeCopy Copy(string folder)
    {
        var (clones, files, bytes) = (CanClone(folder), 0, 0L);
        return new TreeCopy(
            (from, status, to) =>
            {
                if (clones) return false;
                if (status.Size >= SmallFile && Posix.HardLink(from, to)) return true;
                bytes += status.Size;
                return bytes > MostCopied ? throw new IOException($"it has more than {MostCopied >> 30} GiB that would have to be copied.") : false;
            },
            path => ++files > MostFiles ? throw new IOException($"it has more than {MostFiles:n0} files.") : Caches.Contains(path) || path.EndsWith("/__pycache__", StringComparison.Ordinal));
    }

    private static bool CanClone(string folder)
    {
        var (one, other) = (Path.Combine(folder, ".clone-1"), Path.Combine(folder, ".clone-2"));
        try
        {
            File.WriteAllText(one, "x");
            using var from = File.OpenHandle(one);
            using var to = File.OpenHandle(other, FileMode.CreateNew, FileAccess.Write);
            return Posix.Clone(from, to);
        }
        finally
        {
            File.Delete(one);
            File.Delete(other);
        }
    }

    private IEnumerable<string> Ids(string person)
    {
        var folder = folders.SnapshotsOf(person);
        return !Directory.Exists(folder) ? [] : Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!)
            .Where(name => DateTimeOffset.TryParseExact(name, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)).Order(StringComparer.Ordinal);
    }

    private static string Line((string Name, string Text) hook) => $"{HookApprovals.HashOf(hook.Text)} {hook.Name}";

    private static void WriteAll(string file, string[] lines)
    {
        File.WriteAllLines(file + Unfinished, lines);
        File.Move(file + Unfinished, file, overwrite: true);
    }
}

/// <summary>A snapshot of a home.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Time">When it was taken.</param>
/// <param name="Hooks">Before which hooks, by their names.</param>
public sealed record HomeSnapshot(string Id, DateTimeOffset Time, string Hooks);

/// <summary>What came of bringing a snapshot back.</summary>
/// <param name="Aside">The folder in the home with what was there before; null when nothing was.</param>
public sealed record RestoredHome(string? Aside);
