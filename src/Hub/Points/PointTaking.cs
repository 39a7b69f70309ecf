using System.Globalization;
using System.Security.Cryptography;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Points;

/// <summary>Takes points. Whoever calls has the turn of the person.</summary>
internal sealed class PointTaking(HubOptions options, PointStore store, PointBounds bounds, KeptPaths kept, TimeProvider time, ILogger<PointTaking> log)
{
    /// <summary>Of the room that all points of a person may take, one part alone takes no more than this.</summary>
    public const int PartOfRoom = 3;
    private const int MostWords = 4;

    /// <summary>Takes a point of now.</summary>
    /// <param name="machine">As it is now.</param>
    /// <param name="why">What for.</param>
    /// <param name="words">See <see cref="EnvironmentPoint.Words"/>; null: what is installed otherwise than at the newest point.</param>
    /// <param name="cancellationToken">Gives up; nothing is left of it.</param>
    /// <param name="seen">What was seen of it a moment ago; null to look.</param>
    /// <param name="needed">The number of a point that must not make room for it.</param>
    public async Task<PointRecord> TakeAsync(MachineRecord machine, PointWhy why, string? words, CancellationToken cancellationToken, SeenMachine? seen = null, long? needed = null)
    {
        // The disk is waited for, and the caller's thread must not be.
        await Task.Yield();
        var began = time.GetTimestamp();
        var (newest, contents) = (store.Newest(machine.Id), bounds.ContentsOf(machine.Owner));
        var (tree, leftOut, system) = seen ?? await LookAsync(machine, cancellationToken);

        // 1. Home's package folders.
        var (home, trouble) = Hold(machine.Owner, tree, contents, cancellationToken);
        using var homeTree = new ForeignTree(options.Folders.HomeOf(machine.Owner));
        var homePackages = PackageFolders.Read(homeTree, InsideFolders.HomeOf(machine));

        // 2. The system; the same layer is not kept twice.
        var engine = options.EngineOf(machine);
        var packages = MachineSystem.PackagesOf(engine, machine);
        var same = system.Mark is { Length: > 0 } mark ? store.OfMachine(machine.Id).LastOrDefault(point => point.LayerMark == mark && point.Layer is not null && point.Image == machine.Spec.Image) : null;

        string? layer = same?.Layer;
        if (system.Mark is { Length: > 0 } && layer is null)
        {
            var kept = await KeepAsync(engine!, machine, system.Size, cancellationToken);
            if (kept.Trouble is null) layer = kept.Layer;
            else trouble = $"{trouble} The system of {machine.Spec.Name} is not in it: {kept.Trouble}".TrimStart();
        }

        // 3. The row.
        words ??= Words(newest, homePackages, packages);
        var point = store.Add(new PointRecord(0, machine.Owner, machine.Id, machine.Spec.Name, machine.Run, time.GetUtcNow(), why, words, [.. leftOut, .. trouble is null ? [] : (string[])[trouble]],
            machine.Spec.Image, home, store.Keep(homePackages), packages is null ? null : store.Keep(packages), system.Mark, layer));

        // 4. Room.
        await bounds.HoldAsync(machine.Owner, cancellationToken, needed);
        log.Taken(point.Id, machine.Spec.Name, why, time.GetElapsedTime(began).TotalMilliseconds);
        return point;
    }

    /// <summary>Looks at what a point would be of: enough to tell whether it would be as another one is.</summary>
    public async Task<SeenMachine> LookAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        var (tree, leftOut) = HomeWalk.Look(HubFolders.Make(options.Folders.HomeOf(machine.Owner)), cancellationToken);
        return new SeenMachine(tree, leftOut, await MachineSystem.LookAsync(options.EngineOf(machine), machine, kept.Of(machine.Id), cancellationToken));
    }

    /// <summary>What is installed otherwise than at a point, in words.</summary>
    public string Words(PointRecord? since, IReadOnlyList<Package> homePackages, IReadOnlyList<Package>? systemPackages)
    {
        if (since is null) return "";
        var changes = PackageDifferences.Of(store.Packages(since.HomePackages), homePackages).Concat(systemPackages is null ? [] : PackageDifferences.Of(store.Packages(since.SystemPackages), systemPackages))
            .OrderByDescending(change => change.Package.IsAsked).ThenBy(change => change.Package.Name, StringComparer.Ordinal).ToList();
        if (changes.Count == 0) return "the same packages, other files";
        var words = string.Join(", ", changes.Take(MostWords).Select(change => $"{change.Package.Source} {change.Package.Name} {(change.Before, change.Now) switch
        {
            (null, var now) => now,
            (_, null) => "removed",
            var (before, now) => $"{before} → {now}",
        }}"));
        return changes.Count > MostWords ? string.Create(CultureInfo.InvariantCulture, $"{words} and {changes.Count - MostWords} more") : words;
    }

    private (string? Mark, string? Trouble) Hold(string person, HeldTree tree, HeldContents contents, CancellationToken cancellationToken)
    {
        var mark = tree.Mark();
        if (contents.Has(mark)) return (mark, null);
        try
        {
            var before = store.OfPerson(person).LastOrDefault(point => point.Home is { } home && contents.Has(home))?.Home;
            return (contents.Hold(options.Folders.HomeOf(person), tree, before is null ? null : contents.Read(before), options.Settings.PointsQuota / PartOfRoom, cancellationToken), null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, $"The package folders of home are not in it: {fault.Message}");
        }
    }

    private async Task<(string? Layer, string? Trouble)> KeepAsync(IEngine engine, MachineRecord machine, long size, CancellationToken cancellationToken)
    {
        var most = options.Settings.PointsQuota / PartOfRoom;
        if (engine is not ILayerSnapshots layers) return (null, $"the engine {engine.Name} keeps none.");
        if (size > most) return (null, string.Create(CultureInfo.InvariantCulture, $"what was changed in it has {size / 1_000_000:n0} MB, and {most / 1_000_000:n0} MB is the most."));
        var name = $"l{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var taken = await layers.KeepLayerAsync(PointBounds.PlaceOf(options.Folders, machine.Id), name, cancellationToken);
        return taken.Ok ? (name, null) : (null, taken.Fault.Message);
    }
}

/// <summary>What was seen of a machine.</summary>
/// <param name="Home">Its owner's package folders, with the names of no contents.</param>
/// <param name="LeftOut">A sentence for each folder of those that is not in it.</param>
/// <param name="System">Its ephemeral layer.</param>
internal sealed record SeenMachine(HeldTree Home, IReadOnlyList<string> LeftOut, MachineSystem System);
