using System.Collections.Concurrent;
using System.Globalization;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Points;

/// <summary>What points take on the disk, and which go when that is too much. Whoever calls has the turn of the person.</summary>
internal sealed class PointBounds(HubOptions options, PointStore store, MachineStore machines, MachineLayers layers, ILogger<PointBounds> log)
{
    private const int NewestThatStay = 2;
    private readonly ConcurrentDictionary<string, HeldContents> _contents = [];

    public HeldContents ContentsOf(string person) => _contents.GetOrAdd(person, name => new HeldContents(HubFolders.Make(options.Folders.PointsOf(name))));

    public static LayerPlace PlaceOf(HubFolders folders, string machine) => new(machine, folders.ScratchOf(machine));

    /// <summary>Bytes on the disk of all points of a person, and of each that removing it alone would free.</summary>
    public async Task<(long All, IReadOnlyDictionary<long, long> Frees)> MeasureAsync(string person, CancellationToken cancellationToken)
    {
        var points = store.OfPerson(person);
        var (all, own) = ContentsOf(person).Measure();
        var frees = points.ToDictionary(point => point.Number, point => point.Home is { } home && points.Count(other => other.Home == home) == 1 ? own.GetValueOrDefault(home) : 0);
        foreach (var machine in points.GroupBy(point => point.Machine).Where(group => group.Key is not null))
        {
            if (LayersOf(machine.Key!) is not { } engine || await engine.LayersAsync(PlaceOf(options.Folders, machine.Key!), cancellationToken) is not { Ok: true, Value: var kept }) continue;
            all += kept.Sum(layer => layer.Share);
            foreach (var layer in kept)
                if (machine.Where(point => point.Layer == layer.Name).ToList() is [var only]) frees[only.Number] += layer.Size;
        }
        return (all, frees);
    }

    /// <summary>Lets points go until a person's are within the bounds: the oldest first; never a machine's newest two or one that a job runs in, and what somebody asked for only when there are no others.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="needed">The number of one that stays, because somebody is about to go back to it.</param>
    public async Task HoldAsync(string person, CancellationToken cancellationToken, long? needed = null)
    {
        var points = store.OfPerson(person);
        foreach (var machine in points.GroupBy(point => point.Machine))
        {
            var left = machine.ToList();
            while (left.Count > options.Settings.MostPoints && Oldest(left, needed) is { } point)
            {
                left.Remove(point);
                LetGo(point, string.Create(CultureInfo.InvariantCulture, $"a machine has at most {options.Settings.MostPoints}"));
            }
        }
        await SweepAsync(person, cancellationToken);
        while ((await MeasureAsync(person, cancellationToken)).All > options.Settings.PointsQuota && Oldest(store.OfPerson(person), needed) is { } point)
        {
            LetGo(point, string.Create(CultureInfo.InvariantCulture, $"all may take {options.Settings.PointsQuota / 1_000_000:n0} MB"));
            await SweepAsync(person, cancellationToken);
        }
    }

    /// <summary>Removes from the disk what no point has any more. What cannot be removed now is the next time.</summary>
    public async Task SweepAsync(string person, CancellationToken cancellationToken)
    {
        var points = store.OfPerson(person);
        ContentsOf(person).Sweep([.. points.Select(point => point.Home).OfType<string>().Distinct()]);
        foreach (var (machine, _) in machines.All().Where(machine => machine.Record.Owner == person && machine.Record.State != MachineState.Deleted))
            await SweepLayersAsync(machine.Id, [.. points.Where(point => point.Machine == machine.Id).Select(point => point.Layer).Append(layers.Next(machine.Id)).OfType<string>()], cancellationToken);
    }

    /// <summary>Removes the layers that engines keep of a machine, which may be deleted, all but some.</summary>
    public async Task SweepLayersAsync(string machine, IReadOnlyCollection<string> stay, CancellationToken cancellationToken)
    {
        var place = PlaceOf(options.Folders, machine);
        foreach (var engine in options.Engines.Values.OfType<ILayerSnapshots>())
        {
            if (await engine.LayersAsync(place, cancellationToken) is not { Ok: true, Value: var kept }) continue;
            foreach (var layer in kept.Where(layer => !stay.Contains(layer.Name))) await engine.RemoveLayerAsync(place, layer.Name, cancellationToken);
        }
    }

    /// <summary>Whether a machine's engine still keeps a layer.</summary>
    public async Task<bool> HasAsync(MachineRecord machine, string layer, CancellationToken cancellationToken) =>
        options.EngineOf(machine) is ILayerSnapshots engine && await engine.LayersAsync(PlaceOf(options.Folders, machine.Id), cancellationToken) is { Ok: true, Value: var kept } && kept.Any(each => each.Name == layer);

    private void LetGo(PointRecord point, string reason)
    {
        store.Remove(point);
        log.LetGo(point.Id, point.MachineName, reason);
    }

    /// <summary>The one that goes next; null when all stay.</summary>
    private PointRecord? Oldest(IReadOnlyList<PointRecord> points, long? needed)
    {
        var staying = points.Where(point => point.Machine is not null).GroupBy(point => point.Machine).SelectMany(machine => machine.OrderByDescending(point => point.Number).Take(NewestThatStay)).ToHashSet();
        var inUse = store.InUse();
        var going = points.Where(point => !staying.Contains(point) && !inUse.Contains(point.Number) && point.Number != needed).OrderBy(point => point.Number).ToList();
        return going.Find(point => point.Why != PointWhy.Asked) ?? going.FirstOrDefault();
    }

    private ILayerSnapshots? LayersOf(string machine) =>
        machines.All().FirstOrDefault(found => found.Record.Id == machine).Record is { } record ? options.EngineOf(record) as ILayerSnapshots : null;
}
