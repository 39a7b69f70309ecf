using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>What root inside of a machine leaves in the folders that it shares with the hub, against the hub.</summary>
public sealed class HostileMachineTests : IAsyncLifetime
{
    private readonly string _index = Directory.CreateTempSubdirectory("hf-index-").FullName;
    private readonly TestHub _hub;

    public HostileMachineTests() => _hub = new TestHub(engines: new Dictionary<string, IEngine> { ["host"] = new HostEngine(_index, TimeProvider.System), ["podman"] = MissingEngine.Instance });

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_index, recursive: true);
    }

    [Fact]
    public async Task Start_WithLinksInTheMeetingFolder_WritesThroughNone()
    {
        var victim = Path.Combine(_hub.Folders.Root, "victim");
        File.WriteAllText(victim, "mine");
        File.WriteAllText(Path.Combine(HubFolders.Make(_hub.Folders.Storage), "pre-run.sh"), "export TEAM=yes\n");
        TestHub.Value(_hub.Service<HookApprovals>().Approve(TestHub.Ada, HookApprovals.HashOf("export TEAM=yes\n")));
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, $"cd /run/machine; rm -rf *; for f in orders.json orders.json.new pre-run.sh; do ln -s {victim} $f; done; mkdir -p report.json/x; mkfifo lab.sock");
        await _hub.StopAsync("leaves");

        machine = await _hub.StartAsync("leaves");

        Assert.Equal((MachineState.Running, null, null), (machine.State, machine.Reason, machine.Message));
        Assert.Equal("mine", File.ReadAllText(victim));
        Assert.Contains("\"version\"", await LabClient.GetAsync(_hub.Fleet.LabSocketOf(machine), "/api"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAPipeInThePlaceOfAHook_IsNotHeldUp()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "mkfifo /storage/pre-run.sh /notebooks/pre-run.sh; mkdir -p ~/.holdfast; mkfifo ~/.holdfast/pre-run.sh");
        await _hub.StopAsync("leaves");

        machine = await _hub.StartAsync("leaves");

        Assert.Equal((MachineState.Running, null), (machine.State, machine.Reason));
        Assert.Empty(machine.Hooks);
    }

    [Fact]
    public async Task Stop_WithAListOfNothingInThePlaceOfThePackages_Stops()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "echo '[null,{}]' > /var/lib/holdfast/packages-before.json");

        machine = await _hub.StopAsync("leaves");

        Assert.Equal(MachineState.Stopped, machine.State);
    }

    [Fact]
    public async Task Start_WithAReportOfNothing_GoesOn()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        File.WriteAllText(Path.Combine(HubFolders.Make(_hub.Folders.NotebooksOf(machine.Id)), "pre-run.sh"), "echo '{\"steps\":null}' > /run/machine/report.json; sleep 0.5; rm /run/machine/report.json; mkfifo /run/machine/report.json; sleep 0.5\n");

        machine = await _hub.StartAsync("leaves");

        Assert.Equal((MachineState.Running, null), (machine.State, machine.Reason));
    }

    [Fact]
    public async Task Delete_OfNotebooksDeeperThanAPathMayBe_LeavesNothing()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "cd /notebooks; i=0; while [ $i -lt 60 ]; do n=$(printf '%0200d' $i); mkdir $n; cd -P $n; i=$((i+1)); done");

        TestHub.Value(_hub.Fleet.Delete(TestHub.Ada, "leaves", "leaves"));
        machine = await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Deleted or MachineState.Failed);

        Assert.Equal(MachineState.Deleted, machine.State);
        Assert.False(Directory.Exists(_hub.Folders.MachineOf(machine.Id)));
    }

    [Fact]
    public void Change_OfAMembersMachineToTheHost_IsForbidden()
    {
        TestHub.Value(_hub.Fleet.Create(TestHub.Bob, new MachineSpec { Name = "bobs", Image = "debian:12" }));

        Assert.Equal("forbidden", _hub.Fleet.Change(TestHub.Bob, "bobs", new MachineSpec { Name = "bobs" }).Fault?.Code);
        TestHub.Value(_hub.Fleet.Change(TestHub.Ada, "bobs", new MachineSpec { Name = "bobs" }));
        Assert.Equal("forbidden", _hub.Fleet.Start(TestHub.Bob, "bobs", new StartWish()).Fault?.Code);
    }

    [Fact]
    public async Task Fork_OfFoldersWithPipesAndHoles_CopiesTheRestAndLeavesNothingBeside()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "cd /notebooks; mkfifo pipe; truncate -s 200M holes; echo x >> holes; mkdir a; echo book > a/book; chmod 640 a/book; ln -s /etc/shadow link");

        var fork = TestHub.Value(await _hub.Fleet.ForkAsync(TestHub.Ada, "leaves", "fork", TestHub.Cancellation));

        var folder = _hub.Folders.NotebooksOf(fork.Id);
        Assert.Equal(["a", "holes", "link"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());
        Assert.Equal("/etc/shadow", new FileInfo(Path.Combine(folder, "link")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Path.Combine(folder, "a/book")));
        Assert.Equal("exists", (await _hub.Fleet.ForkAsync(TestHub.Ada, "leaves", "fork", TestHub.Cancellation)).Fault?.Code);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_hub.Folders.MachineOf("x"))!).Count());
    }

    [Fact]
    public async Task Start_WithVariablesOfTheLinker_AppliesThemWhenPowersAreDropped()
    {
        await _hub.CreateAsync("leaves", spec => spec with
        {
            Environment = new Dictionary<string, string> { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = "/notebooks/ld", ["LINES"] = "a\nend-of-init\ntouch /notebooks/escaped\n'" },
        });
        var notebooks = _hub.Folders.NotebooksOf(_hub.Fleet.Find("leaves")!.Id);

        var said = Directory.EnumerateFiles(notebooks, "ld.*").Select(File.ReadAllText).ToList();

        Assert.Contains(said, text => text.Contains("holdfast", StringComparison.Ordinal));
        Assert.DoesNotContain(said, text => text.Contains("setpriv", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(notebooks, "escaped")));
    }

    [Fact]
    public async Task Hub_KilledBeforeItForgotADeletedMachine_ForgetsIt()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        _hub.Service<MachineStore>().Write(machine with { State = MachineState.Deleted });
        await _hub.EndAsync();

        await _hub.StartAsync();

        Assert.Null(_hub.Fleet.Find("leaves"));
        await _hub.CreateAsync("leaves", start: false);
    }
}
