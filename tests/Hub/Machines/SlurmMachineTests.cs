using System.Text.Json.Nodes;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Slurm;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Ports;
using Holdfast.Hub.Tests.Activity;
using Holdfast.Hub.Tests.People;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>Machines on the nodes of a real Slurm.</summary>
[Collection(SlurmTests.Name)]
public sealed class SlurmMachineTests(SlurmCluster cluster) : IAsyncLifetime
{
    private const string Notebook =
        """{"type":"notebook","format":"json","content":{"cells":[{"cell_type":"code","id":"c0","execution_count":null,"metadata":{},"outputs":[],"source":"x"}],"metadata":{},"nbformat":4,"nbformat_minor":5}}""";

    private readonly ManualClock _clock = new() { Now = TimeProvider.System.GetUtcNow() };
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        if (cluster.Unusable is { } reason) Assert.Skip(reason);
        _hub = new TestHub(options => options with
        {
            Engines = new Dictionary<string, IEngine>
            {
                ["host"] = new HostEngine(options.Folders.HostEngine, TimeProvider.System),
                ["slurm"] = new SlurmEngine(options.Folders.SlurmEngine, new SlurmSettings { Conf = cluster.Conf, Time = TimeSpan.FromHours(1) }, TimeProvider.System),
            },
        }, add: services => services.AddSingleton(new ActivityClock(_clock)));
        await _hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        await cluster.SaysAsync("scancel", "--me", "--full", "--signal=KILL");
        await cluster.SaysAsync("scancel", "--me");
    }

    [Fact]
    public async Task Machine_OnANode_WorksLikeAnyAndKeepsWhatItHas()
    {
        var machine = await CreateAsync();

        Assert.True(machine.State == MachineState.Running, $"{machine.State} {machine.Reason}: {machine.Message}\n{Output(machine)}");
        Assert.Contains(machine.Node, (string[])[SlurmCluster.First, SlurmCluster.Second]);
        using (var lab = new MachineLab(_hub, machine))
        {
            await lab.SendAsync(HttpMethod.Put, "/api/contents/train.ipynb", Notebook);
            await lab.RunAsync(await lab.StartKernelAsync(""), "import os, socket\nserver = socket.create_server(('127.0.0.1', 0))\nprint('on', os.environ['SLURMD_NODENAME'], server.getsockname()[1], flush=True)\nserver.accept()[0].sendall(b'hello')\n");
            var said = "";
            await UntilAsync(async () => (said = (await OutputsAsync(lab)).ToJsonString()).Contains("on node", StringComparison.Ordinal));
            Assert.Contains($"on {machine.Node} ", said, StringComparison.Ordinal);
            // 1. A port inside, over the same way.
            var port = int.Parse(said[(said.IndexOf($"on {machine.Node} ", StringComparison.Ordinal) + 9)..].Split('\\')[0]);
            Assert.Contains(port, TestHub.Value(await _hub.Service<MachinePorts>().ListAsync(machine, TestHub.Cancellation)).Select(each => each.Port));
            using var socket = TestHub.Value(await _hub.Service<MachinePorts>().ConnectAsync(machine, port, TestHub.Cancellation));
            var hello = new byte[5];
            Assert.Equal(5, await socket.ReceiveAsync(hello, TestHub.Cancellation));
            Assert.Equal("hello"u8.ToArray(), hello);
        }
        await _hub.SaysAsync(machine, "echo team >$HOLDFAST_STORAGE/team; echo mine >~/.mine");

        // 2. After its end nothing of it runs, and all that it had is there at the next start.
        await _hub.StopAsync("leaves");
        await UntilAsync(async () => await QueueAsync() == "");
        var mark = $"HOLDFAST_MACHINE={_hub.Folders.SharedMeetingOf(machine.Id)}";
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), process => Reads($"{process}/environ").Split('\0').Contains(mark));
        machine = await _hub.StartAsync("leaves");

        Assert.True(machine.State == MachineState.Running, $"{machine.State} {machine.Reason}: {machine.Message}\n{Output(machine)}");
        Assert.Equal("team\nmine\n", await _hub.SaysAsync(machine, "cat $HOLDFAST_STORAGE/team ~/.mine"));
        using var again = new MachineLab(_hub, machine);
        Assert.Contains("on node", (await OutputsAsync(again)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_ThatWaits_SaysWhyAndStartsWhenItsTurnComes()
    {
        await FillAsync();
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Engine = "slurm" }, start: false);
        TestHub.Value(_hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish()));
        machine = await _hub.UntilAsync(machine.Id, record => record.Message?.Contains("Resources", StringComparison.Ordinal) == true);
        Assert.Equal((MachineState.Starting, MachineReason.Queued), (machine.State, machine.Reason));
        Assert.Empty(_hub.Service<Holdfast.Hub.Costs.CostLedger>().Open());

        // 1. Whoever does not want to wait takes it back.
        machine = await _hub.StopAsync("leaves");
        Assert.Equal((MachineState.Stopped, MachineReason.StoppedByUser), (machine.State, machine.Reason));
        Assert.DoesNotContain("PENDING", await QueueAsync(), StringComparison.Ordinal);

        // 2. Also with a hub that has come back, and while Slurm does not answer.
        foreach (var isAway in (bool[])[false, true])
        {
            TestHub.Value(_hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish()));
            await _hub.UntilAsync(machine.Id, record => record.Message?.Contains("Resources", StringComparison.Ordinal) == true);
            await _hub.EndAsync();
            await _hub.StartAsync();
            if (isAway) await cluster.StopControllerAsync();
            var stopping = _hub.StopAsync("leaves");
            if (isAway)
            {
                await _hub.UntilAsync(machine.Id, record => record is { State: MachineState.Stopping } && record.Message?.StartsWith("It is stopped as soon as", StringComparison.Ordinal) == true);
                cluster.StartController();
            }
            machine = await stopping;
            Assert.Equal((MachineState.Stopped, MachineReason.StoppedByUser), (machine.State, machine.Reason));
            Assert.DoesNotContain("PENDING", await QueueAsync(), StringComparison.Ordinal);
        }

        // 3. A hub that comes back goes on waiting, and its turn comes.
        TestHub.Value(_hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish()));
        await _hub.UntilAsync(machine.Id, record => record.Message?.Contains("Resources", StringComparison.Ordinal) == true);
        await _hub.EndAsync();
        await _hub.StartAsync();
        await cluster.SaysAsync("scancel", "--me", "--name=fill");

        machine = await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Running or MachineState.Failed);
        Assert.Equal((MachineState.Running, null, null, 4), (machine.State, machine.Reason, machine.Message, machine.Run));
        Assert.Single(_hub.Service<Holdfast.Hub.Costs.CostLedger>().Open());
    }

    [Fact]
    public async Task Hub_ThatIsAway_FindsTheMachineAndItsKernel()
    {
        var machine = await CreateAsync();
        string kernel;
        using (var lab = new MachineLab(_hub, machine))
        {
            await lab.SendAsync(HttpMethod.Put, "/api/contents/train.ipynb", Notebook);
            kernel = await lab.StartKernelAsync("");
            await lab.RunAsync(kernel, "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\nprint('went on')\n");
        }
        await _hub.EndAsync();
        File.WriteAllText(Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "go"), "");
        await _hub.StartAsync();

        var found = await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Running);

        Assert.Equal((machine.Node, machine.Run), (found.Node, found.Run));
        using var again = new MachineLab(_hub, found);
        Assert.Equal("idle", await UntilIdleAsync(again, kernel));
        await UntilAsync(async () => (await OutputsAsync(again)).ToJsonString().Contains("went on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_ThatDies_IsSaidAndTheNextStartIsElsewhere()
    {
        var machine = await CreateAsync();
        var node = machine.Node!;
        await _hub.SaysAsync(machine, "echo kept >~/kept");
        try
        {
            await cluster.KillNodeAsync(node);

            machine = await _hub.Fleet.WaitAsync(machine.Id, record => record.State == MachineState.Failed, TestHub.Cancellation).WaitAsync(TimeSpan.FromSeconds(150), TestHub.Cancellation);
            Assert.Equal((MachineReason.NodeLost, $"Its node {node} went away. Its volumes are there; mend: start it."), (machine.Reason, machine.Message));
            machine = await _hub.StartAsync("leaves");
        }
        finally
        {
            cluster.StartNode(node);
        }

        Assert.True(machine.State == MachineState.Running, $"{machine.Reason}: {machine.Message}");
        Assert.NotEqual(node, machine.Node);
        Assert.Equal("kept\n", await _hub.SaysAsync(machine, "cat ~/kept"));
    }

    [Fact]
    public async Task Allocation_ThatEnds_IsWarnedOfAndTheMachineStoppedBefore()
    {
        var machine = await CreateAsync();
        var end = machine.EndsAt!.Value;
        await _hub.Service<ActivityWatch>().LookAsync(TestHub.Cancellation);
        var activity = _hub.Service<ActivityWatch>().Of(_hub.Fleet.Find("leaves")!)!;
        Assert.Equal((MachineReason.TimeLimit, end - TimeSpan.FromMinutes(2)), (activity.StopsBecause, activity.StopsAt));

        // 1. Nobody can put it off.
        TestHub.Value(await _hub.Service<ActivityWatch>().ExtendAsync(TestHub.Ada, "leaves", TimeSpan.FromHours(5), TestHub.Cancellation));
        _clock.Now = end - TimeSpan.FromMinutes(5);
        await _hub.Service<ActivityWatch>().LookAsync(TestHub.Cancellation);
        var notice = _hub.Fleet.Find("leaves")!.Notice;
        Assert.Equal((MachineNotice.StopsSoon, end - TimeSpan.FromMinutes(2)), (notice?.Kind, notice?.At));
        Assert.Contains($"on {machine.Node} ends", notice!.Text, StringComparison.Ordinal);

        // 2. It is stopped in time, and can be started again.
        _clock.Now = end - TimeSpan.FromMinutes(1);
        await _hub.Service<ActivityWatch>().LookAsync(TestHub.Cancellation);
        machine = await _hub.UntilAsync(machine.Id, record => record.State == MachineState.Stopped);
        Assert.Equal(MachineReason.TimeLimit, machine.Reason);
        Assert.Contains("its allocation ended; mend: start it.", machine.Message, StringComparison.Ordinal);
        Assert.Null(machine.EndsAt);
    }

    [Fact]
    public void Image_OnANode_IsRefusedWithItsMend()
    {
        var refused = _hub.Fleet.Create(TestHub.Ada, new MachineSpec { Name = "leaves", Engine = "slurm", Image = "debian:12" });
        Assert.Equal("Machines on slurm are the nodes' own system; mend: leave out the image, or use the engine podman.", refused.Fault?.Message);
        Assert.Contains("one trust domain", _hub.Fleet.Create(TestHub.Bob, new MachineSpec { Name = "leaves", Engine = "slurm" }).Fault?.Message, StringComparison.Ordinal);
    }

    private Task<MachineRecord> CreateAsync() => _hub.CreateAsync("leaves", spec => spec with { Engine = "slurm" });

    private async Task FillAsync()
    {
        foreach (var node in (string[])[SlurmCluster.First, SlurmCluster.Second])
            await cluster.SaysAsync("sbatch", "--job-name=fill", $"--nodelist={node}", "--cpus-per-task=4", "--output=/dev/null", "--wrap=sleep 1000");
        await UntilAsync(async () => (await QueueAsync()).Split("RUNNING").Length == 3);
    }

    private Task<string> QueueAsync() => cluster.SaysAsync("squeue", "--noheader", "--me", "--format=%T");

    private static async Task<JsonNode> OutputsAsync(MachineLab lab) => (await lab.SendAsync(HttpMethod.Get, "/api/contents/train.ipynb?content=1"))!["content"]!["cells"]![0]!["outputs"]!;

    private static async Task<string> UntilIdleAsync(MachineLab lab, string kernel)
    {
        var state = "";
        await UntilAsync(async () => (state = (string)(await lab.SendAsync(HttpMethod.Get, $"/api/kernels/{kernel}"))!["execution_state"]!) == "idle");
        return state;
    }

    private string Output(MachineRecord machine) => Reads(_hub.Folders.OutputOf(machine.Id));

    private static string Reads(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition()) await Task.Delay(50, limit.Token);
    }
}
