using System.Security.Cryptography;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Events;
using Holdfast.Hub.Images;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Output;
using Holdfast.Hub.People;
using Holdfast.Hub.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Jobs;

/// <summary>
/// All jobs of the hub: submitted, put in order, run, ended. They are workloads of an engine, which go on whatever becomes of this hub; the next one takes them up. Who calls sees and changes
/// their own jobs, an administrator all; another's is <c>not-found</c>.
/// </summary>
internal sealed partial class JobBook(
    HubOptions options, JobStore store, JobStart starter, JobCode code, JobEnvironments environments, JobPackages packages, JobSmoke smoke, ImagePins pins, OutputPlaces places, OutputUpload upload, GpuInventory gpus, Fleet fleet, SecretStore secrets, CostLedger ledger, EventLog events, AuditLog audit, IEnumerable<IJobObserver> observers, TimeProvider time,
    ILogger<JobBook> log) : IHostedService
{
    private readonly Lock _turn = new();
    private readonly Dictionary<string, JobEntry> _open = [];
    private readonly Dictionary<string, JobProgress> _progress = [];
    private readonly JobQueue _queue = new();
    // Those whose engine decides itself when they run: they need no room here, and go through.
    private readonly JobQueue _passing = new();
    private readonly JobRoom _room = new(options.Settings, gpus);
    private readonly CancellationTokenSource _hub = new();
    private readonly List<Task> _work = [];
    /// <summary>Who waits for a job, by ids.</summary>
    private readonly Dictionary<string, List<string>> _followers = new(StringComparer.Ordinal);
    private long _newest;

    /// <summary>Puts a job into the queue; completes when it would outlive a power cut.</summary>
    /// <param name="caller">Whose it is to be.</param>
    /// <param name="spec">What it is to do.</param>
    /// <param name="retryOf">The job that it is a retry of: it runs in the same environment. Null for none.</param>
    /// <param name="cancellationToken">Gives up; nothing is submitted.</param>
    public async Task<HubResult<JobRecord>> SubmitAsync(Caller caller, JobSpec spec, JobRecord? retryOf = null, CancellationToken cancellationToken = default)
    {
        var id = NewId();
        var planned = retryOf is null ? Plan(caller, spec, id) : Check(caller, spec = spec with { After = [] }) is { } problem ? problem : (JobRules.Whole(spec, id), null);
        if (!planned.Ok) return planned.Fault;
        var (whole, machine) = planned.Value;
        var environment = retryOf?.Environment;
        if (machine is not null)
        {
            var frozen = await environments.FreezeAsync(machine, cancellationToken);
            if (!frozen.Ok) return frozen.Fault;
            environment = frozen.Value;
        }
        var installed = retryOf is not null ? retryOf.Packages : whole is { Image: null, Machine: null } ? await packages.TakeAsync(cancellationToken) : null;
        var pin = retryOf?.ImagePin;
        if (retryOf is null && whole.Image is { } image)
        {
            if (Passes(whole) && machine is null) pin = await pins.PinElsewhereAsync(caller, image, cancellationToken);
            else (image, pin) = await pins.PinAsync(caller, image, cancellationToken);
            whole = whole with { Image = image };
        }
        if (retryOf is null && await smoke.RunAsync(caller.Name, whole, environment, cancellationToken) is { } lacking) return lacking;
        whole = whole with { Imports = [] };
        var parts = JobParts.Count(whole);
        var now = time.GetUtcNow();
        var job = new JobRecord
        {
            Id = id,
            Number = Interlocked.Increment(ref _newest),
            Parts = parts,
            Spec = whole,
            Owner = caller.Name,
            State = JobState.Queued,
            Reason = whole.After.Count > 0 ? JobReason.WaitsForJob : null,
            Message = WaitsFor(whole),
            Output = JobRules.FolderOf(whole.Output!),
            Created = now,
            RetryOf = retryOf?.Id,
            ImagePin = pin,
            Environment = environment,
            Packages = installed,
        };
        List<JobRecord> all = [job];
        if (parts > 0)
        {
            foreach (var part in JobParts.Of(whole))
            {
                all.Add(job with
                {
                    Id = NewId(),
                    Number = Interlocked.Increment(ref _newest),
                    Parent = id,
                    Index = all.Count - 1,
                    Parts = 0,
                    ShardCount = whole.Sweep is null ? parts : 1,
                    Spec = part,
                    Output = JobRules.FolderOf(part.Output!),
                    RetryOf = null,
                });
            }
        }
        await store.AddAsync(caller.Name, all);
        lock (_turn)
        {
            foreach (var each in all) Open(each);
        }
        // One of those that it waits for may have ended just now.
        foreach (var before in whole.After.Select(store.Find).OfType<JobRecord>().Where(before => before.IsOver).ToList()) Follow(before);
        Schedule();
        return job;
    }

    /// <summary>What a job would be, and the machine in whose environment it would run, or null; nothing is submitted.</summary>
    public HubResult<(JobSpec Spec, MachineRecord? Machine)> Plan(Caller caller, JobSpec spec, string id = "jxxxxxxxx")
    {
        MachineRecord? machine = null;
        if (spec.Machine is { } name)
        {
            if (spec.Image is not null) return new HubFault("bad-request", "image: a job has an image or a machine whose environment it runs in, not both.");
            var found = fleet.Find(caller, name);
            if (!found.Ok) return found.Fault with { Code = "bad-request", Message = $"machine: {found.Fault.Message}" };
            machine = found.Value;
            spec = From(machine, spec);
        }
        if (Check(caller, spec) is { } problem) return problem;
        var before = spec.After.Select(name => Find(caller, name)).ToList();
        if (before.FirstOrDefault(each => !each.Ok) is { Fault: { } missing }) return missing with { Code = "bad-request", Message = $"after: {missing.Message}" };
        if (before.FirstOrDefault(each => each.Value is { IsOver: true, State: not JobState.Succeeded }) is { Value: { } failed }) return new HubFault("bad-request", $"after: {Unmet(failed)}");
        return (JobRules.Whole(spec with { After = [.. before.Select(each => each.Value!.Id).Distinct()] }, id), machine);
    }

    /// <summary>A job by its id, or the newest of a name.</summary>
    public HubResult<JobRecord> Find(Caller caller, string idOrName)
    {
        lock (_turn)
        {
            if (_open.TryGetValue(idOrName, out var entry) && caller.Has(entry.Record.Owner)) return entry.Record;
        }
        return (IsId(idOrName) ? store.Find(idOrName) : null) is { } job && caller.Has(job.Owner) ? job
            : store.Newest(caller, idOrName) is { } named ? Now(named)
            : new HubFault("not-found", $"There is no job '{idOrName}'.{NearestName.Hint(idOrName, store.List(caller, new JobFilter()).Select(other => other.Spec.Name!).Distinct())}");
    }

    /// <summary>Jobs that are no parts, the newest first.</summary>
    public IReadOnlyList<JobRecord> List(Caller caller, JobFilter filter) => [.. store.List(caller, filter).Select(Now)];

    /// <summary>The parts of a job, in order.</summary>
    public IReadOnlyList<JobRecord> Parts(JobRecord job) => job.Parts == 0 ? [] : [.. store.Parts(job.Id).Select(Now)];

    /// <summary>How many parts of a job stand where.</summary>
    public IReadOnlyDictionary<JobState, int> States(JobRecord job)
    {
        if (job.Parts == 0) return new Dictionary<JobState, int>();
        lock (_turn)
        {
            if (_progress.TryGetValue(job.Id, out var progress)) return progress.States();
        }
        return store.Parts(job.Id).GroupBy(part => part.State).ToDictionary(group => group.Key, group => group.Count());
    }

    /// <summary>How many run before a job; null when it does not wait.</summary>
    public int? Position(JobRecord job)
    {
        lock (_turn) return job.State != JobState.Queued ? null : job.IsAsked ? _open.GetValueOrDefault(job.Id)?.Wait?.Position : QueueOf(job).Position(job);
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_turn) return _queue.Count + _passing.Count;
        }
    }

    /// <summary>When a job will start, as far as earlier jobs of its name tell how long one takes; null when nothing tells.</summary>
    public DateTimeOffset? EstimatedStart(JobRecord job)
    {
        if (job.IsAsked)
        {
            lock (_turn) return _open.GetValueOrDefault(job.Id)?.Wait?.EstimatedStart;
        }
        // What waits for an engine or a store waits for people.
        if (job.Reason is JobReason.EngineUnavailable or JobReason.StoreUnavailable) return null;
        if (Position(job) is not { } position || store.Succeeded(job.Owner, job.Spec.Name!, most: 10) is not { Count: > 0 } earlier) return null;
        var mean = earlier.Average(other => ((other.Ended ?? other.Created) - (other.Started ?? other.Created)).TotalSeconds);
        var atOnce = Math.Max(1, Math.Floor(_room.Cpu / ShapeOf(job).Cpu));
        return time.GetUtcNow() + TimeSpan.FromSeconds(mean * Math.Ceiling((position + 1) / atOnce));
    }

    /// <summary>The job as it is and after each change, to its end.</summary>
    public IAsyncEnumerable<JobRecord> WatchAsync(JobRecord job, CancellationToken cancellationToken)
    {
        lock (_turn)
        {
            if (_open.TryGetValue(job.Id, out var entry)) return entry.WatchAsync(cancellationToken);
        }
        return new[] { store.Find(job.Id) ?? job }.ToAsyncEnumerable();
    }

    /// <summary>Ends a job, in the queue or at work; one that is over stays as it is.</summary>
    public HubResult<JobRecord> Cancel(Caller caller, string idOrName)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        var found = Find(caller, idOrName);
        if (!found.Ok || found.Value.IsOver) return found;
        audit.Write(caller.Name, "job.cancel", found.Value.Id, found.Value.Spec.Name);
        // The whole first: a hub that is killed meanwhile ends the rest when it is back.
        End(found.Value.Id);
        foreach (var part in Parts(found.Value)) End(part.Id);
        Schedule();
        return Find(caller, found.Value.Id);
    }

    /// <summary>Submits a job again as it was, with the same output folder: it goes on from its last complete checkpoint.</summary>
    public async Task<HubResult<JobRecord>> RetryAsync(Caller caller, string idOrName)
    {
        var found = Find(caller, idOrName);
        if (!found.Ok) return found;
        var job = found.Value;
        if (!job.IsOver) return new HubFault("conflict", $"{job.Id} is {job.State.ToString().ToLowerInvariant()}; mend: cancel it first, or wait for its end.");
        return await SubmitAsync(caller, job.Spec, job);
    }

    /// <summary>A job in the environment of a machine has its image and its variables; what the job says goes first.</summary>
    private static JobSpec From(MachineRecord machine, JobSpec spec)
    {
        var variables = new Dictionary<string, string>(machine.Spec.Environment);
        foreach (var (name, value) in spec.Env) variables[name] = value;
        return spec with { Image = machine.Spec.Image, Env = variables };
    }

    private HubFault? Check(Caller caller, JobSpec spec)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        if (JobRules.Problem(spec, options) is { } problem) return new HubFault("bad-request", problem);
        if (options.MayNotUse(caller, JobRules.EngineOf(spec), "job") is { } untrusted) return untrusted;
        if (!Passes(spec) && _room.Problem(JobShape.Of(spec.Resources, options.Settings)) is { } impossible) return new HubFault("no-capacity", impossible);
        if (spec.Secrets.FirstOrDefault(name => secrets.Read(caller.Name, name) is null) is { } secret) return new HubFault("bad-request", $"{caller.Name} has no secret {secret}; mend: holdfast secret set {secret}.");
        if (spec.Output is { } output && places.Problem(output, caller.Name) is { } nowhere) return nowhere;
        if (spec.Code is { } sent && code.Find(JobRules.Hash(sent)!) is null) return new HubFault("bad-request", $"The code {sent} was not sent to this hub; mend: send it first (holdfast job submit does).");
        return null;
    }

    private void End(string id, JobOutcome? outcome = null)
    {
        JobEntry? entry;
        lock (_turn)
        {
            if (!_open.TryGetValue(id, out entry)) return;
            // What waits is out of the queue before anybody can start it.
            QueueOf(entry.Record).Remove(entry.Record);
        }
        var wasFinishing = false;
        var cancelled = outcome ?? new JobOutcome(JobState.Cancelled, JobReason.CancelledByUser, "It was cancelled before it ran.", null);
        var job = entry.Update(record => (wasFinishing = record.State == JobState.Finishing) ? record : record.State switch
        {
            // What an earlier attempt has put out is stored all the same.
            JobState.Queued when record.IsAsked => record with { State = JobState.Cancelling, IsAsked = false },
            JobState.Queued when record is { Parts: 0, Store: not null, Started: not null } => Finishing(record, outcome ?? cancelled with { Message = "It was cancelled before it ran again." }, time.GetUtcNow()),
            JobState.Queued when record.Parts == 0 => Over(record, cancelled),
            _ => record with { State = JobState.Cancelling },
        });
        if (wasFinishing) entry.GivenUp.Cancel();
        else if (job.State == JobState.Finishing)
        {
            lock (_turn) Begin(() => StoreAsync(entry));
        }
        else if (job.Parts > 0) Settle(id);
        else if (!job.IsOver) entry.Cancelled.Cancel();
    }

    private bool Passes(JobSpec spec) => options.Engines.GetValueOrDefault(JobRules.EngineOf(spec)) is { SchedulesItself: true };

    private JobQueue QueueOf(JobRecord job) => Passes(job.Spec) ? _passing : _queue;

    private JobShape ShapeOf(JobRecord job) => JobShape.Of(job.Spec.Resources, options.Settings);

    private JobRecord Now(JobRecord job)
    {
        lock (_turn) return _open.TryGetValue(job.Id, out var entry) ? entry.Record : job;
    }

    private static string NewId() => $"j{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    private static bool IsId(string text) => text.Length == 9 && text[0] == 'j' && text[1..].All(char.IsAsciiHexDigitLower);

    private static HubFault? MayNotWrite(Caller caller) => caller.MayWrite ? null : HubFault.OnlyReads;
}
