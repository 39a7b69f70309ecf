using System.Text;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>Logins, secrets, backups, the service, completion: a real hub without machines.</summary>
public sealed class HubAccessTests
{
    [Fact]
    public async Task Login_WithAToken_IsRememberedUntilLogout()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var token = (await place.RunAsync("token", "create", "laptop", "--read", "-o", "json")).Json.GetProperty("token").GetString()!;
        var address = (await place.RunAsync("whoami")).Out.Trim().Split(' ')[^1];

        var wrong = await place.RunWithInputAsync("hf_wrong\n"u8.ToArray(), "login", address);
        var login = await place.RunWithInputAsync(Encoding.UTF8.GetBytes(token + "\n"), "login", address);
        var who = await place.RunAsync("whoami");
        var refused = await place.RunAsync("machine", "create", "x");
        var tokens = await place.RunAsync("token", "ls");
        var nobody = await place.RunAsync("people", "rm", "bob");
        var named = await place.RunAsync("whoami", "--data", Path.Combine(place.State, "hub"));
        var elsewhere = await place.RunAsync("whoami", "--data", place.PathOf("nowhere"));
        var logout = await place.RunAsync("logout");

        Assert.Equal((1, "holdfast: This token is not known, was revoked, or has ended; mend: make another one on the account page.\n"), (wrong.ExitCode, wrong.Errors));
        Assert.Equal(new Ran(0, $"Logged in to {address} as admin.\n", ""), login with { Out = login.Out.Replace(Environment.UserName, "admin", StringComparison.Ordinal) });
        Assert.EndsWith($", administrator, looking only, at {address}\n", who.Out, StringComparison.Ordinal);
        Assert.Equal((1, "holdfast: This token only reads; mend: use one with the scope all.\n"), (refused.ExitCode, refused.Errors));
        Assert.Equal("Logged out.\n", logout.Out);
        Assert.Matches(@"^TOKEN .* ENDS\n.* never\n$", tokens.Out);
        Assert.Equal(new Ran(1, "", "holdfast: there is nobody called 'bob'. 'holdfast people ls' lists people.\n"), nobody);
        Assert.EndsWith($", administrator, at {address}\n", named.Out, StringComparison.Ordinal);
        Assert.StartsWith($"holdfast: no hub runs on {place.PathOf("nowhere")}.", elsewhere.Errors, StringComparison.Ordinal);
        Assert.EndsWith($", administrator, at {address}\n", (await place.RunAsync("whoami")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_OfAHubThatRuns_ComesBackElsewhere()
    {
        await using var place = new Place();
        var file = place.PathOf("hub.tar");
        await using (var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine"))
        {
            Assert.Equal(0, (await place.RunWithInputAsync("s3cret"u8.ToArray(), "secret", "set", "HF_TOKEN")).ExitCode);
            place.Write("state/hub/storage/data", "team");
            var backup = await place.RunAsync("hub", "backup", file, "--volumes");
            Assert.True(backup.ExitCode == 0, backup.Errors);
            var over = await place.RunAsync("hub", "restore", file);
            Assert.Equal((1, true), (over.ExitCode, over.Errors.Contains("is not empty", StringComparison.Ordinal)));
        }
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Directory.Move(place.PathOf("state/hub"), place.PathOf("before"));

        Assert.Equal(0, (await place.RunAsync("hub", "restore", file)).ExitCode);

        await using var again = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        Assert.Equal("HF_TOKEN\n", (await place.RunAsync("secret", "ls", "-q")).Out);
        Assert.Equal("team", await File.ReadAllTextAsync(place.PathOf("state/hub/storage/data"), TestContext.Current.CancellationToken));
        place.Write("broken.tar", "no tar");
        Assert.Equal(new Ran(1, "", $"holdfast: {place.PathOf("broken.tar")} is no backup of a hub, or one of a newer Holdfast.\n"), await place.RunAsync("hub", "restore", place.PathOf("broken.tar"), "--data", place.PathOf("new")));
        Assert.Equal(new Ran(1, "", $"holdfast: there is no {place.PathOf("nope.tar")}.\n"), await place.RunAsync("hub", "restore", place.PathOf("nope.tar")));
        Assert.False(Directory.Exists(place.PathOf("new")));
    }

    [Fact]
    public async Task ServiceUnit_Printed_IsRightAndItsCommandRunsTheHub()
    {
        await using var place = new Place();
        var unit = (await place.RunAsync("service", "install", "--print", "--", "--port", "0", "--no-first-machine")).Out;

        Assert.Contains("\nKillMode=process\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nRestart=always\n", unit, StringComparison.Ordinal);
        var command = unit.Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        Assert.Equal($"{Published.Path} hub --data {place.State}/hub --port 0 --no-first-machine", command);
        // With the environment of a service, which is nearly none.
        var ran = await place.BashAsync($"env -i {unit.Split('\n').Single(line => line.StartsWith("Environment=", StringComparison.Ordinal))["Environment=".Length..]} {command} >said 2>&1 & hub=$!; until grep -q 'Ctrl-C ends the hub' said || ! kill -0 $hub; do sleep 0.05; done; kill -TERM $hub; wait $hub; cat said");
        Assert.Contains("Ctrl-C ends the hub", ran.Out, StringComparison.Ordinal);
        Assert.Contains("The hub has ended", ran.Out, StringComparison.Ordinal);
        if (!File.Exists("/usr/bin/systemd-analyze")) Assert.Skip("systemd-analyze is not here: the unit's words were not verified.");
        var verified = await place.BashAsync("systemd-analyze verify --man=no \"$1\"", place.Write("holdfast-hub.service", unit));
        Assert.DoesNotContain("holdfast-hub.service", verified.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_OfBash_KnowsVerbsAndMachines()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves");

        async Task<string[]> CompleteAsync(string line) => (await place.BashAsync(
            "eval \"$(\"$0\" completion bash)\"; COMP_LINE=$1 COMP_POINT=${#1}; read -ra COMP_WORDS <<< \"$1\"; [[ $1 != *' ' ]] || COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_WORDS[0]=$0; compopt() { :; }; _holdfast; printf '%s\\n' \"${COMPREPLY[@]}\"", line)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["leaves"], await CompleteAsync("holdfast machine start le"));
        Assert.Contains("restart", await CompleteAsync("holdfast machine re"));
        Assert.Contains("--safe", await CompleteAsync("holdfast machine start --"));
        Assert.Equal(2, (await place.RunAsync("completion", "tcsh")).ExitCode);
    }

    [Theory]
    [InlineData("hub", "Usage: holdfast hub [OPTIONS]")]
    [InlineData("hub backup", "Usage: holdfast hub backup FILE [OPTIONS]")]
    [InlineData("machine", "Usage: holdfast machine VERB")]
    [InlineData("machine keep", "Usage: holdfast machine keep NAME PATH... [OPTIONS]")]
    [InlineData("machine exec", "Usage: holdfast machine exec NAME [-- COMMAND] [OPTIONS]")]
    [InlineData("storage", "Usage: holdfast storage VERB")]
    [InlineData("hook run", "Usage: holdfast hook run HOOK [OPTIONS]")]
    [InlineData("service install", "Usage: holdfast service install [-- OPTIONS] [OPTIONS]")]
    [InlineData("completion", "Usage: holdfast completion SHELL [OPTIONS]")]
    [InlineData("cost", "Usage: holdfast cost [OPTIONS]")]
    [InlineData("events", "Usage: holdfast events [OPTIONS]")]
    [InlineData("people", "Usage: holdfast people VERB")]
    [InlineData("people budget", "Usage: holdfast people budget NAME AMOUNT [OPTIONS]")]
    [InlineData("people end-session", "Usage: holdfast people end-session NAME [SESSION] [OPTIONS]")]
    [InlineData("people log", "Usage: holdfast people log [OPTIONS]")]
    public async Task Help_OfAVerb_FitsTheScreen(string verb, string usage)
    {
        await using var place = new Place();

        var help = await place.RunAsync([.. verb.Split(' '), "--help"]);

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        Assert.Contains(usage, help.Out.Split('\n'));
        Assert.All(help.Out.Split('\n'), line => Assert.True(line.Length <= 100 && line == line.TrimEnd(), line));
    }
}
