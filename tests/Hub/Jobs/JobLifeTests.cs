using System.Text.Json;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Jobs on the host engine, from their submission to their end.</summary>
public sealed class JobLifeTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Job_ThatSucceeds_HasItsLogItsOutputAndItsManifest()
    {
        var job = await _hub.SubmitAsync("echo \"$@\"; echo $HOLDFAST_PARAMETERS; mkdir -p $AIP_MODEL_DIR; echo weights > $AIP_MODEL_DIR/w; pwd", spec => spec with
        {
            Parameters = new Dictionary<string, JsonElement> { ["epochs"] = Json("20"), ["name"] = Json("\"a b\"") },
        });

        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, null, 0), (job.State, job.Reason, job.ExitCode));
        Assert.Equal("--epochs=20 --name=a b\n{\"epochs\":20,\"name\":\"a b\"}\n/code\n", _hub.LogOf(job));
        Assert.Equal($"/storage/runs/leaves/{job.Id}", job.Output);
        Assert.Equal("weights\n", File.ReadAllText(_hub.OutputOf(job, "model/w")));
        var manifest = Json(File.ReadAllText(_hub.OutputOf(job, "manifest.json")));
        Assert.Equal(("succeeded", 0, 20, 1), (manifest.GetProperty("state").GetString(), manifest.GetProperty("exit_code").GetInt32(),
            manifest.GetProperty("parameters").GetProperty("epochs").GetInt32(), manifest.GetProperty("attempts").GetInt32()));
        // What else it had is removed after its end was told.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Directory.Exists(Path.Combine(_hub.Folders.JobOf(job.Id), $"{job.Id}-1"))) await Task.Delay(10, limit.Token);
        Assert.Equal("not-found", (await _hub.Host.InspectAsync($"{job.Id}-1", TestHub.Cancellation)).Fault?.Code);
    }

    [Theory]
    [InlineData("exit 3", 3, "It ended with exit code 3")]
    [InlineData("exec /nowhere/program", 127, "was not found")]
    [InlineData("touch p; exec ./p", 126, "may not be executed")]
    [InlineData("kill -SEGV $$", 139, "Signal 11")]
    public async Task Job_ThatFails_SaysHow(string script, int exitCode, string words)
    {
        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync(script));

        Assert.Equal((JobState.Failed, JobReason.ExitedWithError, exitCode), (job.State, job.Reason, job.ExitCode));
        Assert.Contains(words, job.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ThatAsksToBeRunAgain_IsAndGoesOnFromItsCheckpoint()
    {
        var job = await _hub.SubmitAsync("""
            echo attempt $HOLDFAST_ATTEMPT from ${HOLDFAST_RESUME_FROM:-the beginning}
            [ $HOLDFAST_ATTEMPT = 2 ] && exit 0
            cd $HOLDFAST_OUTPUT; mkdir -p checkpoints/9 checkpoints/10 checkpoints/10.2 checkpoints/11 checkpoints/12.tmp-1
            touch checkpoints/9/complete checkpoints/10/complete checkpoints/10.2/complete checkpoints/12.tmp-1/complete
            exit 75
            """);

        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, 2), (job.State, job.Attempts.Count));
        Assert.Equal((75, JobReason.ExitedWithError), (job.Attempts[0].ExitCode, job.Attempts[0].Reason));
        Assert.Equal($"attempt 1 from the beginning\nattempt 2 from {job.Output}/checkpoints/10.2\n", _hub.LogOf(job));
        Assert.Equal("attempt 1 from the beginning\n".Length, job.Attempts[1].LogStart);
    }

    [Fact]
    public async Task Job_ThatWaitsForItsNextAttempt_HoldsUpNobody()
    {
        var all = new JobResources(Cpu: Environment.ProcessorCount);
        var first = await _hub.SubmitAsync("until [ -e /storage/go ]; do sleep 0.02; done; [ $HOLDFAST_ATTEMPT = 2 ] || exit 75", spec => spec with { Resources = all });
        var second = await _hub.SubmitAsync("true", spec => spec with { Resources = all });
        File.WriteAllText(Path.Combine(HubFolders.Make(_hub.Folders.Storage), "go"), "");

        (first, second) = (await _hub.UntilOverAsync(first), await _hub.UntilOverAsync(second));

        Assert.Equal((JobState.Succeeded, 2, JobState.Succeeded), (first.State, first.Attempts.Count, second.State));
        Assert.True(second.Started < first.Attempts[1].Began, $"{second.Started:O} {first.Attempts[1].Began:O}");
    }

    [Fact]
    public async Task Limit_OfManyDays_IsOne()
    {
        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("echo ran", spec => spec with { MaxDuration = TimeSpan.FromDays(60) }));

        Assert.True(job.State == JobState.Succeeded, job.Message);
    }

    [Fact]
    public async Task Job_ThatMayBeTriedAgain_IsSoOftenAndNotMore()
    {
        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("echo $HOLDFAST_ATTEMPT; exit 4", spec => spec with { Retry = new JobRetry(["error"], 2) }));

        Assert.Equal((JobState.Failed, 4, "1\n2\n"), (job.State, job.ExitCode, _hub.LogOf(job)));
    }

    [Fact]
    public async Task Job_ThatRunsTooLong_IsEndedWithItsGrace()
    {
        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("trap 'echo asked; exit 0' TERM; echo runs; while :; do sleep 0.05; done", spec => spec with { MaxDuration = TimeSpan.FromSeconds(5) }));

        Assert.Equal((JobState.TimedOut, JobReason.MaxDurationExceeded, 124), (job.State, job.Reason, job.ExitCode));
        Assert.Equal("runs\nasked\n", _hub.LogOf(job));
    }

    [Fact]
    public async Task Cancel_OfOneThatRunsAndOneThatWaits_EndsBoth()
    {
        var first = await _hub.SubmitAsync("echo runs; exec sleep 1000", spec => spec with { Resources = new JobResources(Cpu: Environment.ProcessorCount) });
        var second = await _hub.SubmitAsync("echo never");
        await _hub.UntilAsync(first, job => job.State == JobState.Running);
        Assert.Equal(0, _hub.Jobs.Position(second));

        TestHub.Value(_hub.Jobs.Cancel(TestHub.Ada, second.Id));
        TestHub.Value(_hub.Jobs.Cancel(TestHub.Ada, first.Id));
        first = await _hub.UntilOverAsync(first);
        second = await _hub.UntilOverAsync(second);

        Assert.Equal((JobState.Cancelled, 143), (first.State, first.ExitCode));
        Assert.Equal((JobState.Cancelled, JobReason.CancelledByUser, 0), (second.State, second.Reason, second.Attempts.Count));
        Assert.False(File.Exists(_hub.Folders.LogOf(second.Id)));
    }

    [Fact]
    public async Task Hub_ThatIsGoneForAWhile_FindsTheJobAndItsWholeLog()
    {
        var job = await _hub.SubmitAsync("echo begun; until [ -e /storage/go ]; do sleep 0.02; done; seq 1000; exit 5");
        await _hub.UntilAsync(job, record => record.State == JobState.Running);

        await _hub.EndAsync();
        File.WriteAllText(Path.Combine(_hub.Folders.Storage, "go"), "");
        await _hub.StartAsync();
        job = await _hub.UntilOverAsync(TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id)));

        Assert.Equal((JobState.Failed, 5, 1), (job.State, job.ExitCode, job.Attempts.Count));
        Assert.Equal("begun\n" + string.Concat(Enumerable.Range(1, 1000).Select(line => $"{line}\n")), _hub.LogOf(job));
    }

    [Fact]
    public async Task Shards_HaveTheirShareAndFailAsOne()
    {
        var job = await _hub.SubmitAsync("echo $HOLDFAST_SHARD_INDEX of $HOLDFAST_SHARD_COUNT > $HOLDFAST_OUTPUT/share; [ $HOLDFAST_SHARD_INDEX != 1 ] || exit 7", spec => spec with { Shards = 3 });

        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Failed, JobReason.PartFailed, 7), (job.State, job.Reason, job.ExitCode));
        Assert.Equal(["0 of 3\n", "1 of 3\n", "2 of 3\n"], _hub.Jobs.Parts(job).Select(part => File.ReadAllText(_hub.OutputOf(part, "share"))));
        Assert.Equal([JobState.Succeeded, JobState.Failed, JobState.Succeeded], _hub.Jobs.Parts(job).Select(part => part.State));
    }

    [Fact]
    public async Task Sweep_OfAGrid_RunsEachCombinationAndNotMoreAtOnce()
    {
        var job = await _hub.SubmitAsync("mkdir /storage/at-work-$HOLDFAST_JOB_ID; ls -d /storage/at-work-* | wc -l; echo \"$@\"; rmdir /storage/at-work-$HOLDFAST_JOB_ID", spec => spec with
        {
            Parameters = new Dictionary<string, JsonElement> { ["epochs"] = Json("1") },
            Resources = new JobResources(Cpu: 0.1),
            Sweep = new JobSweep { Parameters = new Dictionary<string, JsonElement> { ["lr"] = Json("[0.1,0.01]"), ["kind"] = Json("[\"a\",\"b\"]") }, MaxParallel = 1 },
        });

        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, 4), (job.State, job.Parts));
        Assert.Equal(
            ["1\n--epochs=1 --lr=0.1 --kind=a\n", "1\n--epochs=1 --lr=0.1 --kind=b\n", "1\n--epochs=1 --lr=0.01 --kind=a\n", "1\n--epochs=1 --lr=0.01 --kind=b\n"],
            _hub.Jobs.Parts(job).Select(_hub.LogOf));
        Assert.EndsWith("/trial-3", _hub.Jobs.Parts(job)[3].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_ThatCannotBeMade_IsSaid()
    {
        HubFolders.Make(_hub.Folders.Storage);
        File.CreateSymbolicLink(Path.Combine(_hub.Folders.Storage, "runs"), "/tmp");

        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("echo never"));

        Assert.Equal((JobState.Failed, JobReason.SetupFailed, 125), (job.State, job.Reason, job.ExitCode));
        Assert.Contains("runs is there, and is no folder", job.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_OfASweepWhoseHubIsKilledMeanwhile_IsFinishedByTheNext()
    {
        var job = await _hub.SubmitAsync("sleep 600", spec => spec with { Shards = 3, Resources = new JobResources(Cpu: Environment.ProcessorCount) });
        await _hub.UntilAsync(job, record => record.State == JobState.Running);
        // So far a hub came that was killed after the first of its writes.
        _hub.Service<JobStore>().Write(TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id)) with { State = JobState.Cancelling });

        await _hub.EndAsync();
        await _hub.StartAsync();
        job = await _hub.UntilOverAsync(TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id)));

        Assert.Equal(JobState.Cancelled, job.State);
        Assert.All(_hub.Jobs.Parts(job), part => Assert.Equal(JobState.Cancelled, part.State));
    }

    [Fact]
    public async Task Manifest_ThatCannotBeWritten_LeavesNothingBesideIt()
    {
        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("until rm -f $HOLDFAST_OUTPUT/manifest.json && mkdir -p $HOLDFAST_OUTPUT/manifest.json/x; do :; done"));

        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Equal(["manifest.json"], Directory.GetFileSystemEntries(_hub.OutputOf(job, "")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Output_ThatIsReadOnly_IsSaid()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Mounts are made by root.");
        var runs = HubFolders.Make(Path.Combine(_hub.Folders.Storage, "runs"));
        await ShellAsync($"mount -t tmpfs -o ro none {runs}");
        try
        {
            var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("echo never"));

            Assert.Equal((JobState.Failed, JobReason.SetupFailed, 125), (job.State, job.Reason, job.ExitCode));
            Assert.Matches("^The output folder /storage/runs/leaves/j[0-9a-f]{8} cannot be written: Read-only file system", job.Message);
        }
        finally
        {
            await ShellAsync($"umount {runs}");
        }

        static async Task ShellAsync(string command)
        {
            using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", command]);
            await shell.WaitForExitAsync(TestHub.Cancellation);
            Assert.Equal(0, shell.ExitCode);
        }
    }

    [Fact]
    public async Task Memory_BeyondItsLimit_IsSaid()
    {
        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("exec python3 -c 'bytearray(400_000_000)'", spec => spec with { Resources = new JobResources(Memory: 64_000_000) }));
        if (job.State == JobState.Succeeded) Assert.Skip("This host gives the hub no control groups for memory.");

        Assert.Equal((JobState.Failed, JobReason.OutOfMemory, 137), (job.State, job.Reason, job.ExitCode));
    }

    [Fact]
    public async Task Costs_OfAJob_AreCharged()
    {
        await _hub.EndAsync();
        var dear = new TestHub(options => options with { Settings = new HubSettings { Types = [new("dear", null, null, 0, null, 3_600_000m)] } });
        await dear.StartAsync();
        await using var _ = dear;
        var job = await dear.UntilOverAsync(await dear.SubmitAsync("sleep 0.3"));

        // A thousand a second.
        Assert.InRange(dear.Service<Hub.Costs.CostReports>().AllOf(job.Id), 100m, 100_000m);
        var line = Assert.Single(dear.Service<Hub.Costs.CostReports>().Of(TestHub.Ada, Hub.Costs.CostMonth.Of(DateTimeOffset.UtcNow)).Machines);
        Assert.Equal(("leaves (jobs)", "jobs/ada/leaves", false), (line.Name, line.Id, line.Runs));
        await _hub.StartAsync();
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
