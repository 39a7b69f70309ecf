using System.Globalization;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Tests;

/// <summary>Start, end, and who knows of it.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Check_EngineThatRuns_FindsNothingThatStopsIt()
    {
        var faults = await Engine.CheckAsync(Cancellation);

        Assert.DoesNotContain(faults, fault => fault.Code == "unavailable");
    }

    [Fact]
    public async Task Prepare_TheImage_IsReadyAndNamed()
    {
        var image = Value(await Engine.PrepareAsync(Image, null, Cancellation));

        Assert.Equal(Image is null, image.Reference is null);
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -15 $$", 143)]
    public async Task Wait_CommandThatEnds_HasItsExitCode(string script, int code)
    {
        var spec = Script(script);

        var ended = await RunAsync(spec);

        Assert.Equal((spec.Id, false, code, false), (ended.Id, ended.IsRunning, ended.ExitCode, ended.IsOutOfMemory));
        Assert.Null(ended.ProcessId);
        Assert.InRange(ended.Ended!.Value - ended.Started, TimeSpan.FromSeconds(-1), Patience);
    }

    [Fact]
    public virtual async Task Start_CommandThatRuns_IsRunningWithItsProcess()
    {
        var spec = Script("echo up; exec sleep 1000");

        var started = await StartAsync(spec, untilItSays: "up");
        var inspected = Value(await Engine.InspectAsync(spec.Id, Cancellation));

        Assert.True(started.IsRunning);
        Assert.True(inspected.IsRunning);
        Assert.Null(inspected.ExitCode);
        Assert.Equal(started.ProcessId, inspected.ProcessId);
        Assert.True(Directory.Exists($"/proc/{started.ProcessId}"));
    }

    [Fact]
    public async Task Start_OutputEnvironmentAndFolder_AreAsSpecified()
    {
        var spec = Script("printf '%s|' \"$WORD\" \"$LINES_OF\" \"$PWD\" \"$(id -u)\"; echo apart >&2") with { WorkingFolder = "/usr/share" };
        spec = spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["WORD"] = "it's \"$HOME\"", ["LINES_OF"] = "a\nb" } };
        await File.WriteAllTextAsync(spec.OutputFile, "before;", Cancellation);

        Assert.Equal(0, (await RunAsync(spec)).ExitCode);

        Assert.Equal("before;it's \"$HOME\"|a\nb|/usr/share|0|apart\n", Output(spec));
    }

    [Fact]
    public async Task Start_OutputFile_IsForTheOwnerAlone()
    {
        var spec = Script("echo x");

        await RunAsync(spec);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(spec.OutputFile));
    }

    [Fact]
    public async Task Start_InterruptSignal_IsNotIgnoredByTheCommand()
    {
        var spec = Command("/bin/sh", "-c", "grep SigIgn /proc/self/status");

        await RunAsync(spec);

        var ignored = ulong.Parse(Output(spec).Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(0UL, ignored & 0b0110 /* SIGINT, SIGQUIT */);
    }

    [Fact]
    public virtual async Task Start_ProgramMissing_IsAFaultThatNamesIt()
    {
        var spec = Command("/opt/no-such-program", "x");

        var fault = Fault(await Engine.StartAsync(spec, Cancellation));

        Assert.Equal("start-failed", fault.Code);
        Assert.Contains("/opt/no-such-program", fault.Message, StringComparison.Ordinal);
        Assert.Equal("not-found", Fault(await Engine.InspectAsync(spec.Id, Cancellation)).Code);
    }

    [Fact]
    public async Task Start_IdThatRuns_IsRefused()
    {
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");

        Assert.Equal("exists", Fault(await Engine.StartAsync(spec, Cancellation)).Code);
        Assert.True(Value(await Engine.InspectAsync(spec.Id, Cancellation)).IsRunning);
    }

    [Fact]
    public async Task Start_TwoAtOnceWithOneId_OneRuns()
    {
        var spec = Script("echo up; exec sleep 1000");
        var other = await OpenAsync();

        var both = await Task.WhenAll(Engine.StartAsync(spec, Cancellation), other.StartAsync(spec, Cancellation));

        Assert.Single(both, result => result.Ok);
        Assert.Equal("exists", both.Single(result => !result.Ok).Fault!.Code);
        Assert.False(Value(await Engine.InspectAsync(spec.Id, Cancellation)).IsOver);
    }

    [Fact]
    public async Task Start_TwoAtOnceWithTwoIds_BothRun()
    {
        var (first, second) = (Script("echo up; exec sleep 1000"), Script("echo up; exec sleep 1000"));

        await Task.WhenAll(StartAsync(first, untilItSays: "up"), StartAsync(second, untilItSays: "up"));

        Assert.True(Value(await Engine.InspectAsync(first.Id, Cancellation)).IsRunning);
        Assert.True(Value(await Engine.InspectAsync(second.Id, Cancellation)).IsRunning);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("0abc")]
    public async Task Start_IdThatIsNone_IsABadSpecification(string id)
    {
        var spec = Script("true") with { Id = id };

        Assert.Equal("bad-spec", Fault(await Engine.StartAsync(spec, Cancellation)).Code);
    }

    [Fact]
    public async Task List_ByOwner_HasItsWorkloadsAndNoOthers()
    {
        var owner = $"o{Guid.NewGuid():N}";
        var mine = Script("exit 0") with { Labels = new Dictionary<string, string> { ["owner"] = owner, ["role"] = "job" } };
        await RunAsync(mine);
        await RunAsync(Script("exit 0") with { Labels = new Dictionary<string, string> { ["owner"] = "somebody else" } });

        var listed = Value(await Engine.ListAsync(owner, Cancellation));

        var status = Assert.Single(listed);
        Assert.Equal((mine.Id, "job", 0), (status.Id, status.Labels["role"], status.ExitCode));
    }

    [Fact]
    public async Task Unknown_Id_IsNotFoundEverywhere()
    {
        Assert.Equal("not-found", Fault(await Engine.InspectAsync("no-such-one", Cancellation)).Code);
        Assert.Equal("not-found", Fault(await Engine.WaitAsync("no-such-one", Cancellation)).Code);
        Assert.Equal("not-found", Fault(await Engine.StopAsync("no-such-one", TimeSpan.Zero, Cancellation)).Code);
        Assert.Equal("not-found", Fault(await Engine.ExecAsync("no-such-one", new ExecCommand(["/bin/true"]), Cancellation)).Code);
        Assert.Equal("not-found", Fault(await Engine.EntryAsync("no-such-one", ["/bin/true"], Cancellation)).Code);
        Assert.Null(Value(await Engine.RemoveAsync("no-such-one", Cancellation)));
    }

    [Fact]
    public async Task Stop_CommandThatListens_EndsByItself()
    {
        var spec = Script("trap 'echo told; exit 5' TERM; echo up; while :; do sleep 0.05; done");
        await StartAsync(spec, untilItSays: "up");

        var stopped = Value(await Engine.StopAsync(spec.Id, Patience, Cancellation));

        Assert.Equal((false, 5), (stopped.IsRunning, stopped.ExitCode));
        Assert.Equal("up\ntold\n", Output(spec));
    }

    [Fact]
    public async Task Stop_CommandThatDoesNotListen_IsKilledAfterTheGrace()
    {
        var spec = Script("trap 'echo told' TERM; echo up; while :; do sleep 0.05; done");
        await StartAsync(spec, untilItSays: "up");

        var stopped = Value(await Engine.StopAsync(spec.Id, TimeSpan.FromSeconds(1), Cancellation));

        Assert.Equal((false, 137), (stopped.IsRunning, stopped.ExitCode));
        Assert.Equal("up\ntold\n", Output(spec));
    }

    [Fact]
    public async Task Stop_CommandThatHasEnded_StaysAsItIs()
    {
        var spec = Script("exit 7");
        await RunAsync(spec);

        Assert.Equal(7, Value(await Engine.StopAsync(spec.Id, TimeSpan.Zero, Cancellation)).ExitCode);
    }

    [Fact]
    public async Task SecondView_OfARunningWorkload_FindsWaitsForAndStopsIt()
    {
        var spec = Script("trap 'exit 6' TERM; echo up; while :; do sleep 0.05; done");
        var started = await StartAsync(spec, untilItSays: "up");
        var other = await OpenAsync();

        var found = Value(await other.InspectAsync(spec.Id, Cancellation));
        var waiting = other.WaitAsync(spec.Id, Cancellation);
        Assert.False(waiting.IsCompleted);
        Assert.True(Value(await Engine.StopAsync(spec.Id, Patience, Cancellation)) is { ExitCode: 6 });

        Assert.Equal((true, started.ProcessId, started.Started), (found.IsRunning, found.ProcessId, found.Started));
        Assert.Equal(6, Value(await waiting.WaitAsync(Patience, Cancellation)).ExitCode);
    }

    [Fact]
    public async Task End_ThatNobodyWaitedFor_IsKnownAfterwards()
    {
        var spec = Script("exit 8");
        await StartAsync(spec);
        while (Value(await Engine.InspectAsync(spec.Id, Cancellation)).IsRunning) await Task.Delay(5, Cancellation);
        var other = await OpenAsync();

        Assert.Equal(8, Value(await other.InspectAsync(spec.Id, Cancellation)).ExitCode);
        Assert.Equal(8, Value(await other.WaitAsync(spec.Id, Cancellation)).ExitCode);
    }

    [Fact]
    public async Task Wait_GivenUp_LeavesTheWorkloadRunning()
    {
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");
        using var given = new CancellationTokenSource();

        var waiting = Engine.WaitAsync(spec.Id, given.Token);
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(Value(await Engine.InspectAsync(spec.Id, Cancellation)).IsRunning);
    }

    [Fact]
    public async Task Remove_WorkloadThatRuns_IsRefused()
    {
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");

        Assert.Equal("exists", Fault(await Engine.RemoveAsync(spec.Id, Cancellation)).Code);
        Assert.True(Value(await Engine.InspectAsync(spec.Id, Cancellation)).IsRunning);
    }
}
