using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Hub.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Points;

/// <summary>
/// Puts the package folders of a home as they were at a point, and touches nothing else in it. It may be killed at any time: until all is made ready and written down nothing has
/// been changed, and what was written down is carried on by <see cref="Finish"/>.
/// </summary>
internal sealed class HomeBack(HubFolders folders, PointBounds bounds, ILogger<HomeBack> log)
{
    private const string Orders = "back.json", Unfinished = ".new";

    /// <summary>For tests: is told of each step before it is done.</summary>
    internal Action<string> Step { get; set; } = _ => { };

    /// <summary>Makes ready what a point has and the home has not; the exchange is still to be done. Null orders: all is the same.</summary>
    /// <exception cref="IOException">It cannot be made; nothing was changed.</exception>
    public (BackOrders? Orders, IReadOnlyList<string> Troubles) Prepare(string person, PointRecord point, CancellationToken cancellationToken)
    {
        Finish(person);
        var (contents, now) = (bounds.ContentsOf(person), HomeWalk.Look(folders.HomeOf(person), cancellationToken));
        var then = contents.Read(point.Home!);
        var (places, troubles) = (new List<BackPlace>(), new List<string>());
        var staging = MakeStaging(person);
        foreach (var root in then.Roots.Union(now.Tree.Roots))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (wanted, there) = (then.Of(root), now.Tree.Of(root));
            if (wanted.Count == there.Count && wanted.Zip(there).All(pair => (pair.First.Path, pair.First.Fingerprint) == (pair.Second.Path, pair.Second.Fingerprint))) continue;
            // What was too large then, or is now, is left as it is.
            if (now.LeftOut.Concat(point.LeftOut).Any(sentence => sentence.StartsWith($"~/{root} ", StringComparison.Ordinal))) continue;
            var staged = Path.Combine(staging, $"{places.Count}");
            Step($"make {root}");
            if (wanted.Count > 0) troubles.AddRange(contents.Put(wanted, staged));
            places.Add(new BackPlace(root, wanted.Count > 0 ? Posix.Status(staged)!.Value.Inode : null));
        }
        if (places.Count > 0) return (new BackOrders(point.Id, places), troubles);
        Directory.Delete(staging);
        return (null, troubles);
    }

    /// <summary>Does what was made ready.</summary>
    /// <exception cref="IOException">It cannot be done now; what is left of it is carried on later.</exception>
    public void Exchange(string person, BackOrders orders)
    {
        var file = Path.Combine(StagingOf(person), Orders);
        File.WriteAllBytes(file + Unfinished, JsonSerializer.SerializeToUtf8Bytes(orders, BackJson.Default.BackOrders));
        Posix.SyncAll(StagingOf(person));
        Step("write");
        File.Move(file + Unfinished, file);
        try
        {
            Carry(person, orders);
        }
        catch (IOException) when (!IsBegun(person, orders))
        {
            GiveUp(person);
            throw;
        }
    }

    /// <summary>Carries on what a killed hub has left: undoes what was not all made ready, and does the rest of what was.</summary>
    public void Finish(string person)
    {
        var staging = StagingOf(person);
        if (!Directory.Exists(staging)) return;
        if (!File.Exists(Path.Combine(staging, Orders)))
        {
            Machines.FolderCopy.Remove(staging);
            return;
        }
        var orders = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(staging, Orders)), BackJson.Default.BackOrders)!;
        Carry(person, orders);
        log.Finished(person, orders.Point);
    }

    /// <summary>Forgets what was made ready.</summary>
    public void GiveUp(string person) => Machines.FolderCopy.Remove(StagingOf(person));

    private void Carry(string person, BackOrders orders)
    {
        var staging = StagingOf(person);
        using var home = Posix.OpenRoot(folders.HomeOf(person));
        for (var at = 0; at < orders.Places.Count; at++)
        {
            var (root, inode) = orders.Places[at];
            Step($"exchange {root}");
            using var parent = OpenParent(home, root, make: inode is not null);
            if (parent is null) continue;
            var (place, staged) = ($"{Posix.NameOf(parent)}/{Path.GetFileName(root)}", Path.Combine(staging, $"{at}"));
            var there = Posix.Status(place);
            // It was done before.
            if (there?.Inode == inode) continue;
            var error = inode is null || there is null ? 0 : Posix.Exchange(staged, place);
            if (inode is null) error = Posix.MoveTo(place, staged);
            else if (there is null) error = Posix.MoveTo(staged, place);
            if (error != 0) throw new IOException($"~/{root} could not be exchanged (error {error}). What is left of it is done before the next way back, and at the next start of the hub.");
        }
        Posix.SyncAll(staging);
        Step("clear");
        Machines.FolderCopy.Remove(staging);
    }

    /// <summary>Whether anything was exchanged.</summary>
    private bool IsBegun(string person, BackOrders orders) => orders.Places.Any(place => place.Inode is { } inode && Posix.Status(Path.Combine(folders.HomeOf(person), place.Root))?.Inode == inode)
        || orders.Places.Select((place, at) => (place, at)).Any(each => each.place.Inode is null && Posix.Status(Path.Combine(StagingOf(person), $"{each.at}")) is not null);

    /// <summary>Where a home has a hard quota, what is to come into it must be counted with it already.</summary>
    private string MakeStaging(string person)
    {
        var staging = HubFolders.Make(StagingOf(person));
        using var home = Posix.OpenRoot(folders.HomeOf(person));
        using var from = Posix.OpenBelow(home, ".");
        if (from.IsInvalid || Posix.ProjectOf(from) is not { IsInherited: true } project) return staging;
        using var root = Posix.OpenRoot(staging);
        using var to = Posix.OpenBelow(root, ".");
        Posix.SetProject(to, project);
        return staging;
    }

    /// <summary>The folder in which a root lies, through no link; null when it is not there, or cannot be made.</summary>
    private static SafeFileHandle? OpenParent(SafeFileHandle home, string root, bool make)
    {
        var parent = Posix.OpenBelow(home, ".", pathOnly: true);
        foreach (var name in root.Split('/').SkipLast(1))
        {
            var next = Posix.OpenBelow(parent, name, pathOnly: true);
            if (next.IsInvalid && make && Posix.Status(parent) is { } like && Posix.Status($"{Posix.NameOf(parent)}/{name}") is null)
            {
                Directory.CreateDirectory($"{Posix.NameOf(parent)}/{name}");
                Posix.Stamp($"{Posix.NameOf(parent)}/{name}", like);
                next = Posix.OpenBelow(parent, name, pathOnly: true);
            }
            parent.Dispose();
            if (next.IsInvalid || Posix.Status(next) is not { IsFolder: true }) return make ? throw new IOException($"~/{root} could not be put in its place: the folder above it is a link, or a file.") : null;
            parent = next;
        }
        return parent;
    }

    /// <summary>One at a time: a person's turn is its caller's.</summary>
    private string StagingOf(string person) => Path.Combine(folders.PointsOf(person), "back");
}

/// <summary>An exchange that was made ready.</summary>
/// <param name="Point">The point to which it goes back.</param>
/// <param name="Places">What is exchanged, in order; what stands ready for each has its number as its name.</param>
internal sealed record BackOrders(string Point, IReadOnlyList<BackPlace> Places);

/// <summary>A folder or file of the home that is exchanged.</summary>
/// <param name="Root">From the home on.</param>
/// <param name="Inode">Of what stands ready: when it is in the home, it was exchanged. Null: what is in the home is taken away.</param>
internal sealed record BackPlace(string Root, ulong? Inode);

[JsonSerializable(typeof(BackOrders))]
internal sealed partial class BackJson : JsonSerializerContext;
