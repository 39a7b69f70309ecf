using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.Machines;

namespace Holdfast.Hub.Tests.Ssh;

/// <summary>ssh into a machine from an image, on real Podman: without sshd in it, and with one.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanSshTests(PodmanService podman, DebianImage image) : IClassFixture<DebianImage>, IAsyncLifetime
{
    private readonly SshClient _ssh = new();
    private TestHub _hub = null!;
    private PodmanEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        if (image.Unusable is { } reason) Assert.Skip(reason);
        if (!File.Exists("/usr/sbin/sshd")) Assert.Skip("openssh-server is not there: ./test installs it.");
        _engine = new PodmanEngine(podman.Socket);
        _hub = new TestHub(options => options with { Settings = new HubSettings { Mosh = SshClient.Mosh } }, engines: new Dictionary<string, IEngine> { ["podman"] = _engine });
        await _hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _engine?.Dispose();
        _ssh.Dispose();
    }

    [Fact]
    public async Task Ssh_IntoAContainer_IsItsOwnSshdOrElseAnEntryThatSaysSo()
    {
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Image = DebianImage.Name });
        Assert.True(machine.State == MachineState.Running, $"{machine.State}: {machine.Reason}: {machine.Message}");
        await _ssh.SetUpAsync(_hub);

        // 1. At the door.
        Assert.Equal((5, "given\n/home/ada leaves\n", "leaves has no sshd: a shell and commands, but no forwards, and no scp or sftp unless it has sftp-server; mend: openssh-server in its image.\n"),
            await _ssh.RunAsync("echo given | ssh -F conf leaves.holdfast 'cat; echo $PWD $HOLDFAST_MACHINE_NAME; exit 5'"));
        Assert.Equal("1\n", (await _ssh.RunAsync("script -qec \"stty rows 31 cols 101; ssh -F conf -tt leaves.holdfast stty size\" /dev/null </dev/null 2>&1 | tr -d '\\r\\0' | grep -c '31 101$'")).Out);
        Assert.NotEqual(0, (await _ssh.RunAsync("echo a >a; scp -q -F conf a leaves.holdfast:")).Code);

        // 2. Inside.
        var installed = await _engine.ExecAsync(machine.Id, new ExecCommand(["sh", "-c", "{ apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends openssh-server mosh; } 2>&1"], default, 10_000), TestHub.Cancellation);
        if (installed.Value is not { ExitCode: 0 }) Assert.Skip($"Packages cannot be installed in a container here: {installed.Fault?.Message}{installed.Value?.Output}");
        Assert.Equal((3, "/home/ada leaves\n", ""), await _ssh.RunAsync("ssh -F conf leaves.holdfast 'echo $PWD $HOLDFAST_MACHINE_NAME; exit 3'"));
        Assert.Equal("0\n", (await _ssh.RunAsync("head -c 5000000 /dev/urandom >big; scp -q -F conf big leaves.holdfast:big && printf 'get big back\\n' | sftp -q -F conf leaves.holdfast >/dev/null; cmp big back; echo $?")).Out);
        await _hub.SaysAsync(machine, "cd /notebooks; echo board >index.html; setsid python3 -u -m http.server 8123 --bind 127.0.0.1 >said 2>&1 </dev/null & until grep -q port /notebooks/said; do sleep 0.02; done");
        // The container's own loopback.
        Assert.Equal("board\n", (await _ssh.RunAsync("printf 'GET / HTTP/1.0\\r\\n\\r\\n' | ssh -F conf -W localhost:8123 leaves.holdfast | tail -n 1")).Out);
        await _ssh.MoshAsync(_hub, machine);
    }
}
