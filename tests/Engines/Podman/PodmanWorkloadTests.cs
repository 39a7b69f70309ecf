using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;

namespace Holdfast.Engines.Tests.Podman;

/// <summary>What is Podman's alone, and what happens when it, or this process, is gone for a while.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanWorkloadTests(PodmanService service) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-pw-").FullName;
    private readonly string _id = $"t{Guid.NewGuid():N}"[..12];
    private readonly PodmanEngine _engine = new(service.Socket);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Output => File.ReadAllText(Path.Combine(_folder, "out"));

    public ValueTask InitializeAsync()
    {
        if (service.Unusable is { } reason)
        {
            // A test that is skipped here is not disposed of.
            Directory.Delete(_folder, recursive: true);
            Assert.Skip(reason);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.StopAsync(_id, TimeSpan.Zero, CancellationToken.None);
        await _engine.RemoveAsync(_id, CancellationToken.None);
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Output_WhileNobodyLooks_IsThereForTheNextThatLooks()
    {
        int process;
        using (var first = new PodmanEngine(service.Socket))
        {
            process = Value(await first.StartAsync(Script("echo one; until [ -e /mnt/t/go ]; do sleep 0.02; done; printf two; echo three; exit 3"), Cancellation)).ProcessId!.Value;
            await UntilAsync(() => Output == "one\n");
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "go"), "", Cancellation);
        await UntilAsync(() => !Directory.Exists($"/proc/{process}"));
        Assert.Equal("one\n", Output);

        var ended = Value(await _engine.WaitAsync(_id, Cancellation).WaitAsync(Patience, Cancellation));

        Assert.Equal(3, ended.ExitCode);
        Assert.Equal("one\ntwothree\n", Output);
    }

    [Fact]
    public async Task Output_OfMuchAndOfAnyBytes_IsWhatWasSaid()
    {
        Value(await _engine.StartAsync(Script("head -c 3000000 /dev/zero | tr '\\0' '\\377'; printf 'a\\0b\\r\\n\\n'; head -c 100000 /dev/zero | tr '\\0' '\\n'; printf end"), Cancellation));

        await _engine.WaitAsync(_id, Cancellation);

        var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder, "out"), Cancellation);
        byte[] wanted = [.. Enumerable.Repeat((byte)255, 3_000_000), .. "a\0b\r\n\n"u8, .. Enumerable.Repeat((byte)'\n', 100_000), .. "end"u8];
        Assert.True(wanted.AsSpan().SequenceEqual(bytes), $"{bytes.Length} bytes of {wanted.Length}");
    }

    [Fact]
    public async Task Service_KilledAndStartedAgain_WorkloadsRunOn()
    {
        var started = Value(await _engine.StartAsync(Script("echo up; until [ -e /mnt/t/go ]; do sleep 0.02; done; echo down; exit 6"), Cancellation));
        await service.KillAsync();
        var gone = await _engine.InspectAsync(_id, Cancellation);
        Assert.Equal("unavailable", gone.Fault?.Code);
        Assert.Contains(service.Socket, gone.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal("unavailable", (await _engine.CheckAsync(Cancellation)).Single().Code);

        await service.StartAsync();

        Assert.Equal(started, Value(await _engine.InspectAsync(_id, Cancellation)) with { Labels = started.Labels });
        await File.WriteAllTextAsync(Path.Combine(_folder, "go"), "", Cancellation);
        Assert.Equal(6, Value(await _engine.WaitAsync(_id, Cancellation).WaitAsync(Patience, Cancellation)).ExitCode);
        Assert.Equal("up\ndown\n", Output);
    }

    [Fact]
    public async Task PathOf_PathWithDots_LeadsNowhere()
    {
        var status = Value(await _engine.StartAsync(Script("exec sleep 1000"), Cancellation));

        Assert.Equal($"/proc/{status.ProcessId}/root/etc/issue", _engine.PathOf(_id, "/etc/issue"));
        Assert.Null(_engine.PathOf(_id, "/opt/../../../../etc/issue"));
        Assert.Null(_engine.PathOf(_id, "etc/issue"));
    }

    [Fact]
    public async Task MemoryLimit_Exceeded_IsSaid()
    {
        var spec = Script("exec python3 -c \"x = b'x' * (200 << 20)\"") with { Resources = new WorkloadResources(Memory: 64 << 20) };

        Value(await _engine.StartAsync(spec, Cancellation));
        var ended = Value(await _engine.WaitAsync(_id, Cancellation).WaitAsync(Patience, Cancellation));

        Assert.Equal((137, true), (ended.ExitCode, ended.IsOutOfMemory));
    }

    [Fact]
    public async Task MemoryLimit_NotReachedAndStopped_IsNotSaid()
    {
        Value(await _engine.StartAsync(Script("exec sleep 1000") with { Resources = new WorkloadResources(Memory: 64 << 20) }, Cancellation));

        var ended = Value(await _engine.StopAsync(_id, TimeSpan.Zero, Cancellation));

        Assert.Equal((137, false), (ended.ExitCode, ended.IsOutOfMemory));
    }

    [Fact]
    public async Task Limits_OfProcessesAndProcessors_AreItsCgroups()
    {
        var status = Value(await _engine.StartAsync(Script("exec sleep 1000") with { Resources = new WorkloadResources(Processors: 0.5, Processes: 50) }, Cancellation));

        Assert.True(status.IsRunning);
        Assert.Equal("50 500000000", await service.RunPodmanAsync("inspect", "--format", "{{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}}", $"holdfast-{_id}"));
    }

    [Fact]
    public async Task Privileges_Inside_AreFewAndCannotGrow()
    {
        const ulong SystemAdministration = 1UL << 21, Network = 1UL << 12, Trace = 1UL << 19, Modules = 1UL << 16;
        Value(await _engine.StartAsync(Script("grep -E 'CapBnd|NoNewPrivs|Seccomp:' /proc/1/status; ls /run/podman /var/run 2>/dev/null"), Cancellation));

        await _engine.WaitAsync(_id, Cancellation);

        var lines = Output.Split('\n').Select(line => line.Split('\t')).Where(line => line.Length == 2).ToDictionary(line => line[0], line => line[1]);
        var capabilities = Convert.ToUInt64(lines["CapBnd:"], 16);
        Assert.Equal(0UL, capabilities & (SystemAdministration | Network | Trace | Modules));
        Assert.Equal(("1", "2"), (lines["NoNewPrivs:"], lines["Seccomp:"]));
        Assert.DoesNotContain("podman.sock", Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leftover_OfAStartThatDied_IsNoWorkloadAndMakesWayLater()
    {
        await service.RunPodmanAsync("create", "--name", $"holdfast-{_id}", service.Image, "/bin/true");
        Assert.Equal("not-found", (await _engine.InspectAsync(_id, Cancellation)).Fault?.Code);
        Assert.Equal("exists", (await _engine.StartAsync(Script("exit 4"), Cancellation)).Fault?.Code);
        using var later = new PodmanEngine(service.Socket, new LaterClock());

        Value(await later.StartAsync(Script("exit 4"), Cancellation));

        Assert.Equal(4, Value(await later.WaitAsync(_id, Cancellation)).ExitCode);
    }

    [Fact]
    public async Task List_ContainerOfAnImageCommittedFromAWorkload_IsNotOurs()
    {
        Value(await _engine.StartAsync(Script("exit 0") with { Labels = new Dictionary<string, string> { ["owner"] = _id, ["role"] = "job" } }, Cancellation));
        await _engine.WaitAsync(_id, Cancellation);
        await service.RunPodmanAsync("commit", "-q", $"holdfast-{_id}", $"localhost/{_id}:1");
        await service.RunPodmanAsync("run", "--init", "--name", $"other-{_id}", $"localhost/{_id}:1", "-c", "exit 0");

        Assert.Equal(_id, Assert.Single(Value(await _engine.ListAsync(_id, Cancellation))).Id);
    }

    private WorkloadSpec Script(string script) => new()
    {
        Id = _id,
        Image = service.Image,
        Argv = ["/bin/sh", "-c", script],
        Mounts = [new(_folder, "/mnt/t")],
        Scratch = _folder,
        OutputFile = Path.Combine(_folder, "out"),
    };

    private static T Value<T>(EngineResult<T> result)
    {
        Assert.True(result.Fault is null, result.Fault?.ToString());
        return result.Value!;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(5, limit.Token);
    }

    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromHours(1);
    }
}
