using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>Start-up scripts: what they leave, and that none of them keeps a machine from starting.</summary>
public sealed class HookTests : IAsyncLifetime
{
    private readonly TestHub _hub = new(options => options with { Settings = new HubSettings { HookTimeout = TimeSpan.FromSeconds(20) } });

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Hook_ThatFailsInLine7_LeavesSafeModeWithTheLine()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        WriteNotebooksHook(machine, "echo begins\n\nexport A=1\nif true; then\n  echo inside\nfi\nnosuchprogram --with this\necho never\n");

        machine = await _hub.StartAsync("leaves");

        Assert.Equal((MachineState.Running, MachineReason.HookFailed), (machine.State, machine.Reason));
        Assert.Equal("/notebooks/pre-run.sh failed in line 7 with exit code 127: nosuchprogram --with this", machine.Message);
        var hook = Assert.Single(machine.Hooks);
        Assert.Equal(("notebooks", "/notebooks/pre-run.sh", 127, 7, "nosuchprogram --with this"), (hook.Name, hook.Script, hook.ExitCode, hook.Line, hook.Command));
        Assert.StartsWith("begins\ninside\n/notebooks/pre-run.sh: line 7: nosuchprogram", hook.Output, StringComparison.Ordinal);
        Assert.Contains("\"version\"", await LabClient.GetAsync(_hub.Fleet.LabSocketOf(machine), "/api"), StringComparison.Ordinal);

        // Mended from inside of that same machine, and started again.
        await _hub.SaysAsync(machine, "printf 'export MENDED=yes\\n' > /notebooks/pre-run.sh");
        await _hub.StopAsync("leaves");
        machine = await _hub.StartAsync("leaves");

        Assert.Equal((MachineState.Running, null), (machine.State, machine.Reason));
    }

    [Theory]
    [InlineData("true\n\nexit 3\n", 3, 3, "exit 3")]
    [InlineData("echo a\nif true\nthen\n  echo )\nfi\n", 2, 4, "echo )")]
    [InlineData("set -u\n\necho $NO_SUCH_VARIABLE\n", 1, 3, "echo $NO_SUCH_VARIABLE")]
    [InlineData("f() {\n  true\n  cd /no/such/folder\n}\n\nf\n", 1, 3, "cd /no/such/folder")]
    public async Task Hook_ThatFails_IsToldWithItsLine(string script, int code, int line, string command)
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        WriteNotebooksHook(machine, script);

        var hook = Assert.Single((await _hub.StartAsync("leaves")).Hooks);

        Assert.Equal((code, line, command), (hook.ExitCode, hook.Line, hook.Command));
    }

    [Fact]
    public async Task Hook_ThatExportsAndLeavesAProcess_ReachesTheLab()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        WriteNotebooksHook(machine, "export MODEL='a b'\"'\"'c'\nexport PATH=/opt/mine:$PATH\nsleep 1000 &\n");

        machine = await _hub.StartAsync("leaves");

        Assert.Null(machine.Reason);
        var keeper = await _hub.SaysAsync(machine, "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^[^ ]*holdfast keeper run' && tr '\\0' '\\n' < $p/environ && break; done");
        Assert.Contains("MODEL=a b'c\n", keeper, StringComparison.Ordinal);
        Assert.Contains("PATH=/opt/mine:", keeper, StringComparison.Ordinal);
        Assert.Contains("sleep 1000", await _hub.SaysAsync(machine, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Safe_RunsNoHook()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        WriteNotebooksHook(machine, "touch /notebooks/ran\n");

        machine = await _hub.StartAsync("leaves", new StartWish(Safe: true));

        Assert.Equal((MachineState.Running, MachineReason.SafeMode), (machine.State, machine.Reason));
        Assert.Contains("safe start", Assert.Single(machine.Hooks).Skipped, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "ran")));
    }

    [Fact]
    public async Task Hooks_OfAllThree_RunInOrderUntilOneFails()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        Directory.CreateDirectory(Path.Combine(_hub.Folders.HomeOf("ada"), ".holdfast"));
        File.WriteAllText(Path.Combine(_hub.Folders.HomeOf("ada"), ".holdfast/pre-run.sh"), "export WORD=home\nfalse\n");
        WriteNotebooksHook(machine, "echo never\n");

        machine = await _hub.StartAsync("leaves");

        Assert.Equal([("home", 1, null), ("notebooks", (int?)null, "/home/ada/.holdfast/pre-run.sh failed")], machine.Hooks.Select(hook => (hook.Name, hook.ExitCode, hook.Skipped)));
    }

    private void WriteNotebooksHook(MachineRecord machine, string text)
    {
        HubFolders.Make(_hub.Folders.NotebooksOf(machine.Id));
        File.WriteAllText(Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "pre-run.sh"), text);
    }
}

/// <summary>A hook that does not end.</summary>
public sealed class HookTimeoutTests : IAsyncLifetime
{
    private readonly TestHub _hub = new(options => options with { Settings = new HubSettings { HookTimeout = TimeSpan.FromSeconds(5) } });

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Hook_ThatNeverEnds_IsKilledAndSaid()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        HubFolders.Make(_hub.Folders.NotebooksOf(machine.Id));
        File.WriteAllText(Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "pre-run.sh"), "echo waiting\nsleep 100000\n");

        machine = await _hub.StartAsync("leaves");

        Assert.Equal((MachineState.Running, MachineReason.HookTimeout), (machine.State, machine.Reason));
        Assert.StartsWith("waiting\n", Assert.Single(machine.Hooks).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sleep 100000", await _hub.SaysAsync(machine, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), StringComparison.Ordinal);
    }
}
