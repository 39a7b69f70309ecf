using System.Diagnostics;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Mosh;
using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;
using Holdfast.Hub.Tests.Machines;

namespace Holdfast.Hub.Tests.Ssh;

/// <summary>ssh into a machine from an image, on real Podman: without sshd in it, and with one.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanSshTests(PodmanService podman, DebianImage image) : IClassFixture<DebianImage>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-ssh-").FullName;
    private readonly MoshRange _range = new(33_000 + Random.Shared.Next(1000), 34_100);
    private TestHub _hub = null!;
    private PodmanEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        if (image.Unusable is { } reason) Assert.Skip(reason);
        if (!File.Exists("/usr/sbin/sshd")) Assert.Skip("openssh-server is not there: ./test installs it.");
        _engine = new PodmanEngine(podman.Socket);
        _hub = new TestHub(options => options with { Settings = new HubSettings { Mosh = _range } }, engines: new Dictionary<string, IEngine> { ["podman"] = _engine });
        await _hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _engine?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Ssh_IntoAContainer_IsItsOwnSshdOrElseAnEntryThatSaysSo()
    {
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Image = DebianImage.Name });
        Assert.True(machine.State == MachineState.Running, $"{machine.State}: {machine.Reason}: {machine.Message}");
        await SetUpAsync();

        // 1. At the door.
        Assert.Equal((5, "given\n/home/ada leaves\n", "leaves has no sshd: a shell and commands, but no forwards, and no scp or sftp unless it has sftp-server; mend: openssh-server in its image.\n"),
            await RunAsync("echo given | ssh -F conf leaves.holdfast 'cat; echo $PWD $HOLDFAST_MACHINE_NAME; exit 5'"));
        Assert.Equal("1\n", (await RunAsync("script -qec \"stty rows 31 cols 101; ssh -F conf -tt leaves.holdfast stty size\" /dev/null </dev/null 2>&1 | tr -d '\\r\\0' | grep -c '31 101$'")).Out);
        Assert.NotEqual(0, (await RunAsync("echo a >a; scp -q -F conf a leaves.holdfast:")).Code);

        // 2. Inside.
        var installed = await _engine.ExecAsync(machine.Id, new ExecCommand(["sh", "-c", "{ apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends openssh-server mosh; } 2>&1"], default, 10_000), TestHub.Cancellation);
        Assert.True(installed.Value is { ExitCode: 0 }, $"{installed.Fault?.Message}{installed.Value?.Output}");
        Assert.Equal((3, "/home/ada leaves\n", ""), await RunAsync("ssh -F conf leaves.holdfast 'echo $PWD $HOLDFAST_MACHINE_NAME; exit 3'"));
        Assert.Equal("0\n", (await RunAsync("head -c 5000000 /dev/urandom >big; scp -q -F conf big leaves.holdfast:big && printf 'get big back\\n' | sftp -q -F conf leaves.holdfast >/dev/null; cmp big back; echo $?")).Out);
        await _hub.SaysAsync(machine, "cd /notebooks; echo board >index.html; setsid python3 -u -m http.server 8123 --bind 127.0.0.1 >said 2>&1 </dev/null & until grep -q port /notebooks/said; do sleep 0.02; done");
        // The container's own loopback.
        Assert.Equal("board\n", (await RunAsync("printf 'GET / HTTP/1.0\\r\\n\\r\\n' | ssh -F conf -W localhost:8123 leaves.holdfast | tail -n 1")).Out);
        await MoshAsync(machine);
    }

    /// <summary>Within the container's own network, of which nothing is published.</summary>
    private async Task MoshAsync(MachineRecord machine)
    {
        if (!File.Exists("/usr/bin/mosh-client")) Assert.Skip("mosh is not there: ./test installs it.");
        var environment = (await File.ReadAllTextAsync(Path.Combine(_folder, "conf"), TestHub.Cancellation)).Split("ProxyCommand env ")[1].Split(" ssh-proxy")[0];
        await File.WriteAllTextAsync(Path.Combine(_folder, "mosh.sh"), $"stty rows 24 cols 80; LC_ALL=C.UTF-8 TERM=xterm exec env {environment} mosh leaves -- sh -c 'echo over-$HOLDFAST_MACHINE_NAME-$((40 + 2)); exec sleep 2'\n", TestHub.Cancellation);
        var ran = await RunAsync("script -qefc 'sh mosh.sh' /dev/null </dev/null");
        Assert.Matches("(?s)over-leaves-42.*mosh is exiting", ran.Out);
        while (_hub.Service<SshSessions>().Of(machine.Id).Count > 0) await Task.Delay(20, TestHub.Cancellation);
    }

    /// <summary>A key of Ada's, and a configuration of ssh that leads to this hub.</summary>
    private async Task SetUpAsync()
    {
        Assert.Equal(0, (await RunAsync("ssh-keygen -q -t ed25519 -N '' -f key")).Code);
        TestHub.Value(_hub.Service<Persons>().Add(TestHub.Ada.Name, isAdmin: true, null));
        TestHub.Value(_hub.Service<SshKeys>().Add(TestHub.Ada, await File.ReadAllTextAsync(Path.Combine(_folder, "key.pub"), TestHub.Cancellation), null));
        var view = TestHub.Value(await _hub.Service<SshWays>().ViewAsync(TestHub.Cancellation));
        var token = TestHub.Value(_hub.Service<Tokens>().Create(TestHub.Ada, "test", Tokens.All, null)).Shown;
        await File.WriteAllTextAsync(Path.Combine(_folder, "known"), $"@cert-authority *{view.Suffix} {view.Authority}\n", TestHub.Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder, "conf"), $"""
            Host *.holdfast
              User root
              ProxyCommand env HOLDFAST_STATE={_folder}/state HOLDFAST_HUB_URL={_hub.Address} HOLDFAST_HUB_TOKEN={token} {TestHub.Program} ssh-proxy %n
              IdentitiesOnly yes
              IdentityFile {_folder}/key
              StrictHostKeyChecking yes
              UserKnownHostsFile {_folder}/known

            """, TestHub.Cancellation);
    }

    private async Task<(int Code, string Out, string Errors)> RunAsync(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(TestHub.Cancellation), process.StandardError.ReadToEndAsync(TestHub.Cancellation));
        await process.WaitForExitAsync(TestHub.Cancellation);
        return (process.ExitCode, await said, await errors);
    }
}
