using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Points;
using Holdfast.Hub.Tests.Machines;

namespace Holdfast.Hub.Tests.Points;

/// <summary>Points of a machine of a real image, on real Podman.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanPointTests(PodmanService podman, DebianImage image) : IClassFixture<DebianImage>, IAsyncLifetime
{
    private TestHub _hub = null!;
    private PodmanEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        if (image.Unusable is { } reason) Assert.Skip(reason);
        _engine = new PodmanEngine(podman.Socket);
        _hub = new TestHub(engines: new Dictionary<string, IEngine> { ["podman"] = _engine });
        await _hub.StartLookingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _engine?.Dispose();
    }

    [Fact]
    public async Task HomeAndSystem_BackAndForward_AreAsTheyWereAndTheLossIsListed()
    {
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Image = DebianImage.Name, Environment = new Dictionary<string, string> { ["TOKEN"] = "hunter2" } });
        Assert.True(machine.State == MachineState.Running, machine.Message);
        var fresh = await _hub.UntilPointAsync("leaves", point => point.Why == PointWhy.Start);
        // This image has no pip: what pip leaves is made by hand.
        await _hub.SaysAsync(machine, """
            set -e
            site=$(python3 -m site --user-site); mkdir -p $site/tide-1.0.dist-info; echo 'height = 1' > $site/tide.py
            printf 'Metadata-Version: 2.1\nName: tide\nVersion: 1.0\n' > $site/tide-1.0.dist-info/METADATA; : > $site/tide-1.0.dist-info/RECORD
            printf '\nPackage: reef\nStatus: install ok installed\nArchitecture: all\nVersion: 3.1\nDescription: x\n' >> /var/lib/dpkg/status
            mkdir /opt/tool; echo run > /opt/tool/run; echo more >> /etc/issue
            """);
        var full = await _hub.UntilPointAsync("leaves", point => point.Words == "apt reef 3.1, pip tide 1.0");
        Assert.Equal((SystemPart.Fresh, SystemPart.Kept), (fresh.System, full.System));
        Assert.DoesNotContain("hunter2", await podman.RunPodmanAsync("image", "inspect", (await podman.RunPodmanAsync("images", "-q", $"localhost/holdfast-layers/{machine.Id}")).Trim()), StringComparison.Ordinal);

        await _hub.BackAsync("leaves", fresh.Id);
        machine = await _hub.AgainAsync(machine);
        Assert.Equal("none\n", await _hub.SaysAsync(machine, "[ ! -e /opt/tool ] && ! grep -q more /etc/issue && ! python3 -c 'import tide' 2>/dev/null && echo none"));
        await _hub.BackAsync("leaves", full.Id);
        machine = await _hub.AgainAsync(machine);

        Assert.True(machine.State == MachineState.Running, machine.Message);
        Assert.Equal("run\n1\nhunter2\n", await _hub.SaysAsync(machine, "cat /opt/tool/run; grep -q more /etc/issue; python3 -c 'import tide; print(tide.height)'; echo $TOKEN"));
        var loss = TestHub.Value(await _hub.Service<LossLists>().LookAsync(machine, TestHub.Cancellation));
        Assert.Equal("/opt/tool", Assert.Single(loss.Files).Path);
        Assert.Contains(loss.Settings, setting => setting.Path == "/etc/issue");
        Assert.Contains(loss.Packages, package => package is { Source: "apt", Name: "reef", Before: null });
        Assert.Equal(4, loss.Files[0].Size);
        var start = await _hub.UntilPointAsync("leaves", point => point.Words.StartsWith("with the system of ", StringComparison.Ordinal));
        Assert.False((await _hub.DiffAsync("leaves", full.Id, start.Id)).SystemDiffers);

        _hub.Fleet.Delete(TestHub.Ada, "leaves", "leaves");
        await _hub.UntilAsync(machine.Id, record => record.State == MachineState.Deleted);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // While one is removed, a list of them may fail.
        while ((await _engine.LayersAsync(PointBounds.PlaceOf(_hub.Folders, machine.Id), limit.Token)).Value is not { Count: 0 }) await Task.Delay(50, limit.Token);
    }
}
