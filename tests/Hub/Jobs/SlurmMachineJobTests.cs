using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Engines.Tests.Slurm;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.Machines;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Jobs on Slurm's nodes in the environment of a machine of the hub's computer: its image gets there by the hub's registry. The nodes' Podman has a store of its own.</summary>
[Collection(PodmanTests.Name)]
public sealed class SlurmMachineJobTests(PodmanService podman, DebianImage image) : IClassFixture<DebianImage>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-smj-").FullName;
    private LocalRegistry _registry = null!;
    private SlurmCluster _cluster = null!;
    private PodmanEngine _engine = null!;
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        if (image.Unusable is { } reason) Assert.Skip(reason);
        _registry = await LocalRegistry.StartAsync();
        var prolog = await ProgramAsync("prolog.sh", $"echo export CONTAINERS_CONF={Path.GetDirectoryName(podman.Socket)}/containers.conf\necho export CONTAINERS_REGISTRIES_CONF={_folder}/registries.conf\necho export PATH={_folder}:$PATH\n");
        await ProgramAsync("podman", $"exec /usr/bin/podman --root {_folder}/root --runroot {_folder}/run \"$@\"\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "registries.conf"), $"[[registry]]\nlocation = \"{_registry.Name}\"\ninsecure = true\n", TestHub.Cancellation);
        _cluster = new SlurmCluster { More = $"TaskProlog={prolog}" };
        await _cluster.InitializeAsync();
        if (_cluster.Unusable is { } none) Assert.Skip(none);
        _engine = new PodmanEngine(podman.Socket);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _engine?.Dispose();
        if (_cluster is not null) await _cluster.DisposeAsync();
        if (_registry is not null) await _registry.DisposeAsync();
        // Podman keeps its store mounted.
        foreach (var place in File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1]).Where(place => place.StartsWith($"{_folder}/", StringComparison.Ordinal)).Reverse().ToList())
        {
            using var unmount = System.Diagnostics.Process.Start("/bin/umount", place);
            await unmount.WaitForExitAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Job_OfAMachine_RunsOnANodeInWhatWasInstalledInTheMachine()
    {
        await BeginAsync($"{_registry.Name}/team");
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Image = DebianImage.Name });
        Assert.True(machine.State == MachineState.Running, $"{machine.Reason}: {machine.Message}");
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site); mkdir -p $site; echo 'height = 42' > $site/tide.py; echo tool > /opt/tool");
        var code = await PodmanJobTests.SendAsync(_hub, "import tide, os; print(tide.height, open('/opt/tool').read().strip(), os.getcwd(), os.environ['SLURMD_NODENAME']); open(os.environ['HOLDFAST_OUTPUT'] + '/model', 'w').write('weights')");

        var there = await RunAsync(new JobSpec { Name = "train", Command = ["python3", "train.py"], Machine = "leaves", Engine = "slurm", Code = code });
        var here = await RunAsync(new JobSpec { Name = "train", Command = ["env", "SLURMD_NODENAME=here", "python3", "train.py"], Machine = "leaves", Code = code });
        var bare = await RunAsync(new JobSpec { Name = "look", Command = ["sh", "-c", "cat /opt/tool; python3 -c 'import tide; print(tide.height)'"], Machine = "leaves", Engine = "slurm" });

        Assert.True(there.State == JobState.Succeeded, $"{there}\n{_hub.LogOf(there)}");
        Assert.Matches("^42 tool /code node[12]\n$", _hub.LogOf(there));
        Assert.Equal("42 tool /code here\n", _hub.LogOf(here));
        Assert.Equal("weights", await File.ReadAllTextAsync(_hub.OutputOf(there, "model"), TestHub.Cancellation));
        Assert.Equal((JobState.Succeeded, "tool\n42\n"), (bare.State, _hub.LogOf(bare)));
        // The same image and the same environment, by the same digest.
        Assert.Equal((here.Digest, here.Environment!.Fingerprint), (there.Digest, there.Environment!.Fingerprint));
        Assert.Equal($"{_registry.Name}/team/train@{there.Digest}", there.ImageReference);
        Assert.Contains($"\"digest\": \"{there.Digest}\"", await File.ReadAllTextAsync(_hub.OutputOf(there, "manifest.json"), TestHub.Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_OfAMachine_WithoutAWayToTheNodes_IsRefusedWithTheMend()
    {
        await BeginAsync(registry: null);
        TestHub.Value(_hub.Fleet.Create(TestHub.Ada, new MachineSpec { Name = "leaves", Image = DebianImage.Name }));
        TestHub.Value(_hub.Fleet.Create(TestHub.Ada, new MachineSpec { Name = "far", Engine = "slurm" }));

        var nowhere = await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec { Command = ["true"], Machine = "leaves", Engine = "slurm" }, cancellationToken: TestHub.Cancellation);
        var bare = await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec { Command = ["true"], Machine = "far", Engine = "slurm" }, cancellationToken: TestHub.Cancellation);

        Assert.Equal("machine: its environment gets to other computers by a registry, and this hub has none; mend: registry in hub.yaml, or an image that is in one.", nowhere.Fault?.Message);
        Assert.StartsWith("machine: nodes have their own environment, and not that of a machine without an image; mend: ", bare.Fault?.Message, StringComparison.Ordinal);
    }

    private async Task BeginAsync(string? registry) => _hub = await new TestHub(options => options with
    {
        Settings = new HubSettings { Registry = registry },
        Engines = new Dictionary<string, IEngine> { ["podman"] = _engine, ["slurm"] = new SlurmEngine(options.Folders.SlurmEngine, new SlurmSettings { Conf = _cluster.Conf }, TimeProvider.System) },
    }).StartAsync();

    private async Task<JobRecord> RunAsync(JobSpec spec) => await _hub.UntilOverAsync(TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, spec, cancellationToken: TestHub.Cancellation)));

    private async Task<string> ProgramAsync(string name, string script)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}", TestHub.Cancellation);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
