using System.Collections.Concurrent;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Points;

/// <summary>The points of machines, for people: listed, taken, compared, gone back to, removed. Who calls has those of the machines that they see.</summary>
internal sealed class EnvironmentPoints(
    HubOptions options, Fleet fleet, PointStore store, PointTaking taking, PointBounds bounds, PointDiffs diffs, HomeBack back, MachineLayers layers, KeptPaths kept, AuditLog audit)
{
    private const int LongestNote = 200;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new();

    /// <summary>Points of a machine, and what they take.</summary>
    public async Task<HubResult<PointList>> ListAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        var found = fleet.Find(caller, name);
        if (!found.Ok) return found.Fault;
        var machine = found.Value;
        // The disk is waited for, and the caller's thread must not be; nor is one who takes a point.
        await Task.Yield();
        var (all, frees) = await bounds.MeasureAsync(machine.Owner, cancellationToken);
        return new PointList([.. Of(machine).OrderByDescending(point => point.Number).Select(point => View(point, machine, frees.GetValueOrDefault(point.Number)))], all, options.Settings.PointsQuota, options.Settings.MostPoints);
    }

    /// <summary>Takes a point because somebody asks for it.</summary>
    public async Task<HubResult<EnvironmentPoint>> TakeAsync(Caller caller, string name, string? note, CancellationToken cancellationToken)
    {
        var found = fleet.Find(caller, name);
        if (!found.Ok) return found.Fault;
        var machine = found.Value;
        if (note?.Length > LongestNote || note?.Any(char.IsControl) == true) return new HubFault("bad-request", $"A note is one line of at most {LongestNote} characters.");
        using var turn = await TurnAsync(machine.Owner, cancellationToken);
        return View(await taking.TakeAsync(machine, PointWhy.Asked, note ?? "", cancellationToken), machine, 0);
    }

    /// <summary>What differs between two points, or a point and now.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="name">The machine.</param>
    /// <param name="from">The earlier point's id; null for the newest one that is not as it is now.</param>
    /// <param name="to">The later point's id; null for now.</param>
    /// <param name="files">Whether files are counted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<PointDiff>> DiffAsync(Caller caller, string name, string? from, string? to, bool files, CancellationToken cancellationToken)
    {
        var found = fleet.Find(caller, name);
        if (!found.Ok) return found.Fault;
        var machine = found.Value;
        using var turn = await TurnAsync(machine.Owner, cancellationToken);
        PointRecord? earlier = null, later = null;
        foreach (var (id, isLater) in ((string?, bool)[])[(to, true), (from, false)])
        {
            if (id is null) continue;
            var named = PointOf(machine, id);
            if (!named.Ok) return named.Fault;
            if (isLater) later = named.Value;
            else earlier = named.Value;
        }
        earlier ??= later is null
            ? await diffs.LastOtherAsync(machine, Of(machine), cancellationToken)
            : Of(machine).LastOrDefault(point => point.Number < later.Number && !point.IsSame(later.Home, later.LayerMark));
        if (earlier is null) return new PointDiff(null, later is null ? null : View(later, machine, 0), [], files ? new FileCounts(0, 0, 0) : null, false);
        var (packages, counts, system) = await diffs.OfAsync(machine, earlier, later, files, cancellationToken);
        return new PointDiff(View(earlier, machine, 0), later is null ? null : View(later, machine, 0), packages, counts, system);
    }

    /// <summary>
    /// Goes back to a point: home's package folders at once, the system with a start. Fault <c>would-lose</c>, with nothing done, when the machine would have to be started anew and that
    /// was not confirmed; <c>conflict</c> while it starts or stops.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="name">The machine.</param>
    /// <param name="id">The point.</param>
    /// <param name="homeOnly">Whether the system stays as it is.</param>
    /// <param name="confirmed">Whether the machine may be started anew.</param>
    /// <param name="cancellationToken">Gives up before anything is changed.</param>
    public async Task<HubResult<BackDone>> BackAsync(Caller caller, string name, string id, bool homeOnly, bool confirmed, CancellationToken cancellationToken)
    {
        // 1. What is to be done, and whether it may.
        if (!caller.MayWrite) return HubFault.OnlyReads;
        var found = fleet.Find(caller, name);
        if (!found.Ok) return found.Fault;
        var machine = found.Value;
        using var turn = await TurnAsync(machine.Owner, cancellationToken);
        var named = PointOf(machine, id);
        if (!named.Ok) return named.Fault;
        var point = named.Value;
        var isHere = point.Machine == machine.Id;
        var wantsSystem = !homeOnly && isHere && point.System != SystemPart.None;
        if (point.Home is null && !wantsSystem) return new HubFault("conflict", $"{id} has nothing that could be brought back{(homeOnly ? " of the home" : "")}: {string.Join(' ', point.LeftOut)}");
        if (wantsSystem && machine.State is not (MachineState.Running or MachineState.Stopped or MachineState.Created or MachineState.Failed))
            return new HubFault("conflict", $"{name} is {machine.State.ToString().ToLowerInvariant()}; mend: wait until it runs or is stopped, or go back with the home only.");
        if (wantsSystem && point.Image != machine.Spec.Image && point.System == SystemPart.Kept)
            return new HubFault("conflict", $"The system of {id} is on the image {point.Image ?? "of the host"}, and {name} is of {machine.Spec.Image ?? "the host"} now; mend: that image again, or go back with the home only.");
        var isRunning = machine.State == MachineState.Running;
        var now = wantsSystem && isRunning ? (await MachineSystem.LookAsync(options.EngineOf(machine), machine, kept.Of(machine.Id), cancellationToken)).Mark : null;
        var restarts = wantsSystem && isRunning && now != point.LayerMark;
        if (point.Layer is not null && (restarts || !isRunning) && wantsSystem && !await bounds.HasAsync(machine, point.Layer, cancellationToken))
            return new HubFault("conflict", $"The system of {id} is not there any more: somebody has removed what the engine had kept; mend: another point, or go back with the home only.");
        if (restarts && !confirmed)
            return new HubFault("would-lose", $"The system of {name} is not as it was at {id}: to bring it back {name} is started anew, which ends its kernels and terminals; mend: confirm that, or go back with the home only.");

        // 2. All is made ready; then a point of now, and the exchange right after it.
        try
        {
            var (orders, troubles) = point.Home is null ? (null, []) : back.Prepare(machine.Owner, point, cancellationToken);
            if (orders is null && !restarts && (!wantsSystem || isRunning || layers.Next(machine.Id) == point.Layer))
                return new BackDone(View(point, machine, 0), null, [], wantsSystem && !isRunning ? SystemBack.NextStart : SystemBack.Stays, troubles);
            PointRecord saved;
            try
            {
                saved = await taking.TakeAsync(machine, PointWhy.Back, $"before going back to {id}", cancellationToken, needed: point.Number);
            }
            catch
            {
                back.GiveUp(machine.Owner);
                throw;
            }
            if ((orders is not null && saved.Home is null) || (restarts && now is { Length: > 0 } && saved.Layer is null))
            {
                if (orders is not null) back.GiveUp(machine.Owner);
                return new HubFault("conflict", $"What is there now could not be held, so nobody could have it back: {string.Join(' ', saved.LeftOut)} Mend: room on the disk, or more of it for points (points.space in hub.yaml).");
            }
            if (wantsSystem && (restarts || !isRunning)) layers.Want(machine.Id, point.Layer);
            if (orders is not null) back.Exchange(machine.Owner, orders);
            audit.Write(caller.Name, "env.back", name, id);

            // 3. The system.
            var notes = new List<string>(troubles);
            var system = !wantsSystem || (isRunning && !restarts) ? SystemBack.Stays : SystemBack.NextStart;
            if (restarts)
            {
                var restarted = await fleet.RestartAsync(caller, name, new StartWish(), confirmed: true, CancellationToken.None);
                if (restarted.Ok) system = SystemBack.Restarts;
                else notes.Add($"The next start brings the system back: {restarted.Fault.Message}");
            }
            else
            {
                if (isRunning) await taking.TakeAsync(machine, PointWhy.Back, $"as {id}", CancellationToken.None);
                if (isRunning && orders is not null) notes.Add("Kernels that run have loaded what was there before: restart them.");
            }
            if (!homeOnly && !wantsSystem) notes.Add(isHere ? $"{id} has nothing of the system: {string.Join(' ', point.LeftOut)}".TrimEnd(' ', ':') + "." : $"{id} is of {point.MachineName}: its system is not a part of {name}.");
            return new BackDone(View(point, machine, 0), saved.Id, [.. orders?.Places.Select(place => $"~/{place.Root}") ?? []], system, notes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new HubFault("unavailable", $"{name} could not go back to {id}: {fault.Message}");
        }
    }

    /// <summary>Removes a point; what it alone has is freed.</summary>
    public async Task<HubResult<EnvironmentPoint>> RemoveAsync(Caller caller, string name, string id, CancellationToken cancellationToken)
    {
        var found = fleet.Find(caller, name);
        if (!found.Ok) return found.Fault;
        var machine = found.Value;
        using var turn = await TurnAsync(machine.Owner, cancellationToken);
        var named = PointOf(machine, id);
        if (!named.Ok) return named.Fault;
        if (store.InUse().Contains(named.Value.Number)) return new HubFault("conflict", $"A job runs in {id}, or is to; mend: wait for its end, or cancel it.");
        var (_, frees) = await bounds.MeasureAsync(machine.Owner, cancellationToken);
        store.Remove(named.Value);
        await bounds.SweepAsync(machine.Owner, cancellationToken);
        audit.Write(caller.Name, "env.rm", name, id);
        return View(named.Value, machine, frees.GetValueOrDefault(named.Value.Number));
    }

    /// <summary>Waits for the turn of a person, until the result is disposed of: one thing is done with their points at a time.</summary>
    public async Task<IDisposable> TurnAsync(string person, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(person, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>Those of the machine, and of the owner's others whose home is in none of them; the oldest first.</summary>
    private List<PointRecord> Of(MachineRecord machine)
    {
        var all = store.OfPerson(machine.Owner);
        var own = all.Where(point => point.Machine == machine.Id).Select(point => point.Home).ToHashSet();
        return [.. all.Where(point => point.Machine == machine.Id || (point.Home is not null && own.Add(point.Home)))];
    }

    private HubResult<PointRecord> PointOf(MachineRecord machine, string id) => store.OfPerson(machine.Owner).FirstOrDefault(point => point.Id == id) is { } point
        ? point : new HubFault("not-found", $"There is no point {id} of {machine.Spec.Name}. See holdfast env points {machine.Spec.Name}.");

    private EnvironmentPoint View(PointRecord point, MachineRecord machine, long frees)
    {
        var isHere = point.Machine == machine.Id;
        return new EnvironmentPoint(point.Id, point.Time, point.MachineName, isHere, point.Why, point.Words,
            store.Packages(point.HomePackages).Count + store.Packages(point.SystemPackages).Count, point.Home is not null, isHere ? point.System : SystemPart.None, frees, point.LeftOut);
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
