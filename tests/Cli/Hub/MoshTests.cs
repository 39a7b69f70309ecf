using System.Globalization;
using System.Net.NetworkInformation;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast mosh</c>: mosh on both sides, a real hub, a machine on the host engine.</summary>
public sealed class MoshTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shell_OverMosh_OutlivesTheHubAndItsPortEndsWithIt()
    {
        var (first, range) = Range(4);
        await using var ssh = await StartAsync($"mosh: {{ports: {range}}}\n");
        Assert.Contains($"In a firewall: {range}/udp.", ssh.HubSaid, StringComparison.Ordinal);
        Assert.Empty(Bound(first, 4));
        await using var terminal = new TypedTerminal(ssh.Place, "$0 mosh leaves");

        await terminal.UntilAsync("# ");
        await terminal.TypeAsync("echo in-$HOLDFAST_MACHINE_NAME-$((40 + 2)) $PWD");
        await terminal.UntilAsync("in-leaves-42 /home/admin");
        var port = Assert.Single(Bound(first, 4));

        // What encrypts it is nowhere but in client and server.
        var key = (await ssh.BashAsync("tr '\\0' '\\n' </proc/$(pgrep -xf \"mosh-client 127.0.0.1 $1\")/environ | sed -n 's/^MOSH_KEY=//p'", $"{port}")).Out.Trim();
        Assert.Equal(22, key.Length);
        Assert.Equal("", (await ssh.BashAsync("ps -eo args | grep -F \"$1\" | grep -v 'grep -F'; grep -rFl \"$1\" \"$HOLDFAST_STATE\"", key)).Out);
        Assert.DoesNotContain(key, ssh.HubSaid, StringComparison.Ordinal);
        Assert.Contains("machine.mosh", (await ssh.Place.RunAsync("people", "log")).Out, StringComparison.Ordinal);

        // Another hub in the place of this one: what was begun goes on.
        await terminal.TypeAsync("value=kept");
        await ssh.RestartAsync();
        Assert.Equal(port, Assert.Single(Bound(first, 4)));
        await terminal.TypeAsync("echo still-$value-$((40 + 3))");
        await terminal.UntilAsync("still-kept-43");

        await terminal.TypeAsync("exit");
        await terminal.UntilAsync("mosh is exiting");
        await UntilFreeAsync(first, 4);
    }

    [Fact]
    public async Task Port_OfASession_IsClosedWithItsKeyItsTokenAndItsMachine()
    {
        var (first, range) = Range(4);
        await using var ssh = await StartAsync($"mosh: {{ports: {range}}}\n");
        // A command in the place of a shell, with arguments that are one's own.
        await using var one = new TypedTerminal(ssh.Place, "$0 mosh leaves -- sh -c 'echo \"one  $HOLDFAST_MACHINE_NAME\"; exec cat'");
        await one.UntilAsync("one +leaves");
        Assert.Single(Bound(first, 4));
        Assert.Equal(0, (await ssh.Place.RunAsync("key", "rm", (await ssh.Place.RunAsync("key", "ls", "-q")).Out.Trim())).ExitCode);
        await UntilFreeAsync(first, 4);

        Assert.Equal(0, (await ssh.Place.RunAsync("ssh", "config", "-q")).ExitCode);
        var token = (await ssh.Place.RunAsync("token", "create", "laptop", "-o", "json")).Json;
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", token.GetProperty("token").GetString());
        await using var two = new TypedTerminal(ssh.Place, "$0 mosh leaves cat");
        await UntilBoundAsync(first, 4);
        ssh.Place.Set("HOLDFAST_HUB_TOKEN", null);
        Assert.Equal(0, (await ssh.Place.RunAsync("token", "revoke", token.GetProperty("id").GetString()!)).ExitCode);
        await UntilFreeAsync(first, 4);

        await using var three = new TypedTerminal(ssh.Place, "$0 mosh leaves cat");
        await UntilBoundAsync(first, 4);
        Assert.Equal(0, (await ssh.Place.RunAsync("machine", "stop", "leaves", "--yes")).ExitCode);
        await UntilFreeAsync(first, 4);
    }

    [Fact]
    public async Task Mosh_ThatCannotBe_IsSaidWithTheMend()
    {
        var (first, range) = Range(1);
        await using var ssh = await StartAsync($"mosh: {{ports: {range}}}\n");
        await using var held = new TypedTerminal(ssh.Place, "$0 mosh leaves cat");
        await UntilBoundAsync(first, 1);

        var full = await ssh.Place.RunAsync("mosh", "leaves");
        await ssh.Place.RunAsync("machine", "exec", "leaves", "--", "rm", "/usr/bin/mosh-server");
        var bare = await ssh.Place.RunAsync("mosh", "leaves");
        var nobody = await ssh.BashAsync("mkdir bin; ln -s $(command -v ssh) bin; PATH=$PWD/bin \"$0\" mosh leaves");
        var unknown = await ssh.Place.RunAsync("mosh", "trees");

        Assert.Equal(new Ran(1, "", $"holdfast: All UDP ports that this hub has for mosh ({range}) are in use; mend: end a session, or a wider range in its hub.yaml (mosh.ports), and in the firewall.\n"), full);
        Assert.Equal(new Ran(1, "", "holdfast: leaves has no mosh-server; mend: apt-get install mosh there, or mosh in its image.\n"), bare);
        Assert.Equal(new Ran(1, "", "holdfast: needs mosh on this computer (Debian: mosh).\n"), nobody);
        Assert.Contains("There is no machine 'trees'", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_WithoutPortsForIt_SaysSo()
    {
        await using var ssh = await StartAsync("");

        Assert.Equal(new Ran(1, "", "holdfast: This hub has no UDP ports for mosh; mend: 'mosh: {ports: 61001-61010, ip: 0.0.0.0}' in its hub.yaml (docs/reach.md), and start it anew; or ssh.\n"), await ssh.Place.RunAsync("mosh", "leaves"));
    }

    internal static Task<SshPlace> StartAsync(string yaml, params string[] arguments)
    {
        if (!File.Exists("/usr/bin/mosh")) Assert.Skip("mosh is not there: ./test installs it.");
        return SshPlace.StartAsync(arguments, yaml);
    }

    /// <summary>So many UDP ports in a row that nobody has.</summary>
    internal static (int First, string Range) Range(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(20_000, 32_000);
            if (Bound(first, count).Count == 0) return (first, string.Create(CultureInfo.InvariantCulture, $"{first}-{first + count - 1}"));
        }
    }

    /// <summary>Which of them something listens on.</summary>
    internal static List<int> Bound(int first, int count) => [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Select(each => each.Port).Where(port => port >= first && port < first + count).Distinct()];

    internal static Task UntilBoundAsync(int first, int count) => UntilAsync(() => Bound(first, count).Count == 1);

    internal static Task UntilFreeAsync(int first, int count) => UntilAsync(() => Bound(first, count).Count == 0);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        while (!condition()) await Task.Delay(20, limit.Token);
    }
}
