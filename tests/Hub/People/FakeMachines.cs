using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Tests.People;

/// <summary>Machines that are what a test says they are.</summary>
internal sealed class FakeMachines : IMachines
{
    private readonly Dictionary<string, MachineRecord> _records = [];

    public Dictionary<string, string> LabSockets { get; } = [];
    public Dictionary<string, string> PortSockets { get; } = [];
    public LossList Loss { get; set; } = new(DateTimeOffset.UnixEpoch, [], [], 0, [], 0);
    public LossList? Last { get; set; }

    public MachineRecord Put(string name, MachineState state, string owner = "ada", Func<MachineRecord, MachineRecord>? with = null)
    {
        var record = new MachineRecord
        {
            Id = _records.TryGetValue(name, out var known) ? known.Id : $"m{_records.Count:x8}",
            Spec = new MachineSpec { Name = name },
            Owner = owner,
            State = state,
            Created = DateTimeOffset.UnixEpoch,
        };
        return _records[name] = with?.Invoke(record) ?? record;
    }

    public MachineRecord this[string name] => _records[name];

    public IReadOnlyList<MachineRecord> List(Caller caller) => [.. _records.Values.Where(record => IsTheirs(caller, record)).OrderBy(record => record.Spec.Name)];

    public HubResult<MachineRecord> Find(Caller caller, string name) => _records.TryGetValue(name, out var record) && IsTheirs(caller, record) ? record : new HubFault("not-found", $"There is no machine {name}.");

    public Task<HubResult<MachineRecord>> CreateAsync(Caller caller, MachineSpec spec, CancellationToken cancellationToken) => Task.FromResult<HubResult<MachineRecord>>(_records.ContainsKey(spec.Name)
        ? new HubFault("exists", $"There is a machine {spec.Name} already.")
        : Put(spec.Name, MachineState.Created, caller.Name, record => record with { Spec = spec }));

    public HubResult<MachineRecord> Start(Caller caller, string name, StartWish wish) => Find(caller, name) is { Ok: true } found
        ? Put(name, MachineState.Starting, found.Value.Owner)
        : new HubFault("not-found", "There is none.");

    public Task<HubResult<MachineRecord>> StopAsync(Caller caller, string name, bool confirmed, CancellationToken cancellationToken)
    {
        var found = Find(caller, name);
        if (found.Ok && !confirmed && !Loss.IsEmpty) found = new HubFault("would-lose", "It would lose something.");
        else if (found.Ok) found = Put(name, MachineState.Stopping, found.Value.Owner);
        return Task.FromResult(found);
    }

    public string LabSocketOf(MachineRecord machine) => LabSockets[machine.Spec.Name];

    public string PortSocketOf(MachineRecord machine) => PortSockets.GetValueOrDefault(machine.Spec.Name, "/nowhere/ports.sock");

    public Task<HubResult<LossList>> LookAsync(MachineRecord machine, CancellationToken cancellationToken) => Task.FromResult<HubResult<LossList>>(Loss);

    public LossList? LastLoss(MachineRecord machine) => Last;

    private static bool IsTheirs(Caller caller, MachineRecord record) => caller.IsAdmin || record.Owner == caller.Name;
}
