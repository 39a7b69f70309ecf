using Holdfast.Engines.Contract;
using Holdfast.Engines.Slurm;

namespace Holdfast.Engines.Tests.Slurm;

/// <summary>The Slurm engine does what every engine does, as far as the node and not the hub finds out.</summary>
[Collection(SlurmTests.Name)]
public sealed class SlurmConformance(SlurmCluster cluster) : EngineConformance
{
    protected override string? Image => null;

    protected override Task<IEngine> OpenAsync()
    {
        if (cluster.Unusable is { } reason) Assert.Skip(reason);
        return Task.FromResult<IEngine>(new SlurmEngine(Path.Combine(Folder, "index"), new SlurmSettings { Conf = cluster.Conf }, TimeProvider.System));
    }

    [Fact]
    public override async Task Start_CommandThatRuns_IsRunningWithItsProcess()
    {
        var spec = Script("echo up; exec sleep 1000");

        var asked = Value(await Engine.StartAsync(spec, Cancellation));
        var started = await Engine.WaitForChangeAsync(spec.Id, asked, Cancellation);
        while (started.Value!.Waiting is not null) started = await Engine.WaitForChangeAsync(spec.Id, started.Value, Cancellation);
        var inspected = Value(await Engine.InspectAsync(spec.Id, Cancellation));

        Assert.Matches(@"^Slurm job \d+ waits", asked.Waiting?.Reason);
        Assert.False(asked.IsRunning || asked.IsOver);
        Assert.True(started.Value.IsRunning);
        Assert.Equal((started.Value.Started, true), (inspected.Started, inspected.IsRunning));
        Assert.Contains(inspected.Node, (string[])[SlurmCluster.First, SlurmCluster.Second]);
    }

    [Fact]
    public override async Task Start_ProgramMissing_IsAFaultThatNamesIt()
    {
        var spec = Command("/opt/no-such-program", "x");

        var ended = await RunAsync(spec);

        Assert.Equal(127, ended.ExitCode);
        Assert.Equal("The program /opt/no-such-program does not exist on this node.\n", Output(spec));
    }

    [Fact]
    public async Task Remove_WorkloadThatEnded_IsGoneAndItsIdIsFree()
    {
        var spec = Script("echo once");
        await RunAsync(spec);

        Assert.Equal(0, Value(await Engine.RemoveAsync(spec.Id, Cancellation))!.ExitCode);

        Assert.Equal("not-found", Fault(await Engine.InspectAsync(spec.Id, Cancellation)).Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(spec.Scratch));
        await RunAsync(spec);
        Assert.Equal("once\nonce\n", Output(spec));
    }

    [Fact]
    public async Task Folder_ThatCannotBeReadForAWhile_IsNotTakenForOneThatIsGone()
    {
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");

        Directory.Move(spec.Scratch, $"{spec.Scratch}.away");
        var (inspected, removed) = (await Engine.InspectAsync(spec.Id, Cancellation), await Engine.RemoveAsync(spec.Id, Cancellation));
        Directory.Move($"{spec.Scratch}.away", spec.Scratch);

        Assert.Equal(("unavailable", "unavailable"), (inspected.Fault?.Code, removed.Fault?.Code));
        Assert.Contains("mend: is the folder that hub and nodes share mounted here?", inspected.Fault!.Message, StringComparison.Ordinal);
        Assert.True(Value(await Engine.InspectAsync(spec.Id, Cancellation)).IsRunning);
    }

    [Fact]
    public async Task Secrets_InTheEnvironment_AreNowhereInSlurm()
    {
        var spec = Script("printenv TOKEN; echo up; exec sleep 1000");
        spec = spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["TOKEN"] = "very-secret" } };
        await StartAsync(spec, untilItSays: "up");
        var job = System.Text.RegularExpressions.Regex.Match(await cluster.SaysAsync("squeue", "--noheader", "--format=%i %j"), $@"(\d+) {spec.Id}").Groups[1].Value;

        var shown = await cluster.SaysAsync("scontrol", "show", "job", "--details", "--details", job) + await cluster.SaysAsync("scontrol", "write", "batch_script", job, "-");

        Assert.Contains("watch.sh", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", shown, StringComparison.Ordinal);
        Assert.Contains("very-secret", Output(spec), StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(spec.Scratch), file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)));
    }

    [Fact]
    public async Task Stop_OfTwoNodes_IsHeardOnBoth()
    {
        var spec = Script("trap 'echo told $NODE_RANK; exit 6' TERM; echo up $NODE_RANK; while :; do sleep 0.05; done") with { Turn = new WorkloadTurn { Nodes = 2 } };
        Value(await Engine.StartAsync(spec, Cancellation));
        using var limit = new CancellationTokenSource(Patience);
        while (Output(spec).Split('\n').Count(line => line.StartsWith("up", StringComparison.Ordinal)) < 2) await Task.Delay(50, limit.Token);

        var stopped = Value(await Engine.StopAsync(spec.Id, Patience, Cancellation));

        Assert.Equal(6, stopped.ExitCode);
        foreach (var line in (string[])["told 0", "told 1"]) Assert.Contains($"{line}\n", Output(spec), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WorkloadThatWaits_IsOverWithoutHavingRun()
    {
        var spec = Script("echo ran") with { Turn = new WorkloadTurn { Nodes = 1 }, Resources = new WorkloadResources(Processors: 4) };
        var others = new[] { Script("exec sleep 1000"), Script("exec sleep 1000") };
        foreach (var other in others) await StartAsync(other with { Resources = new WorkloadResources(Processors: 4) });
        var asked = Value(await Engine.StartAsync(spec, Cancellation));
        while (!asked.Waiting!.Reason.Contains("Resources", StringComparison.Ordinal)) asked = Value(await Engine.WaitForChangeAsync(spec.Id, asked, Cancellation).WaitAsync(Patience, Cancellation));

        var stopped = Value(await Engine.StopAsync(spec.Id, Patience, Cancellation));

        Assert.Equal((true, null, ""), (stopped.IsOver, stopped.ExitCode, Output(spec)));
    }
}
