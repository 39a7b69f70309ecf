using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Tests;

/// <summary>Layers that are kept, and workloads that begin with one.</summary>
public abstract partial class RootedConformance
{
    private const string Wait = "trap exit TERM; echo ready; while :; do sleep 0.05; done";

    [Fact]
    public async Task Layer_KeptWhileItRuns_IsWhatAnotherStartBeginsWith()
    {
        var layers = (ILayerSnapshots)Engine;
        var spec = Script(Wait) with { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["TOKEN"] = "hunter2" } };
        var place = new LayerPlace(spec.Id, spec.Scratch);
        await StartAsync(spec, "ready");
        await SaysAsync(spec.Id, "mkdir -p /opt/tool; printf one > /opt/tool/run; chmod 750 /opt/tool/run; [ ! -e /bin/chown ] || chown 33 /opt/tool/run; ln -s run /opt/tool/link; ln /opt/tool/run /opt/tool/again; rm -r /usr/share/doc; rm /etc/debian_version; echo more >> /etc/issue; rm -r /etc/cron.daily; mkdir /etc/cron.daily; : > /etc/cron.daily/mine");
        var issue = await SaysAsync(spec.Id, "cat /etc/issue");
        var before = await ChangesAsync(spec.Id);

        var kept = Value(await layers.KeepLayerAsync(place, "p1", Cancellation));
        await SaysAsync(spec.Id, "printf two > /opt/tool/run; rm -r /opt/tool; : > /etc/later");
        var second = Value(await layers.KeepLayerAsync(place, "p2", Cancellation));
        await EndAsync(spec);
        await StartAsync(spec with { Layer = "p1", Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" } }, "ready\nready");

        Assert.Equal(("p1", "p2"), (kept.Name, second.Name));
        Assert.Equal(["p1", "p2"], Value(await layers.LayersAsync(place, Cancellation)).Select(layer => layer.Name).Order());
        Assert.Equal("one\n750 33 2\none", await SaysAsync(spec.Id, "cat /opt/tool/run; echo; [ -e /bin/chown ] && stat -c '%a %u %h' /opt/tool/again || echo 750 33 2; [ -L /opt/tool/link ] && cat /opt/tool/link"));
        Assert.Equal(issue, await SaysAsync(spec.Id, "cat /etc/issue"));
        Assert.Equal("mine\n", await SaysAsync(spec.Id, "ls -A /etc/cron.daily; [ ! -e /usr/share/doc ] && [ ! -e /etc/debian_version ] && [ ! -e /etc/later ] && [ -d /tmp ] && [ -z \"$TOKEN\" ]"));
        Assert.Equal("", await SaysAsync(spec.Id, "env | grep TOKEN || :"));
        // What it begins with is no loss less than what was done in it.
        var after = await ChangesAsync(spec.Id);
        Assert.Equal(Named(before), Named(after));
        Assert.Contains(after, change => change.Path == "/opt/tool" && change.Size is >= 3 and <= 6);
    }

    [Fact]
    public async Task Layer_KeptOfAWorkloadThatBeganWithOne_HasBoth()
    {
        var layers = (ILayerSnapshots)Engine;
        var spec = Script(Wait);
        var place = new LayerPlace(spec.Id, spec.Scratch);
        await StartAsync(spec, "ready");
        await SaysAsync(spec.Id, "echo 1 > /opt/first");
        Value(await layers.KeepLayerAsync(place, "p1", Cancellation));
        await EndAsync(spec);
        await StartAsync(spec with { Layer = "p1" }, "ready\nready");
        await SaysAsync(spec.Id, "echo 2 > /opt/second");
        Value(await layers.KeepLayerAsync(place, "p2", Cancellation));
        await EndAsync(spec);

        Assert.True(Value(await layers.RemoveLayerAsync(place, "p1", Cancellation)));
        Assert.False(Value(await layers.RemoveLayerAsync(place, "p1", Cancellation)));
        await StartAsync(spec with { Layer = "p2" }, "ready\nready\nready");

        Assert.Equal("1\n2\n", await SaysAsync(spec.Id, "cat /opt/first /opt/second"));
        Assert.Equal(["/opt/first", "/opt/second"], (await ChangesAsync(spec.Id)).Select(change => change.Path).Where(path => path.StartsWith("/opt/", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Layer_ThatIsNotThere_IsRefused()
    {
        var spec = Script("exit 0");

        Assert.Equal("not-found", Fault(await Engine.StartAsync(spec with { Layer = "p1" }, Cancellation)).Code);
        Assert.Equal("not-running", Fault(await ((ILayerSnapshots)Engine).KeepLayerAsync(new LayerPlace(spec.Id, spec.Scratch), "p1", Cancellation)).Code);
        Assert.Equal("bad-spec", Fault(await ((ILayerSnapshots)Engine).KeepLayerAsync(new LayerPlace(spec.Id, spec.Scratch), "../p1", Cancellation)).Code);
    }

    private async Task EndAsync(WorkloadSpec spec)
    {
        Value(await Engine.StopAsync(spec.Id, TimeSpan.FromSeconds(10), Cancellation));
        Assert.Null((await Engine.RemoveAsync(spec.Id, Cancellation)).Fault);
    }

    /// <summary>What a folder that was replaced has lost is said of the folder, or of each file in it.</summary>
    private static IEnumerable<string> Named(IEnumerable<LayerChange> changes) => changes.Where(change => change.Kind != LayerChangeKind.Deleted || !change.Path.StartsWith("/etc/cron.daily", StringComparison.Ordinal)).Select(change => $"{change.Kind} {change.Path}").Order(StringComparer.Ordinal);
}
