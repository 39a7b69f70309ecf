using System.Globalization;
using System.Security.Cryptography;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Loss;
using Holdfast.Hub.People;
using Holdfast.Hub.Points;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Machines;

/// <summary>Starts a machine: everything between the wish and a lab that answers. Each phase leaves what the next one, or a hub that comes back, can go on from.</summary>
internal sealed class MachineStart(HubOptions options, GpuInventory gpus, MachineHooks hooks, KeptPaths kept, MachineLayers layers, SecretStore secrets, VolumeUsage usage, TimeProvider time)
{
    /// <summary>The label by which this hub's workloads are told apart from others'.</summary>
    public static string OwnerLabel(HubFolders folders) => $"holdfast-hub {folders.Root}";

    private static readonly Lazy<string> KeepLab = new(() => Pages.Style.Resource("keep-lab.sh"));

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10), Later = TimeSpan.FromMilliseconds(200), Eager = TimeSpan.FromSeconds(5);

    /// <summary>How long a lab may take after its hooks before it counts as unreachable.</summary>
    private static readonly TimeSpan LabPatience = TimeSpan.FromMinutes(1);

    /// <summary>Why a start would fail as things are, as far as that can be told before; null when nothing stands in the way. A restart asks before it stops anything.</summary>
    public string? Obstacle(MachineRecord machine, string? type)
    {
        var wanted = MachineRules.TypeOf(machine.Spec with { Type = type ?? machine.Spec.Type }, options.Settings);
        // A cluster has more than this host; when there is room it says itself.
        var isElsewhere = options.EngineOf(machine) is { SchedulesItself: true };
        return (isElsewhere ? null : SizeProblem(wanted) ?? (gpus.CouldTake(machine.Id, wanted.Gpus) ? null : GpuProblem(wanted)))
            ?? machine.Spec.Secrets.Where(name => secrets.Read(machine.Owner, name) is null).Select(name => NoSecret(machine, name)).FirstOrDefault()
            ?? Volumes(machine).Select(usage.Trouble).FirstOrDefault(trouble => trouble is not null);
    }

    /// <summary>Starts the workload. Null when it runs, else what went wrong: one of <see cref="MachineReason"/> and words for it.</summary>
    public async Task<(string Reason, string Message)?> RunAsync(Lane lane, StartWish wish, CancellationToken cancellationToken)
    {
        var machine = lane.Record;
        var type = MachineRules.TypeOf(machine.Spec, options.Settings);

        // 1. What it needs of this host.
        if (options.EngineOf(machine) is not { } engine)
            return (MachineReason.EngineUnavailable, $"There is no engine '{MachineRules.EngineOf(machine.Spec)}' here any more; mend: holdfast doctor.");
        if (!engine.SchedulesItself && SizeProblem(type) is { } large) return (MachineReason.NoCapacity, large);
        if (!engine.SchedulesItself && machine.Gpus.Count != type.Gpus) return (MachineReason.NoCapacity, GpuProblem(type));
        if (Volumes(machine).Select(usage.Trouble).FirstOrDefault(trouble => trouble is not null) is { } full) return (MachineReason.DiskFull, full);
        if ((await engine.RemoveAsync(machine.Id, cancellationToken)).Fault is { } stuck) return Reason(stuck);

        // 2. The image.
        var began = time.GetUtcNow();
        var said = new LatestLine(line => lane.Update(record => record with { Message = line }));
        var prepared = await engine.PrepareAsync(machine.Spec.Image, said, cancellationToken);
        if (!prepared.Ok) return Reason(prepared.Fault);
        var image = prepared.Value;
        if (image.Reference is { } reference && await engine.CheckLibcAsync(reference, cancellationToken) is { } unfit) return Reason(unfit);
        lane.Update(record => record with { State = MachineState.Starting, Message = null, Digest = image.Digest });
        if (image.Reference is not null) Step(lane, "pull", began);

        // 3. Volumes, hooks, orders.
        began = time.GetUtcNow();
        var places = MachinePlaces.Of(machine, options, engine);
        var meeting = options.MeetingOf(machine);
        var token = engine.SchedulesItself ? RandomNumberGenerator.GetHexString(64, lowercase: true) : null;
        Meeting.Begin(meeting);
        var notes = HomeRules.Mend(options.Folders.HomeOf(machine.Owner)).ToList();
        foreach (var volume in Volumes(machine)) await usage.LimitAsync(volume, cancellationToken);
        var mounts = places.Mounts(machine, options);
        var (hookOrders, note) = await hooks.PlanAsync(machine, places, wish.Safe, cancellationToken);
        if (note is not null) notes.Add(note);
        lane.Update(record => record with { Notes = notes });
        var layer = layers.Next(machine.Id);
        Meeting.Write(meeting, new StartOrders
        {
            Home = places.Home,
            Notebooks = places.Notebooks,
            Root = engine.HasOwnRoots ? "/" : places.Notebooks,
            State = places.State,
            HasOwnRoot = engine.HasOwnRoots,
            HasKeptLayer = layer is not null,
            Kept = kept.Of(machine.Id),
            Hooks = hookOrders,
            HookTimeout = options.Settings.HookTimeout,
            Git = machine.Spec.Git,
            NodeToken = token,
        });
        // Its address is told when it has one.
        if (token is not null) new NodeWay(token, "", meeting).Write(options.Folders.WayOf(machine.Id));
        var variables = Environment(machine, image, places);
        if (!variables.Ok) return (MachineReason.StartFailed, variables.Fault.Message);

        // 4. The workload.
        var spec = new WorkloadSpec
        {
            Id = machine.Id,
            Image = image.Reference,
            Argv = ["/bin/sh", "-c", KeepLab.Value, $"{places.Program}/holdfast"],
            Environment = variables.Value,
            WorkingFolder = places.Notebooks,
            Mounts = mounts,
            Masked = Surroundings.Masked(options.Folders),
            Scratch = HubFolders.Make(options.Folders.ScratchOf(machine.Id)),
            Resources = new WorkloadResources(type.Processors, type.Memory, type.SharedMemory, Surroundings.MostProcesses, lane.Record.Gpus),
            HostName = machine.Spec.Name,
            Labels = new Dictionary<string, string> { ["owner"] = OwnerLabel(options.Folders), ["machine"] = machine.Spec.Name },
            OutputFile = options.Folders.OutputOf(machine.Id),
            Layer = layer,
            Turn = engine.SchedulesItself ? new WorkloadTurn { IsSession = true, Gpus = type.Gpus, MaxDuration = AutoStop.Of(machine.Spec, options.Settings).Limit, Grace = Fleet.StopGrace } : null,
        };
        var started = await engine.StartAsync(spec, cancellationToken);
        // An image without a shell: its lab does not come back when it is killed.
        if (started.Fault is { Code: "start-failed" or "bad-image" } fault && fault.Message.Contains("/bin/sh", StringComparison.Ordinal))
            started = await engine.StartAsync(spec with { Argv = [$"{places.Program}/holdfast", "inside", "lab"] }, cancellationToken);
        layers.Began(machine.Id, started.Ok ? layer : null);
        if (!started.Ok) return Reason(started.Fault);
        if (started.Value.Waiting is { } wait) Wait(lane, wait);
        Step(lane, "create", began);
        return null;
    }

    /// <summary>Follows a workload that was started, by this hub or the one before, until its lab listens. Null when it does.</summary>
    public async Task<(string Reason, string Message)?> FollowAsync(Lane lane, IEngine engine, CancellationToken cancellationToken)
    {
        var meeting = options.MeetingOf(lane.Record);
        var own = lane.Record.Steps.TakeWhile(step => step.Name is "pull" or "create").ToArray();
        var notes = lane.Record.Notes;
        var began = time.GetTimestamp();
        var labBegan = (long?)null;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var end = engine.SchedulesItself ? TurnAsync(lane, engine, giveUp.Token) : engine.WaitAsync(lane.Record.Id, giveUp.Token);
        try
        {
            StartReport? last = null;
            while (true)
            {
                if (Meeting.ReadReport(meeting) is { } report && !SameAs(report, last))
                {
                    last = report;
                    lane.Update(record => record with { Steps = [.. own, .. report.Steps], Hooks = report.Hooks, Notes = [.. notes, .. report.Notes] });
                }
                // Where it is the engine says after it has begun.
                if (last is { IsReady: true } && (!engine.SchedulesItself || lane.Record.Node is not null)) return null;
                if (last?.Problem is { } problem) return (MachineReason.LabUnreachable, problem);
                if (end.IsCompleted) return EndWords(await end);
                if (last is { Steps: [.., { Name: "lab" }] }) labBegan ??= time.GetTimestamp();
                if (labBegan is { } since && time.GetElapsedTime(since) > LabPatience)
                    return (MachineReason.LabUnreachable, "The lab does not answer; mend: 'holdfast machine logs' tells what it said.");
                await Task.WhenAny(end, Task.Delay(time.GetElapsedTime(began) < Eager ? Soon : Later, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await giveUp.CancelAsync();
        }
    }

    /// <summary>Waits until its turn has come and says so meanwhile, remembers where it is then, and waits for its end.</summary>
    private async Task<EngineResult<WorkloadStatus>> TurnAsync(Lane lane, IEngine engine, CancellationToken cancellationToken)
    {
        var machine = lane.Record;
        WorkloadStatus? last = null;
        while (true)
        {
            var status = last is null ? await engine.InspectAsync(machine.Id, cancellationToken) : await engine.WaitForChangeAsync(machine.Id, last, cancellationToken);
            if (status is { Fault.Code: "unavailable" })
            {
                // It waits or goes on without the scheduler.
                last = null;
                await Task.Delay(Later, time, cancellationToken);
                continue;
            }
            if (status is not { Ok: true, Value.IsOver: false }) return status;
            last = status.Value;
            if (last.Waiting is { } wait) Wait(lane, wait);
            else if (last.Node is { } node && lane.Record.Node != node && NodeWay.Read(options.Folders.WayOf(machine.Id)) is { } way)
            {
                var endsAt = last.EndsAt;
                (way with { Address = last.Address ?? node }).Write(options.Folders.WayOf(machine.Id));
                lane.Update(record => record with { Node = node, EndsAt = endsAt, Started = time.GetUtcNow(), Reason = null, Message = null });
            }
        }
    }

    private static void Wait(Lane lane, WorkloadWait wait) => lane.Update(record => record with
    {
        Reason = MachineReason.Queued,
        Message = $"{wait.Reason.TrimEnd('.')}{(wait.Position is > 0 and var before ? string.Create(CultureInfo.InvariantCulture, $"; {before} before it") : "")}{(wait.EstimatedStart is { } at ? string.Create(CultureInfo.InvariantCulture, $"; it is planned to start at {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "")}.",
    });

    /// <summary>Why a machine ended that nobody stopped.</summary>
    public static (string Reason, string Message) EndWords(EngineResult<WorkloadStatus> end) => end switch
    {
        { Ok: false } => (MachineReason.NodeLost, $"{end.Fault.Message} Its volumes are there; mend: start it."),
        { Value: { IsCancelled: true, Interruption: { } words } } => (MachineReason.StoppedByUser, words),
        { Value.Interruption: { } words } => (MachineReason.NodeLost, $"{words} Its volumes are there; mend: start it."),
        { Value.IsOutOfMemory: true } => (MachineReason.OutOfMemory, "Its memory limit ended it; mend: start it with a larger type."),
        { Value.ExitCode: 0 } => (MachineReason.StoppedByUser, "Its lab was shut down from inside."),
        { Value.ExitCode: { } code } => (MachineReason.LabEnded, $"Its first process ended with exit code {code}; mend: 'holdfast machine logs' tells what it said."),
        _ => (MachineReason.NodeLost, "It has ended, and nobody saw how: the computer was started anew, or it was killed from outside; mend: start it."),
    };

    private static string? SizeProblem(MachineType type)
    {
        var all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (type.Memory > all) return $"The type {type.Name} asks for {type.Memory >> 20} MB of memory, this host has {all >> 20} MB; mend: another type.";
        return type.Processors > System.Environment.ProcessorCount ? $"The type {type.Name} asks for {type.Processors} processors, this host has {System.Environment.ProcessorCount}; mend: another type." : null;
    }

    private string GpuProblem(MachineType type) =>
        $"The type {type.Name} asks for {type.Gpus} of this host's {gpus.All.Count} GPUs, and not so many are free; mend: stop a machine that holds one, or start with another type.";

    private static string NoSecret(MachineRecord machine, string name) => $"{machine.Owner} has no secret {name}; mend: holdfast secret set {name}, or holdfast machine change {machine.Spec.Name} without it.";

    private string[] Volumes(MachineRecord machine) =>
        [HubFolders.Make(options.Folders.NotebooksOf(machine.Id)), HubFolders.Make(options.Folders.HomeOf(machine.Owner)), HubFolders.Make(options.Folders.Storage)];

    private HubResult<Dictionary<string, string>> Environment(MachineRecord machine, EngineImage image, MachinePlaces places)
    {
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = places.Home,
            ["USER"] = "root",
            ["LANG"] = Surroundings.LanguageOf(image),
            ["PATH"] = $"{places.Home}/.local/bin:{Surroundings.PathOf(image)}:{places.Program}",
            // A machine's system is its own, and gone or recorded at the stop: Debian's guard of a system that others share is in the way.
            ["PIP_BREAK_SYSTEM_PACKAGES"] = "1",
            // What jobs have, notebooks that become jobs have, too.
            ["PYTHONPATH"] = Surroundings.PythonPathOf(image, places.Program),
            ["HOLDFAST_STATE"] = places.State,
            ["HOLDFAST_MACHINE_NAME"] = machine.Spec.Name,
            [Meeting.Variable] = places.Meeting,
        };
        foreach (var (name, value) in machine.Spec.Environment) variables[name] = value;
        foreach (var name in machine.Spec.Secrets)
        {
            if (secrets.Read(machine.Owner, name) is not { } secret) return new HubFault("not-found", NoSecret(machine, name));
            variables[name] = secret;
        }
        if (machine.Spec.Secrets.Contains(GitCredentials.Secret)) GitCredentials.Use(variables);
        return variables;
    }

    private void Step(Lane lane, string name, DateTimeOffset began) =>
        lane.Update(record => record with { Steps = [.. record.Steps, new StartStep(name, began, time.GetUtcNow() - began, null)] });

    private static (string, string) Reason(EngineFault fault) => (fault.Code switch
    {
        "image-missing" => MachineReason.ImageMissing,
        "image-pull-failed" => MachineReason.ImagePullFailed,
        "bad-image" => MachineReason.BadImage,
        "no-capacity" => MachineReason.NoCapacity,
        "disk-full" => MachineReason.DiskFull,
        "unavailable" => MachineReason.EngineUnavailable,
        _ => MachineReason.StartFailed,
    }, fault.Message);

    private static bool SameAs(StartReport report, StartReport? other) => other is not null && report.IsReady == other.IsReady && report.Problem == other.Problem
        && report.Hooks.Count == other.Hooks.Count && report.Steps.SequenceEqual(other.Steps) && report.Notes.Count == other.Notes.Count;

    /// <summary>Progress without a thread hop for each line.</summary>
    private sealed class LatestLine(Action<string> tell) : IProgress<string>
    {
        public void Report(string value) => tell(value);
    }
}
