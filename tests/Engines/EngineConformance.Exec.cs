using System.Text;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Tests;

/// <summary>Commands in a workload that runs.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Exec_InputOutputAndExitCode_AreTheCommands()
    {
        var spec = await RunningAsync();

        var result = Value(await Engine.ExecAsync(spec.Id, new ExecCommand(["/bin/sh", "-c", "cat; echo $WORD; pwd; echo bad >&2; exit 9"], Encoding.UTF8.GetBytes("in\n")), Cancellation));

        Assert.Equal(new ExecResult(9, "in\nword of its own\n/usr\n", "bad\n"), result);
    }

    [Fact]
    public async Task Exec_WithoutInput_ReadsNothing()
    {
        var spec = await RunningAsync();

        Assert.Equal("", await SaysAsync(spec.Id, "cat"));
    }

    [Fact]
    public async Task Exec_MuchOutput_IsCutAndEndsAllTheSame()
    {
        var spec = await RunningAsync();

        var result = Value(await Engine.ExecAsync(spec.Id, new ExecCommand(["/bin/sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; exit 2"], MostOutput: 1000), Cancellation));

        Assert.Equal((2, 1000), (result.ExitCode, result.Output.Length));
    }

    [Fact]
    public async Task Exec_ProgramMissing_SaysSoAsAShellDoes()
    {
        var spec = await RunningAsync();

        var result = await Engine.ExecAsync(spec.Id, new ExecCommand(["/opt/no-such-program"]), Cancellation);

        if (result.Ok) Assert.Equal(127, result.Value.ExitCode);
        else Assert.Equal("start-failed", result.Fault.Code);
        Assert.Contains("no-such-program", result.Ok ? result.Value.Error + result.Value.Output : result.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_WorkloadThatEnded_IsNotRunning()
    {
        var spec = Script("exit 0");
        await RunAsync(spec);

        Assert.Equal("not-running", Fault(await Engine.ExecAsync(spec.Id, new ExecCommand(["/bin/true"]), Cancellation)).Code);
        Assert.Equal("not-running", Fault(await Engine.EntryAsync(spec.Id, ["/bin/true"], Cancellation)).Code);
    }

    protected async Task<WorkloadSpec> RunningAsync()
    {
        var spec = Script("echo up; exec sleep 1000") with { WorkingFolder = "/usr" };
        spec = spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["WORD"] = "word of its own" } };
        await StartAsync(spec, untilItSays: "up");
        return spec;
    }
}
