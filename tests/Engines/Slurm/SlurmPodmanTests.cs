using Holdfast.Engines.Contract;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Podman;

namespace Holdfast.Engines.Tests.Slurm;

/// <summary>Images on nodes, by a Podman that they have.</summary>
[Collection(PodmanTests.Name)]
public sealed class SlurmPodmanTests(PodmanService podman) : IAsyncLifetime
{
    private const string Image = "localhost/holdfast-test:1";
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-slpm-").FullName;
    private SlurmCluster _cluster = null!;
    private SlurmEngine _engine = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (podman.Unusable is { } none) Assert.Skip(none);
        // The nodes' Podman is the tests' own, by what Slurm runs before each step.
        var place = Path.GetDirectoryName(podman.Socket)!;
        var prolog = await ProgramAsync("prolog.sh", $"echo export CONTAINERS_CONF={place}/containers.conf\necho export PATH={_folder}:$PATH\n");
        await ProgramAsync("podman", $"exec /usr/bin/podman --root {place}/root --runroot {place}/run \"$@\"\n");
        _cluster = new SlurmCluster { More = $"TaskProlog={prolog}" };
        await _cluster.InitializeAsync();
        if (_cluster.Unusable is { } reason) Assert.Skip(reason);
        _engine = new SlurmEngine(Path.Combine(_folder, "index"), new SlurmSettings { Conf = _cluster.Conf }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Image_OnANode_HasItsMountsItsEnvironmentAndItsExitCode()
    {
        var shared = Directory.CreateDirectory(Path.Combine(_folder, "shared")).FullName;
        var spec = Script("pwd; echo \"$WORD\"; echo x >/storage/made; ls /run/holdfast; [ -e /var/lib/dpkg/status ] || echo bare; exit 5") with { WorkingFolder = "/usr", Mounts = [new(shared, "/storage")] };

        var ended = await RunAsync(spec);

        Assert.Equal($"/usr\nit's \"mine\"\nenvironment\nbare\n", File.ReadAllText(spec.OutputFile));
        Assert.Equal((5, true), (ended.ExitCode, File.Exists(Path.Combine(shared, "made"))));
    }

    [Fact]
    public async Task Digest_ThatIsAnother_IsRefusedBeforeAnythingRuns()
    {
        var spec = Script("echo ran") with { Turn = new WorkloadTurn { Digest = $"sha256:{new string('0', 64)}" } };

        var ended = await RunAsync(spec);

        Assert.Equal(125, ended.ExitCode);
        Assert.Matches($"^holdfast: {Image} has another digest on node\\d than sha256:0+: .*mend: podman pull there.\n$", File.ReadAllText(spec.OutputFile));
    }

    [Fact]
    public async Task Stop_OfAnImage_IsHeardInsideAndLeavesNoContainer()
    {
        var spec = Script("trap 'echo told; exit 6' TERM; echo up; while :; do sleep 0.05; done");
        Assert.Null((await _engine.StartAsync(spec, Cancellation)).Fault);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!File.Exists(spec.OutputFile) || !File.ReadAllText(spec.OutputFile).Contains("up", StringComparison.Ordinal)) await Task.Delay(50, limit.Token);

        var word = await _engine.ExecAsync(spec.Id, new ExecCommand(["/bin/sh", "-c", "echo $WORD; exit 3"]), Cancellation);
        var stopped = await _engine.StopAsync(spec.Id, TimeSpan.FromSeconds(20), Cancellation);

        Assert.Equal((3, "it's \"mine\"\n"), (word.Value!.ExitCode, word.Value.Output));
        Assert.Equal((6, "up\ntold\n"), (stopped.Value!.ExitCode, File.ReadAllText(spec.OutputFile)));
        Assert.DoesNotContain(spec.Id, await podman.RunPodmanAsync("ps", "--all", "--format={{.Names}}"), StringComparison.Ordinal);
    }

    private async Task<WorkloadStatus> RunAsync(WorkloadSpec spec)
    {
        Assert.Null((await _engine.StartAsync(spec, Cancellation)).Fault);
        return (await _engine.WaitAsync(spec.Id, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).Value!;
    }

    private async Task<string> ProgramAsync(string name, string script)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}", Cancellation);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private WorkloadSpec Script(string script)
    {
        var id = $"t{Guid.NewGuid():N}"[..12];
        return new WorkloadSpec
        {
            Id = id,
            Image = Image,
            Argv = ["/bin/sh", "-c", script],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["WORD"] = "it's \"mine\"" },
            Scratch = Directory.CreateDirectory(Path.Combine(_folder, id), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName,
            OutputFile = Path.Combine(_folder, $"{id}.out"),
        };
    }
}
