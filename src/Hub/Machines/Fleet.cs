using System.Collections.Concurrent;
using System.Security.Cryptography;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Loss;
using Holdfast.Hub.People;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Machines;

/// <summary>
/// All machines of the hub. What changes one writes the wish and returns; the machine's lane carries it out, one wish after the other, also one that a killed hub left.
/// Who calls sees and changes their own machines, an administrator all; another's is <c>not-found</c>.
/// </summary>
internal sealed partial class Fleet(
    HubOptions options, MachineStore store, MachineStart starter, GpuInventory gpus, LossLists losses, AuditLog audit, TimeProvider time, IEnumerable<IMachineObserver> observers,
    ILogger<Fleet> log) : IHostedService
{
    /// <summary>How names of folders beside those of machines begin that a hub which was killed has left.</summary>
    private const string Unfinished = ".fork-";

    private readonly ConcurrentDictionary<string, Lane> _lanes = new();
    private readonly ConcurrentDictionary<string, string> _ids = new();
    private readonly CancellationTokenSource _hub = new();
    private readonly List<Task> _work = [];

    /// <summary>All machines that the caller may see, by name.</summary>
    public IReadOnlyList<MachineRecord> List(Caller caller) =>
        [.. _lanes.Values.Select(lane => lane.Record).Where(record => caller.Has(record.Owner)).OrderBy(record => record.Spec.Name, StringComparer.Ordinal)];

    /// <summary>A machine by its name.</summary>
    public HubResult<MachineRecord> Find(Caller caller, string name) => LaneOf(caller, name) is var found && found.Ok ? found.Value.Record : found.Fault!;

    /// <summary>A machine by its name for the hub itself, whoever asks; null when there is none.</summary>
    public MachineRecord? Find(string name) => _ids.TryGetValue(name, out var id) && _lanes.TryGetValue(id, out var lane) ? lane.Record : null;

    /// <summary>Makes a machine; it is not started.</summary>
    public HubResult<MachineRecord> Create(Caller caller, MachineSpec spec) => Make(caller, spec, null);

    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What it is to be.</param>
    /// <param name="notebooks">A folder that becomes its notebooks folder before anybody can start it; null for none.</param>
    private HubResult<MachineRecord> Make(Caller caller, MachineSpec spec, string? notebooks)
    {
        if (CreateProblem(caller, spec) is { } refused) return refused;
        var record = new MachineRecord
        {
            Id = $"m{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
            Spec = spec,
            Owner = caller.Name,
            State = MachineState.Created,
            Created = time.GetUtcNow(),
        };
        if (notebooks is not null)
        {
            HubFolders.Make(options.Folders.MachineOf(record.Id));
            Directory.Move(notebooks, options.Folders.NotebooksOf(record.Id));
        }
        if (!store.TryAdd(record))
        {
            FolderCopy.Remove(options.Folders.MachineOf(record.Id));
            return Exists(spec.Name);
        }
        Open(record);
        audit.Write(caller.Name, "machine.create", spec.Name, spec.Image ?? "host");
        return record;
    }

    private HubFault? CreateProblem(Caller caller, MachineSpec spec)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        if (MachineRules.Problem(spec, options) is { } problem) return new HubFault("bad-request", problem);
        return MayNotUseTheEngine(caller, spec) ?? (_ids.ContainsKey(spec.Name) ? Exists(spec.Name) : null);
    }

    private static HubFault Exists(string name) => new("exists", $"There is a machine '{name}' already; mend: another name.");

    /// <summary>Changes what a machine that does not run is to be; of one that runs only when it is stopped by the hub.</summary>
    public HubResult<MachineRecord> Change(Caller caller, string name, MachineSpec spec)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        if (LaneOf(caller, name) is not { Ok: true, Value: var lane }) return LaneOf(caller, name).Fault!;
        if (spec.Name != name) return new HubFault("bad-request", "A machine keeps its name; mend: fork it under another one.");
        if (MachineRules.Problem(spec, options) is { } problem) return new HubFault("bad-request", problem);
        if (MayNotUseTheEngine(caller, spec) is { } trusted) return trusted;
        if (!MachineRules.IsAtRest(lane.Record.State) && !MachineRules.DiffersInAutoStopAlone(lane.Record.Spec, spec)) return new HubFault("conflict", $"{name} is {Word(lane.Record.State)}; mend: stop it, then change it.");
        lane.Update(record => record with { Spec = spec });
        audit.Write(caller.Name, "machine.change", name);
        return lane.Record;
    }

    /// <summary>Starts a machine; one that runs or starts already stays as it is.</summary>
    public HubResult<MachineRecord> Start(Caller caller, string name, StartWish wish)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        if (LaneOf(caller, name) is not { Ok: true, Value: var lane }) return LaneOf(caller, name).Fault!;
        if (MachineRules.TypeProblem(wish.Type, options.Settings) is { } problem) return new HubFault("bad-request", problem);
        if (MayNotUseTheEngine(caller, lane.Record.Spec) is { } trusted) return trusted;
        if (MachineRules.IsAtRest(lane.Record.State) || lane.Record.State == MachineState.Stopping)
        {
            audit.Write(caller.Name, "machine.start", name, wish.Safe ? "safe" : null);
            Ask(lane, WantedState.Running, new LaneOrder.Start(wish));
        }
        return lane.Record;
    }

    /// <summary>Stops a machine, at any point of its start too. Fault <c>would-lose</c> when something would be destroyed and that was not confirmed.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="name">The machine.</param>
    /// <param name="confirmed">Whether what is lost was said and confirmed.</param>
    /// <param name="cancellationToken">Gives up looking for what would be lost; once the wish is written it is carried out.</param>
    public async Task<HubResult<MachineRecord>> StopAsync(Caller caller, string name, bool confirmed, CancellationToken cancellationToken)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        if (LaneOf(caller, name) is not { Ok: true, Value: var lane }) return LaneOf(caller, name).Fault!;
        if (MachineRules.IsAtRest(lane.Record.State)) return lane.Record;
        if (!confirmed && await WouldLoseAsync(lane, "stop", cancellationToken) is { } fault) return fault;
        audit.Write(caller.Name, "machine.stop", name);
        Ask(lane, WantedState.Stopped, new LaneOrder.Stop(MachineReason.StoppedByUser));
        return lane.Record;
    }

    /// <summary>Stops and starts a machine, with a fresh ephemeral layer: as a stop it asks.</summary>
    public async Task<HubResult<MachineRecord>> RestartAsync(Caller caller, string name, StartWish wish, bool confirmed, CancellationToken cancellationToken)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        if (LaneOf(caller, name) is not { Ok: true, Value: var lane }) return LaneOf(caller, name).Fault!;
        if (MachineRules.TypeProblem(wish.Type, options.Settings) is { } problem) return new HubFault("bad-request", problem);
        // What runs is not given up for a start that fails.
        if (starter.Obstacle(lane.Record, wish.Type) is { } obstacle) return new HubFault("conflict", $"{name} was left as it is: {obstacle}");
        if (MayNotUseTheEngine(caller, lane.Record.Spec) is { } trusted) return trusted;
        if (!confirmed && await WouldLoseAsync(lane, "restart", cancellationToken) is { } fault) return fault;
        audit.Write(caller.Name, "machine.restart", name, wish.Safe ? "safe" : null);
        lock (lane.Wishes)
        {
            if (!MachineRules.IsAtRest(lane.Record.State)) lane.Ask(new LaneOrder.Stop(MachineReason.StoppedByUser));
            Ask(lane, WantedState.Running, new LaneOrder.Start(wish));
        }
        return lane.Record;
    }

    /// <summary>Makes a machine like another one, with a copy of its notebooks folder. It is not started.</summary>
    public async Task<HubResult<MachineRecord>> ForkAsync(Caller caller, string name, string newName, CancellationToken cancellationToken)
    {
        if (LaneOf(caller, name) is not { Ok: true, Value: var lane }) return LaneOf(caller, name).Fault!;
        var spec = lane.Record.Spec with { Name = newName, Git = null, AutoStart = false };
        if (CreateProblem(caller, spec) is { } refused) return refused;
        // Where no machine sees it: who is inside of the new one could put links in the way of the copy.
        var staging = HubFolders.Make(options.Folders.MachineOf($"{Unfinished}{Guid.NewGuid():N}"));
        try
        {
            var copy = Path.Combine(staging, "notebooks");
            if (await FolderCopy.RunAsync(options.Folders.NotebooksOf(lane.Record.Id), HubFolders.Make(copy), cancellationToken) is { } problem)
                return new HubFault("unavailable", $"The notebooks of {name} could not be copied: {problem}");
            return Make(caller, spec, copy);
        }
        finally
        {
            FolderCopy.Remove(staging);
        }
    }

    /// <summary>Deletes a machine with its notebooks folder; a running one is stopped first. Its name must be said twice: <paramref name="confirm"/> is the name.</summary>
    public HubResult<MachineRecord> Delete(Caller caller, string name, string confirm)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        if (LaneOf(caller, name) is not { Ok: true, Value: var lane }) return LaneOf(caller, name).Fault!;
        if (confirm != name) return new HubFault("bad-request", $"Deleting {name} deletes its notebooks folder; mend: confirm with its name.");
        audit.Write(caller.Name, "machine.delete", name);
        Ask(lane, WantedState.Deleted, new LaneOrder.Delete());
        return lane.Record;
    }

    /// <summary>Stops a machine for the hub itself. What is lost was decided about, and is remembered.</summary>
    /// <param name="id">The machine's id.</param>
    /// <param name="run">The run of it that is meant: whoever has asked for another one meanwhile has it.</param>
    /// <param name="reason"><see cref="MachineReason.IdleTimeout"/> or <see cref="MachineReason.TimeLimit"/>.</param>
    /// <param name="message">The same in words; what was lost is added.</param>
    /// <returns>Whether the wish is written: no when it does not run any more, or something else is asked of it.</returns>
    public bool StopByHub(string id, int run, string reason, string message)
    {
        if (!_lanes.TryGetValue(id, out var lane)) return false;
        lock (lane.Wishes)
        {
            if (lane.Record.Run != run || lane.Record.State != MachineState.Running || !lane.IsAlone) return false;
            audit.Write(null, "machine.stop", lane.Record.Spec.Name, reason);
            Ask(lane, WantedState.Stopped, new LaneOrder.Stop(reason, message, run));
            return true;
        }
    }

    /// <summary>Says of a machine that runs what the hub is about to do; null for nothing.</summary>
    public void Say(string id, int run, MachineNotice? notice)
    {
        if (_lanes.TryGetValue(id, out var lane)) lane.Update(record => record.Run == run && record.State == MachineState.Running ? record with { Notice = notice } : record);
    }

    /// <summary>All machines that run now.</summary>
    public IReadOnlyList<MachineRecord> Running() => [.. _lanes.Values.Select(lane => lane.Record).Where(record => record.State == MachineState.Running)];

    /// <summary>Completes with the machine as soon as <paramref name="condition"/> holds for it; deleted counts as a state.</summary>
    public async Task<MachineRecord> WaitAsync(string id, Func<MachineRecord, bool> condition, CancellationToken cancellationToken)
    {
        MachineRecord? last = null;
        await foreach (var record in WatchAsync(id, cancellationToken))
        {
            if (condition(last = record)) break;
        }
        return last!;
    }

    /// <summary>The machine as it is now and after each change, newest only: a slow reader skips. Ends after <see cref="MachineState.Deleted"/>; empty when it was deleted before.</summary>
    public IAsyncEnumerable<MachineRecord> WatchAsync(string id, CancellationToken cancellationToken) =>
        _lanes.TryGetValue(id, out var lane) ? lane.WatchAsync(cancellationToken) : AsyncEnumerable.Empty<MachineRecord>();

    /// <summary>The Unix socket of a machine's lab. It listens as long as the machine runs.</summary>
    public string LabSocketOf(MachineRecord machine) => options.SocketOf(machine, Meeting.LabSocket);

    /// <summary>The Unix socket through which ports inside a machine are reached (see <see cref="PortGate"/>).</summary>
    public string PortSocketOf(MachineRecord machine) => options.SocketOf(machine, Meeting.PortSocket);

    private HubResult<Lane> LaneOf(Caller caller, string name) =>
        _ids.TryGetValue(name, out var id) && _lanes.TryGetValue(id, out var lane) && caller.Has(lane.Record.Owner)
            ? lane
            : new HubFault("not-found", $"There is no machine '{name}'{Nearest(caller, name)}.");

    private string Nearest(Caller caller, string name) => List(caller).Select(record => record.Spec.Name).FirstOrDefault(other =>
        other.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(other, StringComparison.Ordinal)) is { } near ? $"; there is '{near}'" : "";

    private async Task<HubFault?> WouldLoseAsync(Lane lane, string verb, CancellationToken cancellationToken)
    {
        if (lane.Record.State != MachineState.Running) return null;
        var looked = await losses.LookAsync(lane.Record, cancellationToken);
        if (!looked.Ok) return new HubFault("would-lose", $"What a {verb} of {lane.Record.Spec.Name} would destroy cannot be told: {looked.Fault.Message} Mend: confirm it all the same.");
        return looked.Value.IsEmpty ? null : new HubFault("would-lose", $"A {verb} of {lane.Record.Spec.Name} would destroy {LossWords.Of(looked.Value)}; mend: keep them, record them in its recipe, or confirm.");
    }

    private void Ask(Lane lane, WantedState wanted, LaneOrder order)
    {
        lock (lane.Wishes)
        {
            store.Want(lane.Record.Id, wanted);
            lane.Ask(order);
        }
    }

    private static HubFault? MayNotWrite(Caller caller) => caller.MayWrite ? null : HubFault.OnlyReads;

    private HubFault? MayNotUseTheEngine(Caller caller, MachineSpec spec) => options.MayNotUse(caller, MachineRules.EngineOf(spec), "machine");

    /// <summary>Whether the hub itself stopped it, as it was told to.</summary>
    private static bool IsOfHub(string? reason) => reason is MachineReason.IdleTimeout or MachineReason.TimeLimit;

    private static string Word(MachineState state) => state.ToString().ToLowerInvariant();
}

/// <summary>How a machine is to be started.</summary>
/// <param name="Type">With another type from now on; null for its own.</param>
/// <param name="Safe">Without hooks.</param>
public sealed record StartWish(string? Type = null, bool Safe = false);
