using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Tests;

/// <summary>The host engine where it may neither mount nor make namespaces: these tests also run as any user.</summary>
public sealed class PlainHostTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-plain-").FullName;
    private HostEngine _engine = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _engine = new HostEngine(Path.Combine(_folder, "index"), TimeProvider.System, isolates: false);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.StopAsync("plain", TimeSpan.Zero, CancellationToken.None);
        await _engine.RemoveAsync("plain", CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Check_WithoutPrivileges_SaysWhatIsNotKeptApart()
    {
        var faults = await _engine.CheckAsync(Cancellation);

        Assert.Contains("plain processes", Assert.Single(faults, fault => fault.Code == "not-permitted").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutPrivileges_TellsFoldersByVariables()
    {
        var storage = Directory.CreateDirectory(Path.Combine(_folder, "team")).FullName;
        var spec = Script("echo x > $HOLDFAST_STORAGE/made; echo $HOLDFAST_STORAGE; kill -9 $$") with { Mounts = [new(storage, "/storage")] };

        Assert.Null((await _engine.StartAsync(spec, Cancellation)).Fault);
        var ended = await _engine.WaitAsync("plain", Cancellation);

        Assert.Equal((false, 137), (ended.Value!.IsRunning, ended.Value.ExitCode));
        Assert.Equal($"{storage}\n", await File.ReadAllTextAsync(spec.OutputFile, Cancellation));
        Assert.True(File.Exists(Path.Combine(storage, "made")));
    }

    [Fact]
    public async Task Stop_WithoutPrivileges_EndsTheWholeSession()
    {
        var spec = Script("trap '' TERM; (trap '' TERM; exec sleep 1000) & echo $! ; while :; do sleep 0.05; done");
        Assert.Null((await _engine.StartAsync(spec, Cancellation)).Fault);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await File.ReadAllTextAsync(spec.OutputFile, limit.Token)).EndsWith('\n')) await Task.Delay(5, limit.Token);
        var child = ProcessMark.Of(int.Parse(await File.ReadAllTextAsync(spec.OutputFile, Cancellation), System.Globalization.CultureInfo.InvariantCulture))!.Value;

        var ended = await _engine.StopAsync("plain", TimeSpan.FromMilliseconds(100), Cancellation);

        Assert.Equal((false, 137), (ended.Value!.IsRunning, ended.Value.ExitCode));
        while (child.IsAlive) await Task.Delay(5, limit.Token);
    }

    [Fact]
    public async Task Exec_WithoutPrivileges_HasTheEnvironmentOfTheWorkload()
    {
        var spec = Script("exec sleep 1000") with { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["WORD"] = "here" } };
        Assert.Null((await _engine.StartAsync(spec, Cancellation)).Fault);

        var result = await _engine.ExecAsync("plain", new ExecCommand(["/bin/sh", "-c", "echo $WORD; pwd; exit 4"]), Cancellation);

        Assert.Equal(new ExecResult(4, $"here\n{_folder}\n", ""), result.Value);
    }

    [Fact]
    public async Task Start_ProgramMissing_IsAFaultThatNamesIt()
    {
        var result = await _engine.StartAsync(Script("") with { Argv = ["/opt/no-such-program"] }, Cancellation);

        Assert.Equal("start-failed", result.Fault!.Code);
        Assert.Contains("/opt/no-such-program does not exist", result.Fault.Message, StringComparison.Ordinal);
    }

    private WorkloadSpec Script(string script) => new()
    {
        Id = "plain",
        Argv = ["/bin/sh", "-c", script],
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        WorkingFolder = _folder,
        Scratch = Directory.CreateDirectory(Path.Combine(_folder, "scratch")).FullName,
        OutputFile = Path.Combine(_folder, "out"),
    };
}
