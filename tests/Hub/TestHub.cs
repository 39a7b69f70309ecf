using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Tests;

/// <summary>A hub of a test's own, in this process, with a data folder of its own; the program in machines is the one that <c>./run --build-only</c> has made.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    public static readonly Caller Ada = new("ada", IsAdmin: true), Bob = new("bob", IsAdmin: false);

    private readonly Func<HubOptions, HubOptions> _change;
    private readonly IReadOnlyDictionary<string, IEngine>? _engines;
    private readonly Action<IServiceCollection>? _add;
    private HubServer? _server;

    /// <param name="change">Other options than the tests' usual ones.</param>
    /// <param name="engines">Engines; null for the host's alone.</param>
    /// <param name="add">Services in the place of the hub's own.</param>
    public TestHub(Func<HubOptions, HubOptions>? change = null, IReadOnlyDictionary<string, IEngine>? engines = null, Action<IServiceCollection>? add = null)
    {
        if (Program is null) Assert.Skip("HOLDFAST_PROGRAM is not set: ./test sets it to the program that it has built.");
        (_change, _engines, _add) = (change ?? (options => options), engines, add);
        Folders = new HubFolders(HubFolders.Make($"/var/tmp/hf-hub-{Guid.NewGuid():N}"[..28])) { MeetingRoot = HubFolders.Make($"/run/hf-{Guid.NewGuid():N}"[..16]) };
    }

    public static string? Program { get; } = Environment.GetEnvironmentVariable("HOLDFAST_PROGRAM");

    public HubFolders Folders { get; }

    public Uri Address { get; private set; } = null!;

    public Fleet Fleet => Service<Fleet>();

    public JobBook Jobs => Service<JobBook>();

    public IEngine Host { get; private set; } = null!;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public T Service<T>() where T : notnull => _server!.Services.GetRequiredService<T>();

    public async Task<TestHub> StartAsync()
    {
        Host = _engines?.GetValueOrDefault("host") ?? new HostEngine(Folders.HostEngine, TimeProvider.System);
        var options = _change(new HubOptions
        {
            Folders = Folders,
            Port = 0,
            Engines = _engines ?? new Dictionary<string, IEngine> { ["host"] = Host },
            ProgramFolder = Path.GetDirectoryName(Program)!,
            Settings = new HubSettings(),
        });
        _server = new HubServer(options, logging => logging.AddProvider(new TestLog()), null, services => AddOwn(services.AddHubDocument()), endpoints => endpoints.MapHubDocument());
        var start = await _server.StartAsync(Cancellation);
        Assert.Null(start.Problem);
        Address = start.Address!;
        return this;
    }

    private void AddOwn(IServiceCollection services) => _add?.Invoke(services);

    /// <summary>Ends the hub as a crash does, as far as its machines can tell: nothing is told to them.</summary>
    public async Task EndAsync()
    {
        if (_server is null) return;
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
        _server = null;
    }

    public async Task<MachineRecord> CreateAsync(string name, Func<MachineSpec, MachineSpec>? change = null, bool start = true)
    {
        var spec = new MachineSpec { Name = name };
        var created = Value(Fleet.Create(Ada, change?.Invoke(spec) ?? spec));
        return start ? await StartAsync(name) : created;
    }

    public async Task<MachineRecord> StartAsync(string name, StartWish? wish = null)
    {
        var before = Fleet.Find(name)!;
        Value(Fleet.Start(Ada, name, wish ?? new StartWish()));
        return await UntilAsync(before.Id, machine => machine.Run > before.Run && machine.State is MachineState.Running or MachineState.Failed && machine.Run > before.Run);
    }

    public async Task<MachineRecord> StopAsync(string name)
    {
        var machine = Value(await Fleet.StopAsync(Ada, name, confirmed: true, Cancellation));
        return await UntilAsync(machine.Id, record => record.State is MachineState.Stopped or MachineState.Failed or MachineState.Created);
    }

    public Task<MachineRecord> UntilAsync(string id, Func<MachineRecord, bool> condition) =>
        Fleet.WaitAsync(id, condition, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

    /// <summary>Submits a job whose command is a shell's.</summary>
    public async Task<JobRecord> SubmitAsync(string script, Func<JobSpec, JobSpec>? change = null, Caller? caller = null)
    {
        var spec = new JobSpec { Name = "leaves", Command = ["sh", "-c", script, "sh"], StopGrace = TimeSpan.FromSeconds(2) };
        return Value(await Jobs.SubmitAsync(caller ?? Ada, change?.Invoke(spec) ?? spec));
    }

    /// <summary>The job at its end.</summary>
    public Task<JobRecord> UntilOverAsync(JobRecord job) => UntilAsync(job, record => record.IsOver);

    public async Task<JobRecord> UntilAsync(JobRecord job, Func<JobRecord, bool> condition)
    {
        var last = job;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var record in Jobs.WatchAsync(job, limit.Token))
        {
            last = record;
            if (condition(record)) return record;
        }
        Assert.Fail($"It came to its end before: {last}");
        return last;
    }

    /// <summary>What a job has said.</summary>
    public string LogOf(JobRecord job) => File.ReadAllText(Folders.LogOf(job.Id));

    /// <summary>Where a file of a job's output is on this host.</summary>
    public string OutputOf(JobRecord job, string name) => Folders.Storage + job.Output["/storage".Length..] + "/" + name;

    /// <summary>What a shell command inside a machine says.</summary>
    public async Task<string> SaysAsync(MachineRecord machine, string script)
    {
        var engine = Service<HubOptions>().Engines[MachineRules.EngineOf(machine.Spec)];
        var result = await engine.ExecAsync(machine.Id, new ExecCommand(["/bin/sh", "-c", script]), Cancellation);
        Assert.True(result.Ok, result.Fault?.ToString());
        Assert.True(result.Value.ExitCode == 0, $"{result.Value.ExitCode}: {result.Value.Output}{result.Value.Error}");
        return result.Value.Output;
    }

    public static T Value<T>(HubResult<T> result)
    {
        Assert.True(result.Fault is null, result.Fault?.ToString());
        return result.Value!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            foreach (var machine in Fleet.List(Ada))
            {
                Fleet.Delete(Ada, machine.Spec.Name, machine.Spec.Name);
                await Fleet.WaitAsync(machine.Id, record => record.State is MachineState.Deleted, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
            }
            foreach (var job in Jobs.List(Ada, new JobFilter(Most: 1000)).Where(job => !job.IsOver))
            {
                Jobs.Cancel(Ada, job.Id);
                await UntilOverAsync(job).WaitAsync(TimeSpan.FromSeconds(60));
            }
        }
        await EndAsync();
        Directory.Delete(Folders.Root, recursive: true);
        Directory.Delete(Folders.MeetingRoot, recursive: true);
    }

    /// <summary>What the hub says, in the output of the test that it belongs to.</summary>
    private sealed class TestLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.Error.WriteLine($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
