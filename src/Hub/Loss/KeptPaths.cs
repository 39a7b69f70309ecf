using System.Collections.Concurrent;
using System.Globalization;
using Holdfast.Hub.Database;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Settings;

namespace Holdfast.Hub.Loss;

/// <summary>Paths outside of the volumes that outlive a stop: moved to the machine's kept folder, with a link in their place that each start makes anew.</summary>
internal sealed class KeptPaths(HubOptions options, HubDatabase database)
{
    private const int MostPaths = 100;
    /// <summary>One for each machine: what is asked of one may never be answered.</summary>
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new();

    /// <summary>The kept paths of a machine.</summary>
    public IReadOnlyList<KeptPath> Of(string machineId) => database.Query(
        "SELECT path, place FROM kept WHERE machine = $machine ORDER BY path", row => new KeptPath(row.GetString(0), row.GetString(1)), ("$machine", machineId));

    /// <summary>Keeps paths of a running machine; those that are kept already stay so. None is moved when one of them cannot be.</summary>
    public async Task<HubResult<IReadOnlyList<KeptPath>>> KeepAsync(MachineRecord machine, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count is 0 or > MostPaths) return new HubFault("bad-request", $"Name 1 to {MostPaths} paths to keep.");
        if (options.EngineOf(machine) is { HasOwnRoots: false })
            return new HubFault("bad-request", $"{machine.Spec.Name} runs on this computer's own files: a stop destroys none of them, there is nothing to keep.");
        var turn = _turns.GetOrAdd(machine.Id, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            var before = Of(machine.Id);
            var number = before.Select(path => Path.GetFileName(path.Place).Split('-')[0]).Select(text => int.Parse(text, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
            var wanted = paths.Select(path => path.Length > 1 ? path.TrimEnd('/') : path).Distinct().ToList();
            var asked = wanted.Where(path => before.All(kept => kept.Path != path || !IsLinked(machine, kept)))
                .Select(path => before.FirstOrDefault(kept => kept.Path == path) ?? new KeptPath(path, PlaceOf(path, ++number))).ToList();
            if (asked.FirstOrDefault(path => asked.Any(other => other != path && ForeignTree.IsIn(path.Path, other.Path))) is { } inner)
                return new HubFault("bad-request", $"{inner.Path} lies in another path that is to be kept. Name only one of them.");
            if (asked.Count == 0) return new HubResult<IReadOnlyList<KeptPath>>(before, null);

            // First the rows: what is moved and has none would never be linked again. Where no link stands the row is not believed.
            database.Transact(() => asked.Sum(path => database.Execute("INSERT OR REPLACE INTO kept VALUES ($machine, $path, $place)", ("$machine", machine.Id), ("$path", path.Path), ("$place", path.Place))));
            HubFault? fault = null;
            try
            {
                fault = await AskAsync(machine, new KeepOrder(asked, Back: false, InsideFolders.Of(machine)), cancellationToken);
            }
            finally
            {
                foreach (var path in asked.Where(path => !IsLinked(machine, path) && !IsThere(machine, path))) Forget(machine.Id, path.Path);
            }
            return fault is null ? new HubResult<IReadOnlyList<KeptPath>>(Of(machine.Id), null) : fault;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Moves kept paths of a running machine back to where they were: from then on a stop destroys them. None is moved when one of them is not kept.</summary>
    public async Task<HubResult<IReadOnlyList<KeptPath>>> GiveBackAsync(MachineRecord machine, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var asked = paths.Select(path => path.Length > 1 ? path.TrimEnd('/') : path).Distinct().ToList();
        var found = new List<KeptPath>();
        var turn = _turns.GetOrAdd(machine.Id, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            var kept = Of(machine.Id);
            if (asked.FirstOrDefault(path => kept.All(each => each.Path != path)) is { } missing)
                return new HubFault("not-found", $"{missing} is not kept in {machine.Spec.Name}.{NearestName.Hint(missing, kept.Select(each => each.Path))}");
            foreach (var path in kept.Where(path => asked.Contains(path.Path)))
            {
                if (await AskAsync(machine, new KeepOrder([path], Back: true, []), cancellationToken) is { } fault) return fault;
                Forget(machine.Id, path.Path);
                found.Add(path);
            }
            return new HubResult<IReadOnlyList<KeptPath>>(found, null);
        }
        finally
        {
            turn.Release();
        }
    }

    private void Forget(string machineId, string path) => database.Execute("DELETE FROM kept WHERE machine = $machine AND path = $path", ("$machine", machineId), ("$path", path));

    private async Task<HubFault?> AskAsync(MachineRecord machine, KeepOrder order, CancellationToken cancellationToken)
    {
        var answer = await InsideCall.AskAsync(options, machine, "keep", order, LossJson.Default.KeepOrder, LossJson.Default.KeepAnswer, cancellationToken);
        return answer.Fault ?? answer.Value?.Fault;
    }

    /// <summary>Whether the link stands in its place, as far as can be seen from here.</summary>
    private bool IsLinked(MachineRecord machine, KeptPath path)
    {
        if (options.EngineOf(machine)?.PathOf(machine.Id, "/") is not { } root) return IsThere(machine, path);
        using var tree = new ForeignTree(root);
        return tree.LinkTarget(path.Path) == path.Place;
    }

    private bool IsThere(MachineRecord machine, KeptPath path) => Path.Exists(Path.Combine(options.Folders.KeptOf(machine.Id), Path.GetFileName(path.Place)));

    /// <summary>A number, so that each is one of its kind, and the name, so that people find it.</summary>
    private static string PlaceOf(string path, int number)
    {
        var name = Path.GetFileName(path);
        return $"{InsideFolders.Kept}/{number}-{(name.Length > 100 ? name[..100] : name)}";
    }
}

/// <summary>A path that outlives a stop.</summary>
/// <param name="Path">Absolute, inside; at a start a link to <paramref name="Place"/> is made there.</param>
/// <param name="Place">Absolute, inside, below <c>/var/lib/holdfast-kept</c>.</param>
public sealed record KeptPath(string Path, string Place);
