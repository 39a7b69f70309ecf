using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast ssh</c>: OpenSSH on both sides, a real hub, a machine on the host engine.</summary>
public sealed class SshTests
{
    /// <summary>Within which what a removed key has opened must have ended; it takes some hundredths of it.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Config_Written_HasEveryProgramOfSshReachTheMachine()
    {
        await using var ssh = await SshPlace.StartAsync();
        ssh.Place.Write("home/.ssh/config", "ServerAliveInterval 17\nHost other\n  User ada\n");

        var first = await ssh.Place.RunAsync("ssh", "config");
        var written = await File.ReadAllTextAsync(ssh.Config, Cancellation);
        var second = await ssh.Place.RunAsync("ssh", "config");

        Assert.Matches(@"^.*/home/\.ssh/config knows machines now\.\nThe key of this computer is .*/ssh/id_ed25519 \(holdfast on .*\); '.* key rm [0-9a-f]{8}' ends what it opens\.\nHost keys are known by the hub's word for them\. Try: ssh NAME\.holdfast\n$", first.Out);
        Assert.Contains("knew machines already.", second.Out, StringComparison.Ordinal);
        Assert.Equal(written, await File.ReadAllTextAsync(ssh.Config, Cancellation));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ssh.Config));
        // What was there is for the hosts that it was for.
        Assert.Equal("17 root 17 ada ", (await ssh.BashAsync("for host in leaves.holdfast other; do ssh $S -G $host | sed -nE 's/^(serveraliveinterval|user) //p' | sort -n -k 1 | tac | xargs printf '%s '; done")).Out);

        // A shell's command, with the machine's surroundings and its exit code; nothing is asked and nothing is said besides.
        Assert.Equal(new Ran(3, "/home/admin /home/admin leaves\n", ""), await ssh.BashAsync("ssh $S leaves.holdfast 'echo $HOME $PWD $HOLDFAST_MACHINE_NAME; exit 3'"));
        Assert.Equal("/home/admin\n", (await ssh.Place.RunAsync("ssh", "leaves", "pwd")).Out);
        // From an editor that was started without the variables of this shell.
        Assert.Equal("/home/admin\n", (await ssh.BashAsync("env -u HOLDFAST_STATE ssh $S leaves.holdfast pwd")).Out);
        // scp and sftp.
        Assert.Equal("0\n", (await ssh.BashAsync("head -c 20000000 /dev/urandom >big; scp -q $S big leaves.holdfast:big && printf 'get big back\\n' | sftp -q $S leaves.holdfast >/dev/null; cmp big back; echo $?")).Out);
        // rsync, and git to a bare repository.
        Assert.Equal("a\n", (await ssh.BashAsync("mkdir -p tree/b; echo a >tree/b/c; rsync -e \"ssh $S\" -a tree leaves.holdfast: && ssh $S leaves.holdfast cat tree/b/c")).Out);
        Assert.Matches("^[0-9a-f]+ first\n$", (await ssh.BashAsync("""
            ssh $S leaves.holdfast git init -q --bare -b main repository.git && git init -q -b main work && cd work && git config user.email ada@example.org && git config user.name ada
            echo a >a && git add a && git commit -qm first && GIT_SSH_COMMAND="ssh $S" git push -q leaves.holdfast:repository.git main && ssh $S leaves.holdfast git -C repository.git log --oneline
            """)).Out);
        // An agent that goes along, and a terminal of its own size.
        Assert.Matches("^256 SHA256:.* own \\(ED25519\\)\n$", (await ssh.BashAsync("ssh-keygen -q -t ed25519 -N '' -C own -f own; eval $(ssh-agent) >/dev/null; ssh-add -q own; ssh $S -A leaves.holdfast ssh-add -l; kill $SSH_AGENT_PID")).Out);
        Assert.Matches("^31 101\r?\n/dev/pts/\\d+\r?\n$", (await ssh.BashAsync("script -qec \"stty rows 31 cols 101; ssh $S -tt leaves.holdfast 'stty size; tty'\" /dev/null </dev/null 2>/dev/null | tr -d '\\0' | sed 's/^\\^@//' | grep -v closed")).Out);
    }

    [Fact]
    public async Task Forward_ToAServerInside_IsReachedUntilTheKeyIsRemoved()
    {
        await using var ssh = await SshPlace.StartAsync();
        Assert.Equal(0, (await ssh.Place.RunAsync("ssh", "config")).ExitCode);
        await ssh.Place.RunAsync("ssh", "leaves", "--", "cd /notebooks; echo board >index.html; setsid python3 -u -m http.server 0 --bind 127.0.0.1 >said 2>&1 </dev/null & until grep -q port /notebooks/said; do sleep 0.02; done");
        var port = (await ssh.Place.RunAsync("port", "leaves", "-o", "json")).Json[0].GetProperty("port").GetInt32();
        var (shell, said) = await ssh.StartAsync("ssh", "-F", ssh.Config, "leaves.holdfast", "echo in; exec sleep 1000");
        using var process = shell;

        // One that asks for a port takes any that is free (-L with 0 is no such thing): a proxy that speaks to the server through a connection of its own.
        var fetched = await ssh.BashAsync($"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | ssh $S -W localhost:{port} leaves.holdfast | tail -n 1");
        var busy = await BusyAsync(ssh);
        var key = (await ssh.Place.RunAsync("key", "ls", "-q")).Out.Trim();
        var removed = await ssh.Place.RunAsync("key", "rm", key);
        await shell.WaitForExitAsync(Cancellation).WaitAsync(Soon, Cancellation);
        var after = await ssh.BashAsync("ssh $S leaves.holdfast true");
        var again = await ssh.Place.RunAsync("ssh", "leaves", "true");

        Assert.Equal("in", said);
        Assert.Equal("board\n", fetched.Out);
        Assert.Contains("ssh of admin", busy, StringComparison.Ordinal);
        Assert.Equal((0, 255), (removed.ExitCode, shell.ExitCode));
        Assert.Matches("^255: holdfast: The key SHA256:.* is not one of yours here, or was removed; mend: 'holdfast ssh config' adds that of this computer\\.\n", $"{after}");
        // The program does not add what somebody has removed, unless it is told to.
        Assert.Equal(255, again.ExitCode);
        Assert.Equal(0, (await ssh.Place.RunAsync("ssh", "config", "-q")).ExitCode);
        Assert.Equal("", await BusyAsync(ssh));
        Assert.Equal(0, (await ssh.Place.RunAsync("ssh", "leaves", "true")).ExitCode);
    }

    [Fact]
    public async Task Key_OfSomebodyElse_OpensNothingOfMine()
    {
        await using var ssh = await SshPlace.StartAsync();
        Assert.Equal(0, (await ssh.Place.RunAsync("ssh", "config")).ExitCode);
        var (mine, theirs) = ((await ssh.Place.RunAsync("key", "ls", "-q")).Out.Trim(), await ssh.MakeKeyAsync("theirs"));
        var token = await ssh.InviteAsync("bob");
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", token);
        var added = await ssh.Place.RunAsync("key", "add", $"{theirs}.pub");
        var stolen = await ssh.Place.RunAsync("key", "rm", mine);
        var taken = await ssh.Place.RunAsync("key", "add", Path.Combine(ssh.Place.State, "ssh/id_ed25519.pub"));

        // With bob's login there is no such machine; with mine his key is not the one.
        var byToken = await ssh.BashAsync("ssh $S -i $1 leaves.holdfast true", theirs);
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", null);
        var byKey = await ssh.BashAsync("sed s/id_ed25519/none/ $1 >other; ssh -F other -i $2 leaves.holdfast true", ssh.Config, theirs);

        Assert.Matches("^0: theirs \\(SHA256:.*\\) opens your machines now\\.\n$", $"{added}");
        Assert.StartsWith($"1: holdfast: You have no key '{mine}'", $"{stolen}", StringComparison.Ordinal);
        Assert.StartsWith("1: holdfast: Somebody else of this hub has this key", $"{taken}", StringComparison.Ordinal);
        Assert.Contains("There is no machine 'leaves'", byToken.Errors, StringComparison.Ordinal);
        Assert.Contains("Permission denied (publickey)", byKey.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_WithoutSshd_IsEnteredByAShellAndSaysWhatIsNotThere()
    {
        await using var ssh = await SshPlace.StartAsync();
        Assert.Equal(0, (await ssh.Place.RunAsync("ssh", "config")).ExitCode);
        // In the machine's own layer alone.
        await ssh.Place.RunAsync("machine", "exec", "leaves", "--", "rm", "/usr/sbin/sshd");

        var ran = await ssh.BashAsync("echo given | ssh $S leaves.holdfast 'cat; echo $HOME $HOLDFAST_MACHINE_NAME; exit 5'");
        var terminal = await ssh.BashAsync("script -qec \"stty rows 31 cols 101; ssh $S -tt leaves.holdfast 'stty size'\" /dev/null </dev/null 2>&1 | tr -d '\\r\\0' | grep -c '31 101$'");
        var copied = await ssh.BashAsync("echo a >a; scp -q $S a leaves.holdfast: && ssh $S leaves.holdfast 'cat a; rm /usr/lib/openssh/sftp-server'; scp -q $S a leaves.holdfast:b");
        var forwarded = await ssh.BashAsync("ssh $S -W localhost:22 leaves.holdfast </dev/null");

        Assert.Equal(new Ran(5, "given\n/home/admin leaves\n", "leaves has no sshd: a shell and commands, but no forwards, and no scp or sftp unless it has sftp-server; mend: apt-get install openssh-server there.\n"), ran);
        Assert.Equal("1\n", terminal.Out);
        Assert.Equal((255, "a\n"), (copied.ExitCode, copied.Out));
        Assert.Contains("forwarding failed", forwarded.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists("/usr/sbin/sshd"));
    }

    [Fact]
    public async Task Machine_WhoseAccountIsLocked_IsEnteredByAKey()
    {
        await using var ssh = await SshPlace.StartAsync();
        Assert.Equal("", (await ssh.Place.RunAsync("machine", "exec", "leaves", "--", "passwd", "-q", "-l", "root")).Out);

        var ran = await ssh.Place.RunAsync("ssh", "leaves", "grep -c '^root:!' /etc/shadow");

        Assert.Equal(new Ran(0, "1\n", ""), ran);
    }

    /// <summary>What the hub sees at work in the machine.</summary>
    private static async Task<string> BusyAsync(SshPlace ssh)
    {
        // It has the hub look at once.
        await ssh.Place.RunAsync("machine", "extend", "leaves", "1m");
        var machine = (await ssh.Place.RunAsync("machine", "show", "leaves", "-o", "json")).Json;
        return string.Join(", ", machine.GetProperty("activity").GetProperty("busy").EnumerateArray().Where(busy => busy.GetProperty("kind").GetString() == "ssh").Select(busy => busy.GetProperty("name").GetString()));
    }
}
