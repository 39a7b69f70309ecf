using System.Text.Json;
using Holdfast.Hub.Database;
using Holdfast.Hub.Loss.Packages;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Loss;

/// <summary>The loss list of a machine that runs, or whose layer is still there; and that of its last stop.</summary>
internal sealed class LossLists(HubOptions options, HubDatabase database, TimeProvider time, KeptPaths kept)
{
    /// <summary>
    /// Looks. Of a machine that has ended the packages are not known: what was installed is among the files. Fault <c>unavailable</c> when the engine cannot tell,
    /// <c>not-found</c> when there is no layer.
    /// </summary>
    public async Task<HubResult<LossList>> LookAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        if (options.EngineOf(machine) is not { } engine) return new HubFault("unavailable", $"This hub has no engine {machine.Spec.Engine}; {machine.Spec.Name} was made with one.");
        var status = await engine.InspectAsync(machine.Id, cancellationToken);
        if (!status.Ok) return new HubFault(status.Fault.Code == "not-found" ? "not-found" : "unavailable", status.Fault.Message);
        var root = engine.PathOf(machine.Id, "/");
        // A workload that is no more than a process of this host's has no layer: nothing ends with it.
        if (!engine.HasOwnRoots) return new LossList(time.GetUtcNow(), [], [], 0, [], 0);

        using var tree = root is null ? null : new ForeignTree(root);
        HashSet<string> files = [], wholes = [];
        var packages = tree is null ? [] : LookAtPackages(machine, tree, files, wholes);
        foreach (var path in kept.Of(machine.Id))
            if (tree is null || tree.LinkTarget(path.Path) == path.Place) files.Add(path.Path);
        var walk = new LossWalk(tree, files, wholes);
        await foreach (var change in engine.ChangesAsync(machine.Id, cancellationToken)) walk.Add(change);
        return walk.List(time.GetUtcNow(), packages);
    }

    /// <summary>Keeps what a stop destroys, to be shown afterwards.</summary>
    public void Remember(string machineId, LossList list) => database.Execute("INSERT OR REPLACE INTO losses VALUES ($machine, $time, $list)",
        ("$machine", machineId), ("$time", list.Time.ToUnixTimeMilliseconds()), ("$list", JsonSerializer.Serialize(list, LossJson.Default.LossList)));

    /// <summary>What the last stop destroyed; null when nothing is known.</summary>
    public LossList? LastOf(string machineId) =>
        database.Value("SELECT list FROM losses WHERE machine = $machine", ("$machine", machineId)) is string list ? JsonSerializer.Deserialize(list, LossJson.Default.LossList) : null;

    /// <summary>What changed among the packages; the files of those that are new or others are added.</summary>
    private List<PackageChange> LookAtPackages(MachineRecord machine, ForeignTree tree, HashSet<string> files, HashSet<string> wholes)
    {
        var volumes = InsideFolders.Of(machine);
        // Without a list of the start there is nothing to compare with: it has not come so far.
        var before = PackageList.Recall(options.Folders.StateOf(machine.Id), InsideFolders.PackagesBefore);
        if (before is null) return [];
        var now = PackageList.Read(tree, home: null);
        wholes.UnionWith(CondaPackages.Caches(now));
        var differences = PackageDifferences.Of(before, now).Where(difference => !volumes.Any(volume => ForeignTree.IsIn(difference.Package.Place, volume))).ToList();
        return PackageDifferences.WithFiles(tree, differences, files, wholes);
    }
}
