using System.Text.RegularExpressions;
using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

/// <summary>What the README tells people to type is typed here.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Published.Repository, "README.md"));

    [Fact]
    public async Task Commands_OfEveryShellBlock_Work()
    {
        await using var place = new Place();
        await BuildAsync(place);
        var root = await LinkRepositoryAsync(place);
        var commands = ShellBlocks().Matches(Readme).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var ran = new HashSet<string>();
        var toTheHub = new List<string>();
        foreach (var command in commands)
        {
            var words = command.Split(' ');
            ran.Add(words[0]);
            switch (words)
            {
                case ["./run"]:
                    await StartAndEndAsync(place, root, "./run --no-browser --port 0");
                    Assert.True(File.Exists(Path.Combine(root, "workspace/02-training-run.ipynb")));
                    break;
                case ["./run", "hub"]:
                    var hub = await place.BashAsync($"(cd '{root}' && exec ./run hub --port 0 --no-first-machine) & hub=$!; until [ -e \"$HOLDFAST_STATE/hub/hub.json\" ] || ! kill -0 $hub; do sleep 0.05; done; kill -TERM $hub; wait $hub");
                    Assert.True(hub.Out.Contains("The hub has ended", StringComparison.Ordinal), hub.Out + hub.Errors);
                    break;
                case ["out/holdfast", "lab", .., "workspace"]:
                    await StartAndEndAsync(place, root, PortOption().Replace(command, "--port 0"));
                    break;
                case ["sudo", "ln", "-s", ..]:
                    var bin = Directory.CreateDirectory(place.PathOf("bin")).FullName;
                    var link = command["sudo ".Length..].Replace("/usr/local/bin/", $"'{bin}'", StringComparison.Ordinal);
                    var doctor = await place.BashAsync($"cd '{root}' && {link} && cd / && PATH='{bin}':$PATH holdfast doctor");
                    Assert.Contains($" in {Path.Combine(Published.Repository, "out/lab")}\n", doctor.Out, StringComparison.Ordinal);
                    break;
                case ["holdfast", ..]:
                    toTheHub.Add(command);
                    break;
                case ["./test"]:
                    // It runs these very tests.
                    Assert.True(File.GetUnixFileMode(Path.Combine(root, "test")).HasFlag(UnixFileMode.UserExecute));
                    break;
                default:
                    Assert.Fail($"README.md has a command that no test runs: {command}");
                    break;
            }
        }

        Assert.Equal(["./run", "./test", "holdfast", "out/holdfast", "sudo"], ran.Order(StringComparer.Ordinal));
        // Machines of the host engine have their own roots as root only.
        if (!Environment.IsPrivilegedProcess) return;
        await using var running = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        foreach (var command in toTheHub)
        {
            var done = await place.BashAsync($"cd '{root}' && PATH='{place.PathOf("bin")}':$PATH && {command}");
            Assert.True(done.ExitCode == 0, $"{command}: {done.Out}{done.Errors}");
        }
        Assert.True(File.Exists(Path.Combine(root, "results/model/autoencoder.npz")));
    }

    [Fact]
    public async Task Verbs_OfTheTable_AllHaveHelp()
    {
        await using var place = new Place();
        var verbs = TableVerbs().Matches(Readme).Select(match => match.Groups[1].Value.Trim()).Distinct().ToList();

        Assert.NotEmpty(verbs);
        foreach (var verb in verbs)
        {
            var help = await place.RunAsync([.. verb.Split(' '), "--help"]);
            Assert.Equal(0, help.ExitCode);
            Assert.Contains($"Usage: holdfast {verb} ", help.Out, StringComparison.Ordinal);
        }
    }

    private static async Task BuildAsync(Place place)
    {
        var built = await place.BashAsync("exec \"$1/run\" --build-only", Published.Repository);
        Assert.True(built.ExitCode == 0, built.Errors);
    }

    /// <summary>A folder of links to the repository: what ./run makes is made there, and nothing is built again, for the links are old.</summary>
    private static async Task<string> LinkRepositoryAsync(Place place)
    {
        var root = Directory.CreateDirectory(place.PathOf("repository")).FullName;
        foreach (var entry in Directory.EnumerateFileSystemEntries(Published.Repository).Where(entry => Path.GetFileName(entry) is not (".git" or "workspace")))
        {
            File.CreateSymbolicLink(Path.Combine(root, Path.GetFileName(entry)), entry);
        }

        Assert.Equal(0, (await place.BashAsync("touch -h -d @0 \"$1\"/*", root)).ExitCode);
        return root;
    }

    private static async Task StartAndEndAsync(Place place, string root, string command)
    {
        await using var lab = await RunningLab.StartAsync(place.Start("/bin/bash", "-c", $"cd '{root}' && exec {command}"));
        using var client = new HttpClient();
        var page = await client.GetStringAsync(lab.Link, TestContext.Current.CancellationToken);

        Assert.Contains("JupyterLab", page, StringComparison.Ordinal);
        Assert.Equal(0, await lab.EndAsync());
        Assert.EndsWith("The lab has ended; no kernel is left running.\n", lab.Said, StringComparison.Ordinal);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlocks();

    [GeneratedRegex(@"--port \d+")]
    private static partial Regex PortOption();

    [GeneratedRegex("`holdfast ((?:[a-z-]+ ?)+)")]
    private static partial Regex TableVerbs();
}
