using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Loss.Packages;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Points;

/// <summary>
/// Takes a point after each start of a machine, and each time that something was installed in it: nobody tells before an install, and so the newest point is always of the moment
/// before the next. What it looks at, every few seconds, is when the folders and files were changed in which apt, pip, conda and npm have an entry for each package; only what that
/// says has changed is looked at further.
/// </summary>
internal sealed class PointWatch(
    HubOptions options, Fleet fleet, EnvironmentPoints points, PointTaking taking, PointStore store, PointBounds bounds, PointDiffs diffs, HomeBack back, MachineLayers layers, DeletedMachines deleted, TimeProvider time,
    ILogger<PointWatch> log) : BackgroundService
{
    private const int LooksUntilPlacesAreSought = 100;
    private static readonly string[] AboveSystem = ["/", "/opt", "/srv", "/root", "/usr/lib", "/usr/local/lib"], AboveHome = ["/", "/.local", "/.local/lib", "/.conda/envs", "/.virtualenvs", "/miniconda3/envs"];
    private static readonly Caller Hub = new("", IsAdmin: true);

    /// <summary>An install that seems never to end is not waited for any longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private readonly Dictionary<string, Watched> _machines = [];
    private readonly Dictionary<string, Places> _homes = [];

    /// <summary>Time between two looks.</summary>
    internal TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var person in store.People()) await TryAsync(person, () => CarryOnAsync(person, stoppingToken), stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken);
            while (deleted.TryTake(out var machine)) await TryAsync(machine.Spec.Name, () => ForgetAsync(machine, stoppingToken), stoppingToken);
            await LookAsync(stoppingToken);
        }
    }

    /// <summary>One look at all machines that run.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var running = fleet.List(Hub).Where(machine => machine.State == MachineState.Running).ToList();
        foreach (var gone in _machines.Keys.Except(running.Select(machine => machine.Id)).ToList()) _machines.Remove(gone);
        foreach (var gone in _homes.Keys.Except(running.Select(machine => machine.Owner)).ToList()) _homes.Remove(gone);
        // A home is looked at once, however many machines have it.
        var homes = running.Select(machine => machine.Owner).Distinct().ToDictionary(person => person, LookAtHome);
        foreach (var machine in running) await TryAsync(machine.Spec.Name, () => LookAsync(machine, homes[machine.Owner], cancellationToken), cancellationToken);
    }

    private async Task LookAsync(MachineRecord machine, string home, CancellationToken cancellationToken)
    {
        if (!_machines.TryGetValue(machine.Id, out var watched) || watched.Run != machine.Run)
        {
            // A path by the process' number: it is good for this run.
            var engine = options.EngineOf(machine);
            var root = engine is { HasOwnRoots: true } ? engine.PathOf(machine.Id, "/") : null;
            _machines[machine.Id] = watched = new Watched(machine.Run, root is null ? null : new Places(root, tree => Prefixes.Of(tree, home: null), ["/var/lib/dpkg/status"], AboveSystem));
            await BeginAsync(machine, watched, home, cancellationToken);
            return;
        }
        // 1. Whether anything may have changed.
        var seen = home + watched.System?.Look();
        if (seen == watched.Accepted) return;
        if (seen != watched.Seen)
        {
            (watched.Seen, watched.Deep, watched.Since) = (seen, null, watched.Since ?? time.GetTimestamp());
            return;
        }

        // 2. Whether it goes on.
        var now = await diffs.LookAsync(machine, cancellationToken);
        var deep = $"{now.Tree.Mark()} {now.System.Mark}";
        var isPatient = time.GetElapsedTime(watched.Since!.Value) < Patience;
        if (isPatient && (deep != watched.Deep || IsBusy(machine, watched)))
        {
            watched.Deep = deep;
            return;
        }

        // 3. Whether it is another environment.
        (watched.Accepted, watched.Since, watched.Deep) = (seen, null, null);
        using var turn = await points.TurnAsync(machine.Owner, cancellationToken);
        if (store.Newest(machine.Id)?.IsSame(now.Tree.Mark(), now.System.Mark) == true) return;
        await taking.TakeAsync(machine, PointWhy.Install, null, cancellationToken);
    }

    /// <summary>The first look at a run: at its start a point is taken; where a hub finds it running, when it is not as it was when there was a hub.</summary>
    private async Task BeginAsync(MachineRecord machine, Watched watched, string home, CancellationToken cancellationToken)
    {
        watched.Accepted = home + watched.System?.Look();
        using var turn = await points.TurnAsync(machine.Owner, cancellationToken);
        var newest = store.Newest(machine.Id);
        if (newest?.Run != machine.Run || machine.Started >= _began)
        {
            await taking.TakeAsync(machine, PointWhy.Start, layers.Now(machine.Id) is { } layer && store.OfMachine(machine.Id).FirstOrDefault(point => point.Layer == layer) is { } of ? $"with the system of {of.Id}" : "", cancellationToken);
            return;
        }
        var now = await diffs.LookAsync(machine, cancellationToken);
        if (newest.IsSame(now.Tree.Mark(), now.System.Mark)) return;
        var words = taking.Words(newest, now.HomePackages, now.SystemPackages);
        await taking.TakeAsync(machine, PointWhy.Install, $"{words} (while no hub looked: of the moments in between there is no point)", cancellationToken);
    }

    private string LookAtHome(string person)
    {
        if (!_homes.TryGetValue(person, out var places))
            _homes[person] = places = new Places(options.Folders.HomeOf(person), PackageFolders.PrefixesOf, [], AboveHome);
        return places.Look();
    }

    private bool IsBusy(MachineRecord machine, Watched watched)
    {
        using var home = new ForeignTree(options.Folders.HomeOf(machine.Owner));
        if (PackageFolders.PrefixesOf(home).SelectMany(prefix => PackageFolders.Sites(home, prefix)).Any(site => PackageFolders.IsBusy(home, site))) return true;
        if (watched.System is not { } system) return false;
        using var tree = new ForeignTree(system.Root);
        return tree.List("/var/lib/dpkg/updates").Count > 0 || Prefixes.Of(tree, home: null).SelectMany(prefix => PackageFolders.Sites(tree, prefix)).Any(site => PackageFolders.IsBusy(tree, site));
    }

    /// <summary>What a hub that was killed has left.</summary>
    private async Task CarryOnAsync(string person, CancellationToken cancellationToken)
    {
        using var turn = await points.TurnAsync(person, cancellationToken);
        back.Finish(person);
        var machines = fleet.List(Hub).Select(machine => machine.Id).ToHashSet();
        var contents = bounds.ContentsOf(person);
        foreach (var point in store.OfPerson(person))
        {
            if (point.Machine is { } machine && machines.Add(machine))
            {
                store.ForgetMachine(machine);
                await bounds.SweepLayersAsync(machine, [], cancellationToken);
            }
            // A backup has the rows and not what they stand for.
            if (point.Home is { } home && !contents.Has(home)) store.Remove(point);
        }
        await bounds.SweepAsync(person, cancellationToken);
    }

    private async Task ForgetAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        using var turn = await points.TurnAsync(machine.Owner, cancellationToken);
        store.ForgetMachine(machine.Id);
        await bounds.SweepLayersAsync(machine.Id, [], cancellationToken);
        await bounds.HoldAsync(machine.Owner, cancellationToken);
    }

    private async Task TryAsync(string name, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // It is read from what others write: whatever is wrong with that, the next look tries again.
            log.Failed(name, fault);
        }
    }

    /// <summary>A run of a machine.</summary>
    private sealed class Watched(int run, Places? system)
    {
        public int Run { get; } = run;
        public Places? System { get; } = system;
        /// <summary>What was seen when all was looked at last.</summary>
        public string? Accepted { get; set; }
        public string? Seen { get; set; }
        public string? Deep { get; set; }
        public long? Since { get; set; }
    }

    /// <summary>
    /// The places of one tree that are looked at. Which there are is sought when something was made in the folders above, when one of them has changed, and now and then.
    /// </summary>
    private sealed class Places(string root, Func<ForeignTree, IReadOnlyList<string>> prefixes, IReadOnlyList<string> always, IReadOnlyList<string> above)
    {
        private IReadOnlyList<string> _paths = [];
        private string _seen = "", _above = "";
        private int _looks;

        public string Root { get; } = root;

        /// <summary>A text that is another one when something may have been installed or removed.</summary>
        public string Look()
        {
            using var tree = new ForeignTree(Root);
            var (seen, outside) = (See(tree, _paths), See(tree, above));
            if (seen == _seen && outside == _above && _looks++ % LooksUntilPlacesAreSought != 0) return seen;
            _paths = [.. always, .. PackageFolders.Watched(tree, prefixes(tree)).Where(path => tree.Status(path) is not null)];
            (_seen, _above) = (See(tree, _paths), outside);
            return _seen;
        }

        private static string See(ForeignTree tree, IReadOnlyList<string> paths)
        {
            var text = new StringBuilder();
            foreach (var path in paths)
                if (tree.Status(path) is { } status) text.Append(CultureInfo.InvariantCulture, $"{path} {status.Inode} {status.Modified.Seconds}.{status.Modified.Nanoseconds}\n");
            return text.ToString();
        }
    }
}

/// <summary>Machines that were deleted, whose layers an engine may still keep.</summary>
internal sealed class DeletedMachines : IMachineObserver
{
    private readonly ConcurrentQueue<MachineRecord> _machines = [];

    public void Changed(MachineRecord before, MachineRecord now)
    {
        if (now.State == MachineState.Deleted) _machines.Enqueue(now);
    }

    public bool TryTake([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out MachineRecord machine) => _machines.TryDequeue(out machine);
}
