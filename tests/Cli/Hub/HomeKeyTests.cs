using System.Globalization;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>Keys that are brought once: into a home, tried at a real sshd; and credentials for git.</summary>
public sealed class HomeKeyTests
{
    [Fact]
    public async Task Key_MadeOrBrought_IsInTheMachineAsSshWantsItAndSaysWhereItOpens()
    {
        // The other side is the gateway: a real sshd that says who it takes you for.
        var port = FreePort.Next();
        await using var ssh = await SshPlace.StartAsync($"ssh: {{port: {port}}}\n");
        var none = await ssh.Place.RunAsync("key", "home");
        var made = await ssh.Place.RunAsync("key", "new");
        var twice = await ssh.Place.RunAsync("key", "new");
        var own = await ssh.MakeKeyAsync("own");
        var brought = await ssh.Place.RunAsync("key", "bring", own, "--name", "deploy");
        var wrong = await ssh.Place.RunAsync("key", "bring", $"{own}.pub", "--name", "other");
        var path = await ssh.Place.RunAsync("key", "new", "../id");
        var list = await ssh.Place.RunAsync("key", "home");
        await SshGatewayTests.UntilItListensAsync(port);
        var place = string.Create(CultureInfo.InvariantCulture, $"{Environment.UserName}@127.0.0.1:{port}");

        var refused = await ssh.Place.RunAsync("key", "test", place);
        await ssh.Place.RunAsync("key", "add", ssh.Place.Write("deploy.pub", brought.Out));
        var letIn = await ssh.Place.RunAsync("key", "test", place);
        var nonsense = await ssh.Place.RunAsync("key", "test", "-oProxyCommand=id");

        Assert.StartsWith("No key in your home.", none.Out, StringComparison.Ordinal);
        Assert.Matches("^ssh-ed25519 \\S+ admin@holdfast\n$", made.Out);
        Assert.Equal(1, twice.ExitCode);
        Assert.StartsWith("holdfast: ~/.ssh/id_ed25519 was not written:", twice.Errors, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText($"{own}.pub").Split(' ')[1], brought.Out.Split(' ')[1]);
        Assert.StartsWith("1: holdfast: That is no private key that OpenSSH can read", $"{wrong}", StringComparison.Ordinal);
        Assert.StartsWith("1: holdfast: '../id' is no name for a key", $"{path}", StringComparison.Ordinal);
        Assert.Matches("^FILE +PUBLIC KEY\ndeploy +ssh-ed25519 .*\nid_ed25519 +ssh-ed25519 .*\n$", list.Out);
        Assert.Equal("700 .ssh\n600 .ssh/deploy\n644 .ssh/deploy.pub\n600 .ssh/id_ed25519\n644 .ssh/id_ed25519.pub\n", (await ssh.Place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", "cd; stat -c '%a %n' .ssh .ssh/deploy* .ssh/id*")).Out);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Permission denied (publickey)", refused.Out, StringComparison.Ordinal);
        Assert.Contains("does not let leaves in", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, letIn.ExitCode);
        Assert.Contains("Your machines that run: leaves", letIn.Out, StringComparison.Ordinal);
        Assert.NotEqual(0, nonsense.ExitCode);
    }

    [Fact]
    public async Task GitCredentials_OfASecret_AreWhatGitFinds()
    {
        await using var ssh = await SshPlace.StartAsync();
        await ssh.Place.RunWithInputAsync("https://ada:very-secret@git.example.org\nhttps://bob:other@elsewhere.example.org\n"u8.ToArray(), "secret", "set", "GIT_CREDENTIALS");
        Assert.Equal(0, (await ssh.Place.RunAsync("machine", "create", "pears", "--start", "--secret", "GIT_CREDENTIALS", "--env", "GIT_CONFIG_COUNT=1", "--env", "GIT_CONFIG_KEY_0=user.name", "--env", "GIT_CONFIG_VALUE_0=Ada")).ExitCode);

        var filled = await FillAsync("git.example.org");
        var other = await FillAsync("nowhere.example.org");

        Assert.Equal("protocol=https\nhost=git.example.org\nusername=ada\npassword=very-secret\nAda\n", filled.Out);
        Assert.Equal("Ada\n", other.Out);

        Task<Ran> FillAsync(string host) => ssh.Place.RunAsync("machine", "exec", "pears", "--", "sh", "-c", $"printf 'protocol=https\\nhost={host}\\n\\n' | GIT_TERMINAL_PROMPT=0 git credential fill; git config user.name");
    }
}
