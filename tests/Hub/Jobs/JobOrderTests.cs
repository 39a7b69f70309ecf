using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Jobs that wait for others, and jobs that are held.</summary>
public sealed class JobOrderTests : IAsyncLifetime
{
    private const string UntilGo = "until [ -e $HOLDFAST_OUTPUT/../go ]; do sleep 0.05; done; ";
    private readonly TestHub _hub = new();

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs with a root of their own need root.");
        await _hub.StartAsync();
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task After_RunsWhenAllHaveSucceededAlsoOverAHubThatWasAway()
    {
        var prepare = await SubmitAsync(UntilGo + "echo ready > $HOLDFAST_OUTPUT/../data", "prepare");
        var train = await _hub.SubmitAsync("cat $HOLDFAST_OUTPUT/../data", spec => spec with { Output = "/storage/runs/train", After = ["prepare"] });
        var whole = await _hub.SubmitAsync("cat $HOLDFAST_OUTPUT/../../data", spec => spec with { Output = "/storage/runs/parts", Shards = 2, After = [prepare.Id, train.Id] });
        Assert.Equal((JobState.Queued, JobReason.WaitsForJob, $"It runs after {prepare.Id}."), (train.State, train.Reason, train.Message));

        await _hub.UntilAsync(prepare, job => job.State == JobState.Running);
        await _hub.EndAsync();
        Go();
        await _hub.StartAsync();

        train = await _hub.UntilOverAsync(train);
        whole = await _hub.UntilOverAsync(whole);
        Assert.Equal((JobState.Succeeded, null, "ready\n"), (train.State, train.Reason, _hub.LogOf(train)));
        Assert.True(whole.State == JobState.Succeeded, whole.ToString());
        Assert.All(_hub.Jobs.Parts(whole), part => Assert.True(part.Started >= train.Ended));
    }

    [Theory]
    [InlineData("exit 3", "failed")]
    [InlineData(null, "cancelled")]
    public async Task After_WhatDoesNotSucceed_NothingRuns(string? script, string word)
    {
        var first = await SubmitAsync(UntilGo + script, "prepare");
        var second = await _hub.SubmitAsync("echo ran", spec => spec with { After = [first.Id] });
        var third = await _hub.SubmitAsync("echo ran", spec => spec with { After = [second.Id] });
        if (script is null) TestHub.Value(_hub.Jobs.Cancel(TestHub.Ada, first.Id));
        else Go();

        (second, third) = (await _hub.UntilOverAsync(second), await _hub.UntilOverAsync(third));

        Assert.Equal((JobState.Cancelled, JobReason.DependencyFailed), (second.State, second.Reason));
        Assert.Equal($"It was to run after {first.Id} (prepare), which is {word}; mend: holdfast job retry {first.Id}, then submit this one after it.", second.Message);
        Assert.Equal((JobState.Cancelled, JobReason.DependencyFailed), (third.State, third.Reason));
        var late = await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec { Command = ["true"], After = [first.Id] }, cancellationToken: TestHub.Cancellation);
        Assert.Equal($"after: It was to run after {first.Id} (prepare), which is {word}; mend: holdfast job retry {first.Id}, then submit this one after it.", late.Fault?.Message);
        var unknown = await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec { Command = ["true"], After = ["prepar"] }, cancellationToken: TestHub.Cancellation);
        Assert.Equal("after: There is no job 'prepar'. Did you mean 'prepare'?", unknown.Fault?.Message);
    }

    [Fact]
    public async Task Hold_KeepsWhatWaitsUntilItIsReleased()
    {
        var first = await SubmitAsync(UntilGo, "prepare");
        var second = await _hub.SubmitAsync("echo ran", spec => spec with { After = [first.Id] });
        second = TestHub.Value(await HoldAsync(second, isHeld: true));
        Assert.Equal((true, JobReason.Held, $"It is held; mend: holdfast job release {second.Id}."), (second.IsHeld, second.Reason, second.Message));
        await _hub.UntilAsync(first, job => job.State == JobState.Running);
        Assert.StartsWith($"{first.Id} is running, and only what waits can be held", (await HoldAsync(first, isHeld: true)).Fault?.Message, StringComparison.Ordinal);

        // 1. What it waited for has ended, and so has the hub: it is held.
        Go();
        await _hub.UntilOverAsync(first);
        await _hub.EndAsync();
        await _hub.StartAsync();
        // Whatever came later goes before it.
        await _hub.UntilOverAsync(await _hub.SubmitAsync("true"));
        Assert.Equal((JobState.Queued, true), Now(second) is var held ? (held.State, held.IsHeld) : default);

        TestHub.Value(await HoldAsync(second, isHeld: false));
        second = await _hub.UntilOverAsync(second);
        Assert.Equal((JobState.Succeeded, false, null), (second.State, second.IsHeld, second.Reason));
    }

    private Task<JobRecord> SubmitAsync(string script, string name) => _hub.SubmitAsync(script, spec => spec with { Name = name, Output = $"/storage/runs/{name}" });

    private void Go() => File.WriteAllText(Path.Combine(HubFolders.Make(Path.Combine(_hub.Folders.Storage, "runs")), "go"), "");

    private Task<HubResult<JobRecord>> HoldAsync(JobRecord job, bool isHeld) => _hub.Jobs.HoldAsync(TestHub.Ada, job.Id, isHeld, TestHub.Cancellation);

    private JobRecord Now(JobRecord job) => TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id));
}
