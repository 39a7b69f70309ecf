using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Slurm;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>What a cluster's own rules do to jobs: a limit of time, others that go before, and an accounting that remembers what the controller has forgotten.</summary>
public sealed class SlurmPolicyTests : IAsyncLifetime
{
    // Its end is a checkpoint; begun again it has something to go on from.
    private const string Patient = """
        cd $HOLDFAST_OUTPUT; mkdir -p checkpoints
        echo "attempt $HOLDFAST_ATTEMPT from ${HOLDFAST_RESUME_FROM:-the beginning}"
        [ -z "$HOLDFAST_RESUME_FROM" ] || { echo "it was at $(cat $HOLDFAST_RESUME_FROM/state)"; exit 0; }
        trap 'mkdir checkpoints/1; echo the ninth step >checkpoints/1/state; touch checkpoints/1/complete; echo saved; exit 0' TERM
        touch ready
        while :; do sleep 0.1; done
        """;

    // Ends only when it is killed, and the next time at once.
    private const string Deaf = """
        trap 'echo not yet' TERM
        [ $HOLDFAST_ATTEMPT = 1 ] || { echo the next one; exit 0; }
        while :; do sleep 0.1; done
        """;

    private readonly SlurmCluster _cluster = new()
    {
        HasAccounting = true,
        HasGpus = true,
        MinJobAge = 2,
        More = $"""
            PreemptType=preempt/partition_prio
            PreemptMode=REQUEUE
            PartitionName=urgent Nodes={SlurmCluster.First},{SlurmCluster.Second} PriorityTier=10 MaxTime=10 DefaultTime=10 State=UP
            PartitionName=short Nodes={SlurmCluster.First},{SlurmCluster.Second} MaxTime=1 DefaultTime=1 State=UP
            """,
    };

    private TestHub? _hub;

    private TestHub Hub => _hub!;

