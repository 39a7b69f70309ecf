using System.Diagnostics;
using System.Text.RegularExpressions;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>All ways into a machine from another computer, to which nothing is open but the ports that docs/reach.md names.</summary>
public sealed class LaptopTests
{
    /// <summary>Within which what a removed key has opened must have ended; it takes some hundredths of it.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Laptop_WithTheHubsPortsAlone_HasAllWaysIn()
    {
        // 1. A hub that others reach by a name which its own computer does not know, and the laptop.
        var (first, range) = MoshTests.Range(4);
        await using var ssh = await MoshTests.StartAsync($"mosh: {{ports: {range}, ip: 0.0.0.0}}\n", "--ip", "0.0.0.0", "--domain", "hub.test");
        var port = int.Parse(Regex.Match(ssh.HubSaid, @"^  http://hub\.test:(\d+)/$", RegexOptions.Multiline).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        await using var laptop = await Laptop.StartAsync("hub.test leaves.hub.test", [port], range);
        await using var place = new Place();
        place.Set("HOME", Directory.CreateDirectory(place.PathOf("home")).FullName);
        var (other, closed) = Laptop.Other();
        using (other) Assert.Equal((true, false), (await laptop.ReachesAsync(port), await laptop.ReachesAsync(closed)));
        var token = (await ssh.Place.RunAsync("token", "create", "laptop", "-o", "json")).Json.GetProperty("token").GetString()!;
        Assert.StartsWith($"Logged in to http://hub.test:{port}/ as admin.", (await RunAsync("echo \"$1\" | $0 login http://hub.test:$2/", token, $"{port}")).Out, StringComparison.Ordinal);

        // 2. ssh, a file, a push, a forward.
        Assert.Equal(0, (await RunAsync("$0 ssh config -q")).ExitCode);
        Assert.Equal(new Ran(3, "leaves\n", ""), await RunAsync("ssh $S leaves.holdfast 'echo $HOLDFAST_MACHINE_NAME; exit 3'"));
        Assert.Equal("same\n", (await RunAsync("head -c 64000000 /dev/urandom >big; scp -q $S big leaves.holdfast:big; [ \"$(sha256sum <big)\" = \"$(ssh $S leaves.holdfast 'sha256sum <big')\" ] && echo same")).Out);
        Assert.Matches("^[0-9a-f]+ first\n$", (await RunAsync("""
            ssh $S leaves.holdfast git init -q --bare -b main repository.git && git init -q -b main work && cd work && git config user.email ada@example.org && git config user.name ada
            echo a >a && git add a && git commit -qm first && GIT_SSH_COMMAND="ssh $S" git push -q leaves.holdfast:repository.git main && ssh $S leaves.holdfast git -C repository.git log --oneline
            """)).Out);
        await RunAsync("ssh $S leaves.holdfast 'cd /notebooks; echo board >index.html; setsid python3 -u -m http.server 0 --bind 127.0.0.1 >said 2>&1 </dev/null & until grep -q port /notebooks/said; do sleep 0.02; done'");
        var inside = (await RunAsync("$0 port leaves -o json")).Json[0].GetProperty("port").GetInt32();
        using var forward = place.Start("/bin/bash", "-c", laptop.Run("\"$0\" port leaves \"$1:0\""), Published.Path, $"{inside}");
        var local = (await forward.StandardOutput.ReadLineAsync(Cancellation))!.Split(':', ' ')[1];
        Assert.Equal("board\n", (await RunAsync("curl -s http://localhost:$1/", local)).Out);
        forward.Kill(entireProcessTree: true);

        // 3. A link, which is dead when it is ended.
        var link = (await RunAsync("$0 port leaves $1 --share 1h -o json", $"{inside}")).Json;
        const string Open = "curl -s -o page -w '%{http_code} ' -L -c cookies -b cookies --resolve \"$1--leaves.hub.test:$2:$3\" \"$4\"; cat page";
        string[] asked = [$"{inside}", $"{port}", laptop.Host, link.GetProperty("url").GetString()!];
        Assert.Equal("200 board\n", (await RunAsync(Open, asked)).Out);
        Assert.Equal(0, (await ssh.Place.RunAsync("port", "leaves", "--unshare", link.GetProperty("id").GetString()!)).ExitCode);
        Assert.DoesNotContain("board", (await RunAsync(Open, asked)).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("board", (await RunAsync(Open, [.. asked[..3], $"http://{inside}--leaves.hub.test:{port}/"])).Out, StringComparison.Ordinal);

        // 4. mosh: the cable is pulled, something is printed, the cable is put in again.
        await using var terminal = new TypedTerminal(place, laptop.Run("$0 mosh leaves"));
        await terminal.UntilAsync("# ");
        await terminal.TypeAsync("echo in-$((40 + 2)); until [ -e ~/go ]; do sleep 0.05; done; echo meanwhile-$((40 + 3)); rm ~/go");
        await terminal.UntilAsync("in-42");
        await laptop.PlugAsync(isIn: false);
        Assert.False(await laptop.ReachesAsync(port));
        await ssh.Place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", "touch /home/admin/go; while [ -e /home/admin/go ]; do sleep 0.05; done");
        Assert.DoesNotContain("meanwhile-43", terminal.Shown, StringComparison.Ordinal);
        await laptop.PlugAsync(isIn: true);
        await terminal.UntilAsync("meanwhile-43");
        await terminal.TypeAsync("echo typed-$((40 + 4))");
        await terminal.UntilAsync("typed-44");

        // 5. Its key is removed: what is open ends, and nothing opens any more.
        using var session = place.Start("/bin/bash", "-c", laptop.Run($"ssh -F '{place.PathOf("home/.ssh/config")}' leaves.holdfast 'echo in; exec sleep 1000'"));
        Assert.Equal("in", await session.StandardOutput.ReadLineAsync(Cancellation));
        Assert.Single(MoshTests.Bound(first, 4));
        var took = Stopwatch.StartNew();
        Assert.Equal(0, (await ssh.Place.RunAsync("key", "rm", (await ssh.Place.RunAsync("key", "ls", "-q")).Out.Trim())).ExitCode);
        await session.WaitForExitAsync(Cancellation).WaitAsync(Soon, Cancellation);
        TestContext.Current.SendDiagnosticMessage($"A removed key has ended its session after {took.ElapsedMilliseconds} ms, with the start of the program that removes it.");
        await MoshTests.UntilFreeAsync(first, 4);
        Assert.Equal(255, (await RunAsync("ssh $S leaves.holdfast true")).ExitCode);

        Task<Ran> RunAsync(string script, params string[] arguments) => place.BashAsync($"exec {laptop.Run("bash -c \"$1\" \"$0\" \"${@:2}\"")}", [$"S='-F {place.PathOf("home/.ssh/config")} -o ConnectTimeout=30'; {script}", .. arguments]);
    }
}
