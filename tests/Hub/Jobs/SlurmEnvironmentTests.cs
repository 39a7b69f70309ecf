using System.Text.Json;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Slurm;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Jobs without an image, on a cluster whose second node has not the packages that the hub's host has: it sees none of dpkg's.</summary>
[Collection(SlurmTests.Name)]
public sealed class SlurmEnvironmentTests : IAsyncLifetime
{
    private const string Database = "/var/lib/dpkg";
    private SlurmCluster _cluster = null!;
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists(Database)) Assert.Skip("There is no dpkg here.");
        _cluster = new SlurmCluster { NotOnSecond = Database };
        await _cluster.InitializeAsync();
        if (_cluster.Unusable is { } reason) Assert.Skip(reason);
        _hub = await new TestHub(options => options with
        {
            Engines = new Dictionary<string, IEngine>
            {
                ["host"] = new HostEngine(options.Folders.HostEngine, TimeProvider.System),
                ["slurm"] = new SlurmEngine(options.Folders.SlurmEngine, new SlurmSettings { Conf = _cluster.Conf }, TimeProvider.System),
            },
        }).StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Node_ThatDiffers_IsSaidInTheLogAndTheManifest()
    {
        var here = await RunAsync(SlurmCluster.First, null);
        var there = await RunAsync(SlurmCluster.Second, null);

        Assert.Equal((JobState.Succeeded, "ran\n", 0), (here.State, _hub.LogOf(here), here.Differences?.Count ?? 0));
        Assert.Equal(JobState.Succeeded, there.State);
        var said = Assert.Single(there.Differences);
        Assert.Matches(@"^environment: node2 differs: no adduser, no \S+, no \S+, no \S+, no \S+, and \d+ more$", said);
        Assert.Equal($"holdfast: {said}\nran\n", _hub.LogOf(there));
        var (one, other) = (Manifest(here), Manifest(there));
        Assert.Equal(SystemPackages.Read().Fingerprint, other.GetProperty("environment").GetString());
        Assert.Equal(one.GetProperty("environment").GetString(), other.GetProperty("environment").GetString());
        Assert.False(one.TryGetProperty("environment_differs", out _));
        Assert.Equal(said, Assert.Single(other.GetProperty("environment_differs").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Node_ThatDiffersWhereItMustNot_RefusesTheJob()
    {
        var here = await RunAsync(SlurmCluster.First, "same");
        var there = await RunAsync(SlurmCluster.Second, "same");

        Assert.Equal((JobState.Succeeded, "ran\n"), (here.State, _hub.LogOf(here)));
        Assert.Equal((JobState.Failed, JobReason.EnvironmentDiffers, 125, 1), (there.State, there.Reason, there.ExitCode, there.Attempts.Count));
        Assert.Matches(@"^environment: node2 differs: no adduser, .* more; mend: an image, or the same packages there as on the hub's host \(environment: same\)\.$", there.Message);
        Assert.Equal($"holdfast: {there.Message}\n", _hub.LogOf(there));
    }

    [Fact]
    public async Task VirtualEnvironment_OnTheSharedFolder_IsThereOnEachNode()
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("/usr/bin/python3 is not installed.");
        await RunAsync(SlurmCluster.First, null, "/usr/bin/python3 -m venv --without-pip $HOLDFAST_STORAGE/envs/leaves");

        var there = await RunAsync(SlurmCluster.Second, null, "exec $HOLDFAST_STORAGE/envs/leaves/bin/python3 -c 'import sys; print(sys.prefix)'");

        Assert.Equal(JobState.Succeeded, there.State);
        Assert.EndsWith($"\n{_hub.Folders.Storage}/envs/leaves\n", _hub.LogOf(there), StringComparison.Ordinal);
    }

    private async Task<JobRecord> RunAsync(string node, string? environment, string script = "echo ran")
    {
        var other = node == SlurmCluster.First ? SlurmCluster.Second : SlurmCluster.First;
        await _cluster.SaysAsync("scontrol", "update", $"NodeName={other}", "State=DRAIN", "Reason=test");
        await _cluster.SaysAsync("scontrol", "update", $"NodeName={node}", "State=RESUME");
        return await _hub.UntilOverAsync(await _hub.SubmitAsync(script, spec => spec with { Engine = "slurm", Environment = environment }));
    }

    private JsonElement Manifest(JobRecord job) => JsonDocument.Parse(File.ReadAllText(_hub.OutputOf(job, "manifest.json"))).RootElement;
}