    public async ValueTask InitializeAsync()
    {
        await _cluster.InitializeAsync();
        if (_cluster.Unusable is { } reason) Assert.Skip(reason);
        _hub = new TestHub(options => options with
        {
            Engines = new Dictionary<string, IEngine>
            {
                ["host"] = new HostEngine(options.Folders.HostEngine, TimeProvider.System),
                ["slurm"] = new SlurmEngine(options.Folders.SlurmEngine, new SlurmSettings { Conf = _cluster.Conf }, TimeProvider.System),
            },
        });
        await Hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Limit_ThatComes_IsHeardBeforeAndTheJobGoesOn()
    {
        var patient = await SubmitAsync(Patient, spec => spec with { Partition = "short", StopGrace = TimeSpan.FromSeconds(20) });
        var deaf = await SubmitAsync(Deaf, spec => spec with { Partition = "short", StopGrace = TimeSpan.FromSeconds(5) });

        (patient, deaf) = (await UntilOverAsync(patient), await UntilOverAsync(deaf));

        Assert.True(patient.State == JobState.Succeeded, $"{patient}\n{Hub.LogOf(patient)}");
        Assert.Equal(2, patient.Attempts.Count);
        Assert.Equal(JobReason.Interrupted, patient.Attempts[0].Reason);
        Assert.Matches(@"^attempt 1 from the beginning\nholdfast: Slurm ends it: its limit of time is near(?s:.*)saved\n(?s:.*)attempt 2 from \S+/checkpoints/1\nit was at the ninth step\n$", Hub.LogOf(patient));
        Assert.True(deaf.State == JobState.Succeeded, $"{deaf}\n{Hub.LogOf(deaf)}");
        Assert.Equal((2, JobReason.Interrupted), (deaf.Attempts.Count, deaf.Attempts[0].Reason));
        Assert.Contains("limit of time", deaf.Attempts[0].Message, StringComparison.Ordinal);
        Assert.Matches(@"not yet\n(?s:.*)the next one\n$", Hub.LogOf(deaf));
    }

    [Fact]
    public async Task Preempted_ByAnotherPartition_GoesOnFromItsCheckpointAfterwards()
    {
        var low = await SubmitAsync(Patient, spec => spec with { Partition = SlurmCluster.Partition, Nodes = 1, Resources = new JobResources(Cpu: 4) });
        var lower = await SubmitAsync(Patient, spec => spec with { Partition = SlurmCluster.Partition, Resources = new JobResources(Cpu: 4) });
        await UntilAsync(() => File.Exists(Hub.OutputOf(low, "ready")) && File.Exists(Hub.OutputOf(lower, "ready")));

        var urgent = await UntilOverAsync(await SubmitAsync("echo first", spec => spec with { Partition = "urgent", Resources = new JobResources(Cpu: 4) }));
        await UntilAsync(() => Hub.LogOf(low).Contains("saved", StringComparison.Ordinal) || Hub.LogOf(lower).Contains("saved", StringComparison.Ordinal));
        var gone = Hub.LogOf(low).Contains("saved", StringComparison.Ordinal) ? low : lower;
        gone = await UntilOverAsync(gone);

        Assert.Equal((JobState.Succeeded, "first\n"), (urgent.State, Hub.LogOf(urgent)));
        Assert.True(gone.State == JobState.Succeeded, $"{gone}\n{Hub.LogOf(gone)}");
        Assert.Equal((2, JobReason.Interrupted), (gone.Attempts.Count, gone.Attempts[0].Reason));
        Assert.EndsWith("it was at the ninth step\n", Hub.LogOf(gone), StringComparison.Ordinal);
        Assert.Single(Now(gone.Id == low.Id ? lower : low).Attempts);
    }

    [Fact]
    public async Task Gpus_OfANode_AreEachOneJobsAtATime()
    {
        const string Script = "echo $CUDA_VISIBLE_DEVICES on $SLURMD_NODENAME; touch $HOLDFAST_OUTPUT/ready; until [ -e $HOLDFAST_STORAGE/go ]; do sleep 0.1; done";
        var jobs = new List<JobRecord>();
        for (var number = 0; number < 4; number++) jobs.Add(await SubmitAsync(Script, spec => spec with { Resources = new JobResources(Cpu: 1, Gpu: 1) }));
        foreach (var job in jobs) await UntilAsync(() => File.Exists(Hub.OutputOf(job, "ready")));

        var more = await Hub.UntilAsync(await SubmitAsync("echo $CUDA_VISIBLE_DEVICES", spec => spec with { Resources = new JobResources(Cpu: 1, Gpu: 2) }), job => job.IsAsked && job.Message!.Contains("Resources", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(Hub.Folders.Storage, "go"), "");
        more = await UntilOverAsync(more);

        Assert.Equal(["0 on node1\n", "0 on node2\n", "1 on node1\n", "1 on node2\n"], jobs.Select(Hub.LogOf).Order(StringComparer.Ordinal));
        Assert.Equal("0,1\n", Hub.LogOf(more));
    }

    [Fact]
    public async Task Job_ThatIsCancelledInSlurm_IsNotBegunAgain()
    {
        var job = await SubmitAsync(Patient, spec => spec);
        await UntilAsync(() => File.Exists(Hub.OutputOf(job, "ready")));

        await _cluster.SaysAsync("scancel", (await _cluster.SaysAsync("squeue", "--noheader", "--format=%i")).Trim());
        job = await UntilOverAsync(job);

        Assert.Equal((JobState.Cancelled, JobReason.CancelledByUser, "It was cancelled in Slurm.", 1), (job.State, job.Reason, job.Message, job.Attempts.Count));
        Assert.True(File.Exists(Hub.OutputOf(job, "checkpoints/1/complete")), Hub.LogOf(job));
    }

    [Fact]
    public async Task Accounting_OfWhatTheControllerHasForgotten_TellsHowItEnded()
    {
        var all = new JobResources(Cpu: 4);
        var blocks = new List<JobRecord>();
        for (var node = 0; node < 2; node++) blocks.Add(await SubmitAsync("until [ -e $HOLDFAST_STORAGE/go ]; do sleep 0.1; done", spec => spec with { Resources = all }));
        foreach (var block in blocks) await Hub.UntilAsync(block, job => job.State == JobState.Running);
        var waiting = await Hub.UntilAsync(await SubmitAsync("echo ran", spec => spec with { Resources = all }), job => job.IsAsked);

        // Somebody else takes it back while no hub is there to see it, and the controller forgets it.
        await Hub.EndAsync();
        var number = (await _cluster.SaysAsync("squeue", "--noheader", "--states=PENDING", "--format=%i")).Trim();
        await _cluster.SaysAsync("scancel", number);
        await UntilAsync(async () => (await _cluster.SaysAsync("scontrol", "show", "job", number)).Contains("Invalid job id", StringComparison.Ordinal));
        await Hub.StartAsync();
        waiting = await UntilOverAsync(waiting);
        File.WriteAllText(Path.Combine(Hub.Folders.Storage, "go"), "");

        Assert.Equal((JobState.Cancelled, JobReason.CancelledByUser, "It was cancelled in Slurm.", ""), (waiting.State, waiting.Reason, waiting.Message, Hub.LogOf(waiting)));
        foreach (var block in blocks) Assert.Equal(JobState.Succeeded, (await UntilOverAsync(block)).State);
    }

    private Task<JobRecord> SubmitAsync(string script, Func<JobSpec, JobSpec> change) => Hub.SubmitAsync(script, spec => change(spec with { Engine = "slurm" }));

    private JobRecord Now(JobRecord job) => TestHub.Value(Hub.Jobs.Find(TestHub.Ada, job.Id));

    /// <summary>A limit of time is a minute at least, and is looked at each half.</summary>
    private async Task<JobRecord> UntilOverAsync(JobRecord job)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(240));
        await foreach (var record in Hub.Jobs.WatchAsync(job, limit.Token)) job = record;
        return job;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(4));
        while (!await condition()) await Task.Delay(100, limit.Token);
    }
}
