using Holdfast.Engines.Contract;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Database;
using Holdfast.Hub.Events;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;
using Holdfast.Hub.Tests.People;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Hub.Tests.Costs;

/// <summary>The costs of a hub with a clock that is moved, over machines whose workloads a test makes up.</summary>
internal sealed class CostPlace : IDisposable
{
    public static readonly Caller Ada = new("ada", IsAdmin: true), Bob = new("bob", IsAdmin: false);
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-costs-").FullName;
    private readonly MachineStore _store;
    private RunMeter _meter = null!;

    public CostPlace(HubSettings settings, DateTimeOffset now)
    {
        Clock.Now = now;
        Folders = new HubFolders(_folder) { MeetingRoot = _folder };
        Database = HubDatabase.Open(Folders.Database);
        _store = new MachineStore(Database);
        Ledger = new CostLedger(Database, Clock);
        Events = new EventLog(Database, Clock);
        Begin(settings);
        People.Add("ada", isAdmin: true, null);
        People.Add("bob", isAdmin: false, null);
    }

    public ManualClock Clock { get; } = new();

    public HubFolders Folders { get; }

    public HubDatabase Database { get; }

    public CostLedger Ledger { get; }

    public EventLog Events { get; }

    public FakeWorkloads Workloads { get; } = new();

    public MachineStore Store => _store;

    public HubSettings Settings { get; private set; } = null!;

    public Budgets Budgets { get; private set; } = null!;

    public CostReports Reports { get; private set; } = null!;

    public BudgetWatch Watch { get; private set; } = null!;

    public Persons People { get; private set; } = null!;

    /// <summary>Midnight, in UTC, of a day of 2026, and so many hours later.</summary>
    public static DateTimeOffset At(int month, int day, double hours = 0, int year = 2026) => new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).AddHours(hours);

    /// <summary>Another hub on the same data: it begins with a look, as <see cref="CostClock"/> does.</summary>
    public async Task NewHubAsync(HubSettings? settings = null)
    {
        Begin(settings ?? Settings);
        await LookAsync();
    }

    /// <summary>The look of each minute.</summary>
    public Task LookAsync() => _meter.LookAsync(TestContext.Current.CancellationToken);

    public MachineRecord Create(string name, string owner, string? type = null)
    {
        var record = new MachineRecord { Id = $"m-{name}", Spec = new MachineSpec { Name = name, Type = type }, Owner = owner, State = MachineState.Created, Created = Clock.Now };
        Assert.True(_store.TryAdd(record));
        return record;
    }

    /// <summary>As the fleet does it: 5 minutes of fetching the image, then the workload is there, and after a minute the lab answers.</summary>
    public MachineRecord Start(MachineRecord machine, string type, DateTimeOffset workload)
    {
        Clock.Now = workload.AddMinutes(-5);
        machine = Tell(machine, machine with { State = MachineState.Pulling, Type = type, Stopped = null, Steps = [] });
        machine = Tell(machine, machine with { State = MachineState.Starting });
        Clock.Now = workload;
        Workloads[machine.Id] = new WorkloadStatus(machine.Id, true, 1, null, false, workload, null, new Dictionary<string, string>());
        machine = Tell(machine, machine with { Steps = [new StartStep("create", workload, TimeSpan.Zero, null)] });
        Clock.Now = workload.AddMinutes(1);
        return Tell(machine, machine with { State = MachineState.Running });
    }

    public MachineRecord Stop(MachineRecord machine, DateTimeOffset at, MachineState end = MachineState.Stopped)
    {
        Clock.Now = at;
        Workloads.Remove(machine.Id);
        if (machine.State == MachineState.Running) machine = Tell(machine, machine with { State = MachineState.Stopping });
        return Tell(machine, machine with { State = end, Stopped = at });
    }

    /// <summary>The fleet's change, written and told.</summary>
    public MachineRecord Tell(MachineRecord before, MachineRecord now)
    {
        _store.Write(now);
        _meter.Changed(before, now);
        new MachineEvents(Events).Changed(before, now);
        return now;
    }

    public CostReport Report(string? month = null, Caller? caller = null, string? currency = null)
    {
        var read = CostMonth.Read(month, Clock.Now);
        Assert.True(read.Fault is null, read.Fault?.Message);
        return Reports.Of(caller ?? Ada, read.Value, currency);
    }

    public void Dispose()
    {
        Database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Begin(HubSettings settings)
    {
        Settings = settings;
        var audit = new AuditLog(Database, Clock);
        var known = new KnownLogins();
        People = new Persons(Database, new Passwords(), new Sessions(Database, known, Clock), new SshSessions(Clock), known, audit, Clock);
        Budgets = new Budgets(Database, settings, People, audit);
        Reports = new CostReports(Ledger, Budgets, settings, Clock);
        Watch = new BudgetWatch(Reports, Budgets, People, Database, settings, Events, Clock);
        var options = new HubOptions { Folders = Folders, Engines = new Dictionary<string, IEngine> { ["host"] = Workloads }, ProgramFolder = "/", Settings = settings };
        _meter = new RunMeter(options, Ledger, _store, Clock, NullLogger<RunMeter>.Instance);
    }
}

/// <summary>An engine that knows of workloads what a test says.</summary>
internal sealed class FakeWorkloads : Dictionary<string, WorkloadStatus>, IEngine
{
    public string Name => "host";

    /// <summary>Whether it answers.</summary>
    public bool IsThere { get; set; } = true;

    public Task<EngineResult<WorkloadStatus>> InspectAsync(string id, CancellationToken cancellationToken) => Task.FromResult<EngineResult<WorkloadStatus>>(
        !IsThere ? new EngineFault("unavailable", "It does not answer.") : TryGetValue(id, out var status) ? status : new EngineFault("not-found", "There is none."));

    public Task<IReadOnlyList<EngineFault>> CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EngineResult<EngineImage>> PrepareAsync(string? image, IProgress<string>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EngineResult<WorkloadStatus>> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EngineResult<IReadOnlyList<WorkloadStatus>>> ListAsync(string owner, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EngineResult<WorkloadStatus>> WaitAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EngineResult<ExecResult>> ExecAsync(string id, ExecCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EngineResult<IReadOnlyList<string>>> EntryAsync(string id, IReadOnlyList<string> argv, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<LayerChange> ChangesAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public string? PathOf(string id, string path) => throw new NotSupportedException();

    public Task<EngineResult<WorkloadStatus>> StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EngineResult<WorkloadStatus?>> RemoveAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();
}
