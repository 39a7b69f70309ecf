using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Points;

/// <summary>Compares points with each other and with now.</summary>
internal sealed class PointDiffs(HubOptions options, PointStore store, PointBounds bounds, KeptPaths kept)
{
    /// <summary>What of two moments differs.</summary>
    /// <param name="machine">The machine that is looked at.</param>
    /// <param name="from">The earlier point.</param>
    /// <param name="to">The later one; null for now.</param>
    /// <param name="files">Whether files are counted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(IReadOnlyList<PointChange> Packages, FileCounts? Files, bool? SystemDiffers)> OfAsync(MachineRecord machine, PointRecord from, PointRecord? to, bool files, CancellationToken cancellationToken)
    {
        var now = to is null ? await LookAsync(machine, cancellationToken) : null;
        var homePackages = now?.HomePackages ?? store.Packages(to!.HomePackages);
        var changes = PackageDifferences.Of(store.Packages(from.HomePackages), homePackages);
        var systemPackages = now is null ? to!.SystemPackages is { } list ? store.Packages(list) : null : now.SystemPackages;
        // The systems of two machines are not two moments of one.
        var isOne = from.Machine == machine.Id && (to is null || to.Machine == machine.Id);
        if (isOne && systemPackages is not null && from.SystemPackages is { } before) changes = changes.Concat(PackageDifferences.Of(store.Packages(before), systemPackages));
        var marks = (Before: from.LayerMark, After: now is null ? to!.LayerMark : now.System.Mark);
        return (
            [.. from change in changes
                let package = change.Package
                orderby package.IsAsked descending, package.Source, package.Name
                select new PointChange(package.Source, package.Name, package.Place, change.Before, change.Now)],
            files ? Count(machine.Owner, from, to, now) : null,
            isOne && marks is { Before: not null, After: not null } ? marks.Before != marks.After : null);
    }

    /// <summary>The newest point whose environment is not that of now; null when there is none.</summary>
    public async Task<PointRecord?> LastOtherAsync(MachineRecord machine, IEnumerable<PointRecord> points, CancellationToken cancellationToken)
    {
        var now = await LookAsync(machine, cancellationToken);
        var mark = now.Tree.Mark();
        return points.LastOrDefault(point => (point.Home is not null && point.Home != mark) || (point.Machine == machine.Id && point.LayerMark is not null && now.System.Mark is not null && point.LayerMark != now.System.Mark));
    }

    /// <summary>The environment as it is now.</summary>
    public async Task<EnvironmentNow> LookAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        // The disk is waited for, and the caller's thread must not be.
        await Task.Yield();
        var home = HubFolders.Make(options.Folders.HomeOf(machine.Owner));
        using var tree = new ForeignTree(home);
        var engine = options.EngineOf(machine);
        return new EnvironmentNow(
            HomeWalk.Look(home, cancellationToken).Tree, PackageFolders.Read(tree, InsideFolders.HomeOf(machine)), MachineSystem.PackagesOf(engine, machine),
            await MachineSystem.LookAsync(engine, machine, kept.Of(machine.Id), cancellationToken));
    }

    private FileCounts? Count(string person, PointRecord from, PointRecord? to, EnvironmentNow? now)
    {
        var contents = bounds.ContentsOf(person);
        return from.Home is { } before && contents.Has(before) && (now?.Tree ?? (to?.Home is { } after && contents.Has(after) ? contents.Read(after) : null)) is { } tree ? contents.Read(before).CountTo(tree) : null;
    }
}

/// <summary>An environment as it is at the moment.</summary>
internal sealed record EnvironmentNow(HeldTree Tree, IReadOnlyList<Package> HomePackages, IReadOnlyList<Package>? SystemPackages, MachineSystem System);
