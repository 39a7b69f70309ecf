using System.Text.Json;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Slurm;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Jobs on a real Slurm of two nodes, from their submission to their end.</summary>
[Collection(SlurmTests.Name)]
public sealed class SlurmJobTests(SlurmCluster cluster) : IAsyncLifetime
{
    // Trains for a while: each step says who it is, and leaves a checkpoint. The loss depends on all steps before it.
    private const string Training = """
        cd $HOLDFAST_OUTPUT; mkdir -p checkpoints
        step=0 loss=100
        [ $HOLDFAST_ATTEMPT = 1 ] || PACE=0.2
        echo "attempt $HOLDFAST_ATTEMPT on $SLURMD_NODENAME from ${HOLDFAST_RESUME_FROM:-the beginning}"
        if [ -n "$HOLDFAST_RESUME_FROM" ]; then read -r step loss <"$HOLDFAST_RESUME_FROM/state"; fi
        while [ $step -lt 12 ]; do
          step=$((step + 1)) loss=$((loss * 9 / 10 + step))
          mkdir -p checkpoints/$step.new; echo $step $loss >checkpoints/$step.new/state; touch checkpoints/$step.new/complete; mv checkpoints/$step.new checkpoints/$step
          echo "$step $SLURMD_NODENAME $HOLDFAST_ATTEMPT $(date +%s%N)" >>steps
          sleep ${PACE:-0.5}
        done
        echo "{\"step\": $step, \"loss\": $loss}" >metrics.jsonl
        echo loss $loss
        """;

    private readonly TestHub _hub = Open(cluster);

