using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>The start-up script of the days when home was lost, which moves folders of it to the storage and links them back: here it must cost nothing.</summary>
public sealed class CourseHookTests : IAsyncLifetime
{
    private const string Hook = """
        #!/usr/bin/env bash
        mkdir -p /storage/cfg
        pushd ~
        [ -d .ssh ] && [ ! -L .ssh ] && chmod 700 .ssh
        if [ ! -e /storage/cfg/.local ]; then mkdir -p /storage/cfg/.local; fi
        rm -rf ~/.local
        ln -s /storage/cfg/.local ~/
        if [ ! -e /storage/cfg/.config ]; then mv ~/.config /storage/cfg/; fi
        rm -rf ~/.config
        ln -s /storage/cfg/.config ~/
        popd
        """;

    private readonly TestHub _hub = new();

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task OldHook_RunByANewcomer_LosesNothing()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "mkdir -p ~/.local/lib ~/.config; echo package > ~/.local/lib/tide.py; echo setting > ~/.config/tool");
        await _hub.StopAsync("leaves");
        await File.WriteAllTextAsync(Path.Combine(_hub.Folders.Storage, "pre-run.sh"), Hook, TestHub.Cancellation);

        // 1. Code of the team runs only when an administrator has approved it.
        machine = await _hub.StartAsync("leaves");
        Assert.Equal((null, "no administrator has approved this content (holdfast hook approve)"), (machine.Reason, Assert.Single(machine.Hooks).Skipped));
        Assert.Equal("package\n", await _hub.SaysAsync(machine, "cat ~/.local/lib/tide.py"));
        await _hub.StopAsync("leaves");
        TestHub.Value(_hub.Service<HookApprovals>().Approve(TestHub.Ada, HookApprovals.HashOf(Hook)));

        // 2. It does what it does: the package is not where it was.
        machine = await _hub.StartAsync("leaves");
        Assert.Equal((MachineState.Running, null), (machine.State, machine.Reason));
        Assert.Equal("setting\n", await _hub.SaysAsync(machine, "cat ~/.config/tool; [ ! -e ~/.local/lib/tide.py ]"));

        // 3. And it comes back from the snapshot that was taken before.
        var snapshots = _hub.Service<HomeSnapshots>();
        var taken = snapshots.List("ada")[0];
        TestHub.Value(snapshots.Restore("ada", taken.Id, ".local", TestHub.Cancellation));
        Assert.Equal("package\nsetting\n", await _hub.SaysAsync(machine, "cat ~/.local/lib/tide.py ~/.config/tool"));

        // 4. Linked as it left it, it runs again without harm.
        await _hub.StopAsync("leaves");
        machine = await _hub.StartAsync("leaves");
        Assert.Null(machine.Reason);
        Assert.Equal("setting\n", await _hub.SaysAsync(machine, "cat ~/.config/tool"));
    }
}
