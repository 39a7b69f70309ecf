using System.Diagnostics;
using System.Globalization;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Slurm;
using Holdfast.Hub.Desktop;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.Ssh;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>The ways into a machine on a node of a real Slurm: ssh with real OpenSSH, and a desktop with a real X server.</summary>
[Collection(SlurmTests.Name)]
public sealed class SlurmReachTests(SlurmCluster cluster) : IAsyncLifetime
{
    private readonly SshClient _ssh = new();
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        if (cluster.Unusable is { } reason) Assert.Skip(reason);
        foreach (var program in (string[])["/usr/sbin/sshd", "/usr/bin/Xvnc", "/usr/bin/jwm", "/usr/bin/xdotool"])
        {
            if (!File.Exists(program)) Assert.Skip($"There is no {program}: ./test installs it.");
        }
        _hub = new TestHub(options => options with { Engines = new Dictionary<string, IEngine> { ["slurm"] = new SlurmEngine(options.Folders.SlurmEngine, new SlurmSettings { Conf = cluster.Conf }, TimeProvider.System) }, Settings = new HubSettings { Mosh = SshClient.Mosh } });
        await _hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        await cluster.SaysAsync("scancel", "--me", "--full", "--signal=KILL");
        await cluster.SaysAsync("scancel", "--me");
        _ssh.Dispose();
    }

    [Fact]
    public async Task Ssh_OntoANode_IsItsOwnSshd()
    {
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Engine = "slurm" });
        Assert.True(machine.State == MachineState.Running, $"{machine.Reason}: {machine.Message}");
        await _ssh.SetUpAsync(_hub);

        Assert.Equal((5, $"given\n{_hub.Folders.HomeOf("ada")} leaves {machine.Node}\n", ""), await _ssh.RunAsync("echo given | ssh -F conf leaves.holdfast 'cat; echo $PWD $HOLDFAST_MACHINE_NAME $SLURMD_NODENAME; exit 5'"));
        Assert.Equal("1\n", (await _ssh.RunAsync("script -qec \"stty rows 31 cols 101; ssh -F conf -tt leaves.holdfast stty size\" /dev/null </dev/null 2>&1 | tr -d '\\r\\0' | grep -c '31 101$'")).Out);
        Assert.Equal("0\n", (await _ssh.RunAsync("head -c 5000000 /dev/urandom >big; scp -q -F conf big leaves.holdfast: && printf 'get big back\\n' | sftp -q -F conf leaves.holdfast >/dev/null; cmp big back; echo $?")).Out);
        Assert.Equal((0, "pushed\n", ""), await _ssh.RunAsync("""
            ssh -F conf leaves.holdfast git init -q --bare r.git; git init -q r; cd r; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m pushed
            GIT_SSH_COMMAND='ssh -F ../conf' git push -q leaves.holdfast:r.git HEAD:main; ssh -F ../conf leaves.holdfast git -C r.git log --format=%s main
            """));
        // What a session leaves running goes on, as with any ssh, and ends with the machine.
        var left = (await _ssh.RunAsync("ssh -F conf leaves.holdfast 'setsid sleep 1000 >/dev/null 2>&1 & echo $!'")).Out.Trim();
        Assert.Equal("sleep\n", await _hub.SaysAsync(machine, $"cat /proc/{left}/comm"));
        await _hub.SaysAsync(machine, "cd $HOLDFAST_NOTEBOOKS; echo board >index.html");
        Assert.Equal("board\n", (await _ssh.RunAsync("""
            ssh -F conf leaves.holdfast 'cd $HOLDFAST_NOTEBOOKS; exec python3 -u -m http.server 0 --bind 127.0.0.1' 2>/dev/null >said & server=$!
            until port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' said) && [ -n "$port" ]; do sleep 0.05; done
            printf 'GET / HTTP/1.0\r\n\r\n' | ssh -F conf -W localhost:$port leaves.holdfast | tail -n 1; kill $server
            """)).Out);
        await _ssh.MoshAsync(_hub, machine);
        await _hub.StopAsync("leaves");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (Directory.Exists($"/proc/{left}")) await Task.Delay(50, limit.Token);
    }

    [Fact]
    public async Task Desktop_OnANode_GoesOnWhateverGoes()
    {
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Engine = "slurm" });
        var desktops = _hub.Service<MachineDesktops>();
        Assert.False((await desktops.StateAsync(machine, TestHub.Cancellation)).IsRunning);
        Assert.Equal(new DesktopState(true, 800, 600), TestHub.Value(await desktops.StartAsync(TestHub.Ada, machine, "800x600", TestHub.Cancellation)));
        await _hub.SaysAsync(machine, ". $HOLDFAST_MACHINE/desktop/environment; xdotool mousemove 123 45");

        // 1. The step that has asked for it is over; a hub goes, and its lab, and another one of each comes.
        await _hub.EndAsync();
        await _hub.StartAsync();
        machine = await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Running);
        desktops = _hub.Service<MachineDesktops>();
        var mark = $"HOLDFAST_MACHINE={_hub.Folders.SharedMeetingOf(machine.Id)}";
        var lab = Assert.Single(Processes(), id => Reads(id, "cmdline").EndsWith("holdfast\0inside\0lab\0", StringComparison.Ordinal) && Reads(id, "environ").Split('\0').Contains(mark));
        using (var process = Process.GetProcessById(lab)) process.Kill();
        var state = default(DesktopState);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHub.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!(state = await desktops.StateAsync(machine, limit.Token)).IsRunning) await Task.Delay(100, limit.Token);

        Assert.Equal(new DesktopState(true, 800, 600), state);
        Assert.Contains("x:123 y:45 ", await _hub.SaysAsync(machine, ". $HOLDFAST_MACHINE/desktop/environment; xdotool getmouselocation"), StringComparison.Ordinal);
        Assert.NotEmpty((await desktops.PictureAsync(machine, TestHub.Cancellation))!);

        // 2. Its end, and that of the machine.
        Assert.False(TestHub.Value(await desktops.StopAsync(TestHub.Ada, machine, TestHub.Cancellation)).IsRunning);
        TestHub.Value(await desktops.StartAsync(TestHub.Ada, machine, null, TestHub.Cancellation));
        var pid = int.Parse(await _hub.SaysAsync(machine, "cat $HOLDFAST_MACHINE/desktop/pid"), CultureInfo.InvariantCulture);
        await _hub.StopAsync("leaves");
        while (Directory.Exists($"/proc/{pid}")) await Task.Delay(50, limit.Token);
    }

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static string Reads(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