    private static TestHub Open(SlurmCluster cluster)
    {
        if (cluster.Unusable is { } reason) Assert.Skip(reason);
        return new TestHub(options => options with
        {
            Engines = new Dictionary<string, IEngine>
            {
                ["host"] = new HostEngine(options.Folders.HostEngine, TimeProvider.System),
                ["slurm"] = new SlurmEngine(options.Folders.SlurmEngine, new SlurmSettings { Conf = cluster.Conf }, TimeProvider.System),
            },
        });
    }

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        // No job of one test is in the way of the next.
        await cluster.SaysAsync("scancel", "--me", "--full", "--signal=KILL");
        await cluster.SaysAsync("scancel", "--me");
    }

    [Fact]
    public async Task Job_OnSlurm_LeavesWhatItLeavesOnTheHost()
    {
        const string Script = "echo \"$@\"; echo $HOLDFAST_PARAMETERS; mkdir -p $AIP_MODEL_DIR; echo weights > $AIP_MODEL_DIR/w; cat greeting";
        var parameters = new Dictionary<string, JsonElement> { ["epochs"] = Json("20") };
        var there = await _hub.SubmitAsync(Script, spec => spec with { Engine = "slurm", Parameters = parameters });
        var here = await _hub.SubmitAsync(Script, spec => spec with { Parameters = parameters });

        (there, here) = (await _hub.UntilOverAsync(there), await _hub.UntilOverAsync(here));

        // There is no greeting: both end with cat's code.
        Assert.Equal((JobState.Failed, 1), (there.State, there.ExitCode));
        Assert.Equal(_hub.LogOf(here), _hub.LogOf(there));
        Assert.Equal(File.ReadAllText(_hub.OutputOf(here, "model/w")), File.ReadAllText(_hub.OutputOf(there, "model/w")));
        var (one, other) = (Manifest(here), Manifest(there));
        Assert.Equal(one.Keys, other.Keys);
        var different = one.Keys.Where(key => one[key] != other[key]).ToHashSet();
        Assert.Subset(new HashSet<string> { "job", "engine", "created", "started", "ended", "cost" }, different);
        Assert.Contains("engine", different);
    }

    [Fact]
    public async Task Job_ThatWaitsInSlurm_SaysWhyAndRunsThen()
    {
        var all = new JobResources(Cpu: 4);
        var first = await SubmitAsync("until [ -e $HOLDFAST_STORAGE/go ]; do sleep 0.1; done", spec => spec with { Resources = all });
        var second = await SubmitAsync("until [ -e $HOLDFAST_STORAGE/go ]; do sleep 0.1; done", spec => spec with { Resources = all });
        await _hub.UntilAsync(first, job => job.State == JobState.Running);
        await _hub.UntilAsync(second, job => job.State == JobState.Running);

        var third = await SubmitAsync("true", spec => spec with { Resources = all });
        third = await _hub.UntilAsync(third, job => job is { State: JobState.Queued, IsAsked: true } && job.Message!.Contains("Resources", StringComparison.Ordinal));
        var position = _hub.Jobs.Position(third);
        File.WriteAllText(Path.Combine(_hub.Folders.Storage, "go"), "");
        third = await _hub.UntilOverAsync(third);

        Assert.Equal(0, position);
        Assert.Equal((JobState.Succeeded, false, 1), (third.State, third.IsAsked, third.Attempts.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Node_ThatDiesInTheMiddle_IsLeftAndTheJobGoesOnElsewhere(bool keepsCommands)
    {
        var undisturbed = await SubmitAsync(Training, spec => spec with { Env = new Dictionary<string, string> { ["PACE"] = "0.05" } });
        var job = await SubmitAsync(Training, spec => spec with { Env = new Dictionary<string, string> { ["PACE"] = "8" } });
        undisturbed = await _hub.UntilOverAsync(undisturbed);
        job = await _hub.UntilAsync(job, record => record.State == JobState.Running);
        await UntilAsync(() => Steps(job).Count >= 2);
        var node = Steps(job)[0].Node;
        try
        {
            await cluster.KillNodeAsync(node, keepsCommands);
            job = await UntilOverAsync(job);
        }
        finally
        {
            cluster.StartNode(node);
        }

        // It went on from its checkpoint on the other node, and came to what it comes to.
        Assert.True(job.State == JobState.Succeeded, $"{job}\n{_hub.LogOf(job)}");
        Assert.Equal(2, job.Attempts.Count);
        Assert.Equal((JobReason.Interrupted, 1), (job.Attempts[0].Reason, job.Attempts[1].Requeue));
        Assert.Contains("went away", job.Attempts[0].Message, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_hub.OutputOf(undisturbed, "metrics.jsonl")), File.ReadAllText(_hub.OutputOf(job, "metrics.jsonl")));
        var log = _hub.LogOf(job);
        Assert.Matches($@"attempt 1 on {node} from the beginning\n(?s:.*)holdfast: begun again on node\d(?s:.*)attempt 2 on node\d from \S+/checkpoints/\d+\n(?s:.*)loss \d+\n$", log);
        // Never twice at once: what the first one did was all before what the second one did.
        var steps = Steps(job);
        Assert.Single(steps.Where(step => step.Attempt == 1).Select(step => step.Node).Distinct());
        Assert.NotEqual(node, steps.First(step => step.Attempt == 2).Node);
        Assert.True(steps.Where(step => step.Attempt == 1).Max(step => step.At) < steps.Where(step => step.Attempt == 2).Min(step => step.At), string.Join('\n', steps));
        Assert.Equal([.. steps.OrderBy(step => step.At)], steps);
    }

    [Fact]
    public async Task ControllerAndHub_ThatGoAndComeBack_LoseNothing()
    {
        var running = await SubmitAsync("until [ -e $HOLDFAST_STORAGE/go ]; do sleep 0.1; done; echo done", spec => spec with { Resources = new JobResources(Cpu: 4) });
        var ending = await SubmitAsync("until [ -e $HOLDFAST_STORAGE/end ]; do sleep 0.1; done; exit 3", spec => spec with { Resources = new JobResources(Cpu: 4) });
        await _hub.UntilAsync(running, job => job.State == JobState.Running);
        await _hub.UntilAsync(ending, job => job.State == JobState.Running);
        var waiting = await SubmitAsync("echo ran", spec => spec with { Resources = new JobResources(Cpu: 4) });
        await _hub.UntilAsync(waiting, job => job.IsAsked && job.Message!.Contains("Resources", StringComparison.Ordinal));

        // Both go; meanwhile one ends.
        await cluster.StopControllerAsync();
        await _hub.EndAsync();
        File.WriteAllText(Path.Combine(_hub.Folders.Storage, "end"), "");
        cluster.StartController();
        await _hub.StartAsync();

        var began = TimeProvider.System.GetTimestamp();
        ending = await _hub.UntilOverAsync(ending);
        TestContext.Current.SendDiagnosticMessage($"What ended while hub and controller were away is known after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s.");
        Assert.Equal((JobState.Failed, 3), (ending.State, ending.ExitCode));
        Assert.Equal((JobState.Running, 1), (Now(running).State, Now(running).Attempts.Count));
        File.WriteAllText(Path.Combine(_hub.Folders.Storage, "go"), "");
        (running, waiting) = (await _hub.UntilOverAsync(running), await _hub.UntilOverAsync(waiting));
        Assert.Equal((JobState.Succeeded, "done\n", 1), (running.State, _hub.LogOf(running), running.Attempts.Count));
        Assert.Equal((JobState.Succeeded, "ran\n", 1), (waiting.State, _hub.LogOf(waiting), waiting.Attempts.Count));
    }

    [Fact]
    public async Task Sweep_OfSixteen_RunsFourAtATimeAndTellsWhichFailed()
    {
        var job = await SubmitAsync("""
            mkdir -p $HOLDFAST_STORAGE/at; touch $HOLDFAST_STORAGE/at/$HOLDFAST_JOB_ID; ls $HOLDFAST_STORAGE/at | wc -l >>$HOLDFAST_STORAGE/most
            sleep 0.3; rm $HOLDFAST_STORAGE/at/$HOLDFAST_JOB_ID
            rate=${1#--rate=}; echo "{\"step\": 1, \"loss\": $((($rate - 5) * ($rate - 5)))}" >>$HOLDFAST_OUTPUT/metrics.jsonl
            [ $rate != 3 ] && [ $rate != 11 ] || exit 9
            """, spec => spec with
        {
            Resources = new JobResources(Cpu: 1),
            Sweep = new JobSweep { Parameters = new Dictionary<string, JsonElement> { ["rate"] = Json($"[{string.Join(',', Enumerable.Range(0, 16))}]") }, MaxParallel = 4, Metric = "loss" },
        });

        job = await UntilOverAsync(job);

        Assert.Equal((JobState.Failed, JobReason.PartFailed, 9), (job.State, job.Reason, job.ExitCode));
        var parts = _hub.Jobs.Parts(job);
        Assert.Equal((14, 2), (parts.Count(part => part.State == JobState.Succeeded), parts.Count(part => part.State == JobState.Failed)));
        Assert.Equal([3, 11], parts.Where(part => part.State == JobState.Failed).Select(part => part.Index));
        Assert.All(parts.Where(part => part.State == JobState.Failed), part => Assert.Contains("exit code 9", part.Message, StringComparison.Ordinal));
        Assert.InRange(File.ReadLines(Path.Combine(_hub.Folders.Storage, "most")).Max(int.Parse), 2, 4);
        var best = parts.MinBy(part => Json(File.ReadLines(_hub.OutputOf(part, "metrics.jsonl")).Last()).GetProperty("loss").GetInt32())!;
        Assert.Equal(5, best.Spec.Parameters["rate"].GetInt32());
    }

    [Fact]
    public async Task Nodes_Two_AddUpWhatEachHas()
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("/usr/bin/python3 is not installed.");
        var job = await SubmitAsync("exec /usr/bin/python3 -c \"$SUM\"", spec => spec with
        {
            Nodes = 2,
            Env = new Dictionary<string, string>
            {
                ["SUM"] = """
                    import os, socket, time
                    rank, count = int(os.environ["NODE_RANK"]), int(os.environ["NNODES"])
                    place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
                    mine = 10 ** rank
                    if rank == 0:
                        server = socket.create_server(place)
                        others = [server.accept()[0] for _ in range(count - 1)]
                        total = mine + sum(int(other.recv(64)) for other in others)
                        for other in others: other.sendall(str(total).encode())
                    else:
                        for _ in range(300):
                            try: one = socket.create_connection(place); break
                            except ConnectionRefusedError: time.sleep(0.1)
                        one.sendall(str(mine).encode())
                        total = int(one.recv(64))
                    open(f"{os.environ['HOLDFAST_OUTPUT']}/sum.{rank}", "w").write(f"{total} {os.environ['SLURMD_NODENAME']}")
                    """,
            },
        });

        job = await UntilOverAsync(job);

        Assert.True(job.State == JobState.Succeeded, $"{job}\n{_hub.LogOf(job)}");
        Assert.Equal(["11 node1", "11 node2"], [.. ((string[])["sum.0", "sum.1"]).Select(name => File.ReadAllText(_hub.OutputOf(job, name))).Order()]);
    }

    [Fact]
    public async Task Signal_BeforeTheLimit_LetsItCheckpointAndGoOn()
    {
        // Slurm ends it from outside, as its limit of time does.
        var job = await SubmitAsync("""
            trap 'mkdir -p $HOLDFAST_OUTPUT/checkpoints/1; touch $HOLDFAST_OUTPUT/checkpoints/1/complete; echo saved; exit 0' TERM
            echo attempt $HOLDFAST_ATTEMPT from ${HOLDFAST_RESUME_FROM:-nothing}
            [ $HOLDFAST_ATTEMPT = 2 ] || while :; do sleep 0.1; done
            """);
        job = await _hub.UntilAsync(job, record => record.State == JobState.Running);
        await UntilAsync(() => _hub.LogOf(job).Contains("attempt", StringComparison.Ordinal));
        await cluster.SaysAsync("scancel", "--batch", "--signal=TERM", "--me");

        job = await UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, 2, JobReason.Interrupted), (job.State, job.Attempts.Count, job.Attempts[0].Reason));
        Assert.Matches(@"^attempt 1 from nothing\nholdfast: Slurm ends it[^\n]*\nsaved\nattempt 2 from \S+/checkpoints/1\n$", _hub.LogOf(job));
    }

    [Fact]
    public async Task Requeue_OfACommandThatDoesNotListen_CountsHowItsNextAttemptEnds()
    {
        var job = await SubmitAsync("trap '' TERM; [ $HOLDFAST_ATTEMPT = 1 ] || { echo the next one; exit 0; }; echo up; while :; do sleep 0.1; done");
        await UntilAsync(() => File.Exists(_hub.Folders.LogOf(job.Id)) && _hub.LogOf(job) == "up\n");

        await cluster.SaysAsync("scontrol", "requeue", (await cluster.SaysAsync("squeue", "--noheader", "--me", "--states=RUNNING", "--format=%i")).Trim());
        job = await UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, 2), (job.State, job.Attempts.Count));
        Assert.EndsWith("the next one\n", _hub.LogOf(job), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ThatMayRunOnce_IsNotBegunAgainBySlurm()
    {
        var job = await SubmitAsync("exec sleep 600", spec => spec with { Retry = new JobRetry(MaxAttempts: 1) });
        await _hub.UntilAsync(job, record => record.State == JobState.Running);

        var shown = await cluster.SaysAsync("scontrol", "show", "job", "--oneliner", (await cluster.SaysAsync("squeue", "--noheader", "--me", "--states=RUNNING", "--format=%i")).Trim());

        Assert.Contains(" Requeue=0 ", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_WhoseWaitingPartSlurmHasLost_GoesOn()
    {
        var all = new JobResources(Cpu: 4);
        for (var i = 0; i < 2; i++) await _hub.UntilAsync(await SubmitAsync("until [ -e $HOLDFAST_STORAGE/go ]; do sleep 0.1; done", spec => spec with { Resources = all }), job => job.State == JobState.Running);
        var sweep = await SubmitAsync("echo ran", spec => spec with
        {
            Resources = all,
            Sweep = new JobSweep { Parameters = new Dictionary<string, JsonElement> { ["rate"] = Json("[1, 2]") }, MaxParallel = 1 },
        });
        JobRecord? waiting = null;
        await UntilAsync(() => (waiting = _hub.Jobs.Parts(sweep).FirstOrDefault(part => part.IsAsked)) is not null);

        await _hub.EndAsync();
        File.Delete(Path.Combine(_hub.Folders.SlurmEngine, JobStart.WorkloadOf(waiting!)));
        await cluster.SaysAsync("scancel", "--me", "--state=PENDING");
        await _hub.StartAsync();
        File.WriteAllText(Path.Combine(_hub.Folders.Storage, "go"), "");

        Assert.Equal(JobState.Succeeded, (await UntilOverAsync(sweep)).State);
    }

    [Fact]
    public async Task Cancel_OfWhatRunsAndOfWhatWaits_EndsBoth()
    {
        var all = new JobResources(Cpu: 4);
        var jobs = new List<JobRecord>();
        for (var i = 0; i < 2; i++) jobs.Add(await _hub.UntilAsync(await SubmitAsync("trap 'echo told; exit 1' TERM; echo up; while :; do sleep 0.1; done", spec => spec with { Resources = all }), job => job.State == JobState.Running));
        await UntilAsync(() => jobs.All(job => _hub.LogOf(job) == "up\n"));
        var waiting = await _hub.UntilAsync(await SubmitAsync("echo ran", spec => spec with { Resources = all }), job => job.IsAsked);

        foreach (var job in (JobRecord[])[waiting, .. jobs]) TestHub.Value(_hub.Jobs.Cancel(TestHub.Ada, job.Id));

        foreach (var job in (JobRecord[])[waiting, .. jobs]) Assert.Equal((JobState.Cancelled, JobReason.CancelledByUser), await UntilOverAsync(job) is var over ? (over.State, over.Reason) : default);
        Assert.Equal("", _hub.LogOf(waiting));
        Assert.All(jobs, job => Assert.Equal("up\ntold\n", _hub.LogOf(job)));
        await UntilAsync(() => cluster.SaysAsync("squeue", "--noheader", "--me").GetAwaiter().GetResult().Length == 0);
    }

    [Fact]
    public async Task Hold_OfWhatWaitsInSlurm_IsSlurmsOwn()
    {
        var all = new JobResources(Cpu: 4);
        for (var i = 0; i < 2; i++) await _hub.UntilAsync(await SubmitAsync("until [ -e $HOLDFAST_STORAGE/go ]; do sleep 0.1; done", spec => spec with { Resources = all }), job => job.State == JobState.Running);
        var waiting = await _hub.UntilAsync(await SubmitAsync("echo ran", spec => spec with { Resources = all }), job => job.IsAsked);

        TestHub.Value(await _hub.Jobs.HoldAsync(TestHub.Ada, waiting.Id, isHeld: true, TestHub.Cancellation));
        File.WriteAllText(Path.Combine(_hub.Folders.Storage, "go"), "");
        waiting = await _hub.UntilAsync(waiting, job => job.Message?.Contains("JobHeldUser: it is held; mend: holdfast job release", StringComparison.Ordinal) == true);
        Assert.Equal((JobState.Queued, true), (waiting.State, waiting.IsHeld));

        TestHub.Value(await _hub.Jobs.HoldAsync(TestHub.Ada, waiting.Id, isHeld: false, TestHub.Cancellation));
        waiting = await UntilOverAsync(waiting);
        Assert.Equal((JobState.Succeeded, "ran\n"), (waiting.State, _hub.LogOf(waiting)));
    }

    [Fact]
    public async Task BadInput_IsToldWithItsMend()
    {
        var partition = await UntilOverAsync(await SubmitAsync("true", spec => spec with { Partition = "moon" }));
        var large = await UntilOverAsync(await SubmitAsync("true", spec => spec with { Resources = new JobResources(Cpu: 400) }));
        var memory = await UntilOverAsync(await SubmitAsync("true", spec => spec with { Resources = new JobResources(Memory: 900_000_000_000) }));
        var gpus = await UntilOverAsync(await SubmitAsync("true", spec => spec with { Resources = new JobResources(Gpu: 8) }));
        var many = await UntilOverAsync(await SubmitAsync("true", spec => spec with { Nodes = 40 }));

        Assert.All((JobRecord[])[partition, large, memory, gpus, many], job => Assert.Equal(JobState.Failed, job.State));
        Assert.Contains("invalid partition specified: moon; mend: another partition; sinfo", partition.Message, StringComparison.Ordinal);
        Assert.All((JobRecord[])[large, memory, gpus, many], job => Assert.True(job.Reason == JobReason.NoCapacity && job.Message!.Contains("; mend: ", StringComparison.Ordinal), job.Message));
        Assert.Contains("nodes: several nodes are a cluster's", (await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec { Command = ["true"], Nodes = 2 }, cancellationToken: TestHub.Cancellation)).Fault?.Message, StringComparison.Ordinal);
        Assert.Contains("one trust domain", (await _hub.Jobs.SubmitAsync(TestHub.Bob, new JobSpec { Command = ["true"], Engine = "slurm" }, cancellationToken: TestHub.Cancellation)).Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Munge_ThatIsDown_IsSaidAndWaitedFor()
    {
        await cluster.KillAsync("munged");
        JobRecord job;
        try
        {
            job = await SubmitAsync("echo ran");
            job = await _hub.UntilAsync(job, record => record.Reason == JobReason.EngineUnavailable);
        }
        finally
        {
            await cluster.StartMungeAsync();
        }

        Assert.Contains("mend: start munge", job.Message, StringComparison.Ordinal);
        job = await UntilOverAsync(job);
        Assert.Equal((JobState.Succeeded, "ran\n"), (job.State, _hub.LogOf(job)));
    }

    private Task<JobRecord> SubmitAsync(string script, Func<JobSpec, JobSpec>? change = null) =>
        _hub.SubmitAsync(script, spec => change?.Invoke(spec with { Engine = "slurm" }) ?? spec with { Engine = "slurm" });

    /// <summary>A node that dies is missed only after Slurm's own limit.</summary>
    private async Task<JobRecord> UntilOverAsync(JobRecord job)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(150));
        await foreach (var record in _hub.Jobs.WatchAsync(job, limit.Token)) job = record;
        return job;
    }

    private JobRecord Now(JobRecord job) => TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id));

    private List<(int Number, string Node, int Attempt, long At)> Steps(JobRecord job)
    {
        var file = _hub.OutputOf(job, "steps");
        return !File.Exists(file) ? [] : [.. File.ReadAllLines(file).Select(line => line.Split(' ')).Where(words => words.Length == 4 && words[3].Length == 19)
            .Select(words => (int.Parse(words[0]), words[1], int.Parse(words[2]), long.Parse(words[3])))];
    }

    private Dictionary<string, string> Manifest(JobRecord job) => Json(File.ReadAllText(_hub.OutputOf(job, "manifest.json"))).EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetRawText());

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition()) await Task.Delay(50, limit.Token);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
