using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>The ssh gateway: what a computer with nothing but OpenSSH reaches by one port.</summary>
public sealed class SshGatewayTests
{
    /// <summary>Within which what a removed key has opened must have ended; it takes some hundredths of it.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gateway_WithARegisteredKey_LeadsToThatPersonsMachinesAlone()
    {
        var port = FreePort.Next();
        await using var ssh = await SshPlace.StartAsync($"ssh: {{port: {port}}}\n");
        var mine = await ConfigureAsync(ssh, "mine", port);
        var added = await ssh.Place.RunAsync("key", "add", $"{mine}.pub", "-q");
        var theirs = await ConfigureAsync(ssh, "theirs", port);
        var token = await ssh.InviteAsync("bob");
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", token);
        await ssh.Place.RunAsync("key", "add", $"{theirs}.pub");
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", null);
        await UntilItListensAsync(port);

        // What a person does once: the line that knows all machines.
        Assert.Matches("^@cert-authority \\*\\.holdfast ssh-ed25519 \\S+\n$", (await ssh.BashAsync("ssh -F mine.conf hub known-hosts 2>/dev/null | tee known_machines")).Out);
        Assert.StartsWith("Your machines that run: leaves\n", (await ssh.BashAsync("ssh -T -F mine.conf hub")).Out, StringComparison.Ordinal);
        // Through it to the machine's own sshd: all that ssh can.
        Assert.Equal(new(3, "/home/admin leaves\n", ""), await ssh.BashAsync("ssh -F mine.conf leaves.holdfast 'echo $PWD $HOLDFAST_MACHINE_NAME; exit 3'"));
        Assert.Equal("0\n", (await ssh.BashAsync("head -c 5000000 /dev/urandom >big; scp -q -F mine.conf big leaves.holdfast:big && printf 'get big back\\n' | sftp -q -F mine.conf leaves.holdfast >/dev/null; cmp big back; echo $?")).Out);
        Assert.StartsWith("SSH-2.0-OpenSSH", (await ssh.BashAsync("exec 3<>/dev/tcp/127.0.0.1/$1; read -r line <&3; echo $line", $"{port}")).Out, StringComparison.Ordinal);
        // By a command alone, also on a terminal.
        Assert.Equal(new(4, "given\n/home/admin leaves\n", ""), await ssh.BashAsync("echo given | ssh -F mine.conf hub leaves 'cat; echo $PWD $HOLDFAST_MACHINE_NAME; exit 4'"));
        Assert.Equal("1\n", (await ssh.BashAsync("script -qec \"stty rows 31 cols 101; ssh -F mine.conf -tt hub leaves stty size\" /dev/null </dev/null 2>&1 | tr -d '\\r\\0' | grep -c '31 101$'")).Out);
        // The gateway itself gives nothing away: no forward, no file, no shell, no password.
        Assert.Contains("forwarding failed", (await ssh.BashAsync($"ssh -F mine.conf -W localhost:{port} hub </dev/null")).Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, (await ssh.BashAsync("scp -q -F mine.conf hub:/etc/passwd stolen || sftp -q -F mine.conf hub </dev/null")).ExitCode);
        Assert.Equal((255, "holdfast: There is no machine 'sh'.\n"), await FaultAsync(ssh, "ssh -F mine.conf hub sh -c id"));
        Assert.Contains("Permission denied (publickey).", (await ssh.BashAsync("ssh -F mine.conf -o PubkeyAuthentication=no hub")).Errors, StringComparison.Ordinal);
        // Somebody else's key: another list, and no way to this machine, by either way.
        Assert.StartsWith("No machine of yours runs.", (await ssh.BashAsync("ssh -T -F theirs.conf hub")).Out, StringComparison.Ordinal);
        Assert.Equal((255, "holdfast: There is no machine 'leaves'.\n"), await FaultAsync(ssh, "ssh -F theirs.conf hub leaves id"));
        Assert.Contains("There is no machine 'leaves'", (await ssh.BashAsync("ssh -F theirs.conf leaves.holdfast id")).Errors, StringComparison.Ordinal);
        // And the key that opens the gateway is the one that opens the machine: no other in between.
        Assert.Contains("Permission denied (publickey)", (await ssh.BashAsync("sed '/^Host \\*/,$s/mine$/theirs/' mine.conf >mixed.conf; ssh -F mixed.conf leaves.holdfast id")).Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await ssh.Place.RunAsync("key", "rm", added.Out.Trim())).ExitCode);
    }

    [Fact]
    public async Task Key_Removed_EndsWhatIsOpenByItAndOpensNothing()
    {
        var port = FreePort.Next();
        await using var ssh = await SshPlace.StartAsync($"ssh: {{port: {port}}}\n");
        var mine = await ConfigureAsync(ssh, "mine", port);
        await ssh.Place.RunAsync("key", "add", $"{mine}.pub", "--name", "laptop");
        var other = await ConfigureAsync(ssh, "other", port);
        await ssh.Place.RunAsync("key", "add", $"{other}.pub");
        await UntilItListensAsync(port);
        await ssh.BashAsync("ssh -F mine.conf hub known-hosts 2>/dev/null | tee known_machines");
        var (through, one) = await ssh.StartAsync("ssh", "-F", ssh.Place.PathOf("mine.conf"), "leaves.holdfast", "echo in; exec sleep 1000");
        var (entered, two) = await ssh.StartAsync("ssh", "-F", ssh.Place.PathOf("mine.conf"), "hub", "leaves", "echo in; exec sleep 1000");
        var (stays, three) = await ssh.StartAsync("ssh", "-F", ssh.Place.PathOf("other.conf"), "hub", "leaves", "echo in; exec cat");
        using var processes = new Several(through, entered, stays);

        var removed = await ssh.Place.RunAsync("key", "rm", "laptop");
        await Task.WhenAll(through.WaitForExitAsync(Cancellation), entered.WaitForExitAsync(Cancellation)).WaitAsync(Soon, Cancellation);
        var after = await ssh.BashAsync("ssh -F mine.conf hub leaves id");
        await stays.StandardInput.WriteLineAsync("still");
        stays.StandardInput.Close();

        Assert.Equal(("in", "in", "in"), (one, two, three));
        Assert.Equal("laptop is removed.\n", removed.Out);
        Assert.Contains("ended by the hub", await entered.StandardError.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
        Assert.Contains("Permission denied (publickey).", after.Errors, StringComparison.Ordinal);
        // Another key of the same person goes on.
        Assert.Equal("still\n", await stays.StandardOutput.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Mosh_OfAnotherComputer_ComesInByTheKeyAlone()
    {
        var (port, (first, range)) = (FreePort.Next(), MoshTests.Range(4));
        await using var ssh = await MoshTests.StartAsync($"ssh: {{port: {port}}}\nmosh: {{ports: {range}}}\n");
        var mine = await ConfigureAsync(ssh, "mine", port);
        var added = await ssh.Place.RunAsync("key", "add", $"{mine}.pub", "-q");
        var theirs = await ConfigureAsync(ssh, "theirs", port);
        var token = await ssh.InviteAsync("bob");
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", token);
        await ssh.Place.RunAsync("key", "add", $"{theirs}.pub");
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", null);
        await UntilItListensAsync(port);

        // As the documentation has it, with mosh's own program.
        await using (var terminal = new TypedTerminal(ssh.Place, "mosh --ssh='ssh -F mine.conf' --server='leaves mosh-server' hub"))
        {
            await terminal.UntilAsync("# ");
            await terminal.TypeAsync("echo in-$HOLDFAST_MACHINE_NAME-$((40 + 2)) $PWD");
            await terminal.UntilAsync("in-leaves-42 /home/admin");
            Assert.Single(MoshTests.Bound(first, 4));
            await terminal.TypeAsync("exit");
            await terminal.UntilAsync("mosh is exiting");
            await MoshTests.UntilFreeAsync(first, 4);
        }
        // Clients that ask first where their ssh has come to, in two ways.
        await using (var terminal = new TypedTerminal(ssh.Place, "mosh --experimental-remote-ip=remote --ssh='ssh -F mine.conf' --server='leaves mosh-server' hub -- echo from-there"))
        {
            await terminal.UntilAsync("from-there");
            await terminal.UntilAsync("mosh is exiting");
            await MoshTests.UntilFreeAsync(first, 4);
        }
        const string Asks = """ssh -F mine.conf hub "sh -c '[ -n \"\$SSH_CONNECTION\" ] && printf \"\nMOSH SSH_CONNECTION %s\n\" \"\$SSH_CONNECTION\"; exec env LANG=C.UTF-8 LC_ALL=C.UTF-8 mosh-server new'" """;
        Assert.Matches($@"^\r\nMOSH SSH_CONNECTION 127\.0\.0\.1 \d+ 127\.0\.0\.1 {port}\r\nMOSH CONNECT {first} \S{{22}}\r\n$", (await ssh.BashAsync(Asks)).Out);
        await ssh.Place.RunAsync("machine", "exec", "leaves", "--", "pkill", "mosh-server");
        await MoshTests.UntilFreeAsync(first, 4);
        // A client that cannot name a machine, with a command; its key goes.
        await using var other = new TypedTerminal(ssh.Place, "mosh --ssh='ssh -F mine.conf' hub -- sh -c 'echo \"two  words\"; exec cat'");
        await other.UntilAsync("two +words");
        Assert.Single(MoshTests.Bound(first, 4));
        var stolen = await ssh.BashAsync("ssh -F theirs.conf hub leaves mosh-server new; ssh -F theirs.conf hub mosh-server new");
        Assert.Equal(0, (await ssh.Place.RunAsync("key", "rm", added.Out.Trim())).ExitCode);
        await MoshTests.UntilFreeAsync(first, 4);

        Assert.Equal("holdfast: There is no machine 'leaves'.\nholdfast: There is no machine 'mosh-server'.\n", stolen.Errors);
    }

    private static async Task<(int, string)> FaultAsync(SshPlace ssh, string script)
    {
        var ran = await ssh.BashAsync(script);
        return (ran.ExitCode, ran.Errors);
    }

    /// <summary>Makes a key, and a configuration as the documentation has it, without this program.</summary>
    private static async Task<string> ConfigureAsync(SshPlace ssh, string name, int port)
    {
        var key = await ssh.MakeKeyAsync(name);
        var gateway = $"ssh -F {name}.conf hub connect %n";
        ssh.Place.Write($"{name}.conf", $"""
            Host hub
              HostName 127.0.0.1
              Port {port}
              User {Environment.UserName}
              StrictHostKeyChecking accept-new
              LogLevel ERROR
              UserKnownHostsFile {ssh.Place.PathOf("known_hub")}
              IdentitiesOnly yes
              IdentityFile {key}
            Host *.holdfast
              User {Environment.UserName}
              ProxyCommand {gateway}
              StrictHostKeyChecking yes
              UserKnownHostsFile {ssh.Place.PathOf("known_machines")}
              IdentitiesOnly yes
              IdentityFile {key}

            """);
        return key;
    }

    internal static async Task UntilItListensAsync(int port)
    {
        for (var left = 600; ; left--)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
                return;
            }
            catch (SocketException) when (left > 0)
            {
                await Task.Delay(50, Cancellation);
            }
        }
    }

    private sealed class Several(params Process[] all) : IDisposable
    {
        public void Dispose()
        {
            foreach (var process in all)
            {
                if (!process.HasExited) process.Kill();
                process.Dispose();
            }
        }
    }
}
