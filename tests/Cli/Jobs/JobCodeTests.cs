using System.Text.Json;
using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>Which files go along with a job, and that the same files are the same code.</summary>
public sealed class JobCodeTests
{
    [Fact]
    public async Task Code_OfAGitWorkTree_IsWhatNeitherGitNorHoldfastIgnores()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        place.Write("p/.gitignore", "*.bin\n/data/\n");
        place.Write("p/.holdfastignore", "# large\nimages/**/*.png\n!images/keep/*.png\ndoc[s]/\n[z-a]\n");
        foreach (var file in (string[])["a.bin", "data/x", "src/data/x", "images/a.txt", "images/b/c/d.png", "images/keep/e.png", "docs/index.md", "holdfast-output/metrics.jsonl", "src/docs", "__pycache__/a.pyc", ".venv/x", "Bücher/ä b.txt"]) place.Write($"p/{file}", "x");
        place.Write("p/nb/train.py", "");
        await place.BashAsync("cd p && ln -s ../src/docs nb/link && chmod +x src/data/x");
        await place.CommitAsync("p");
        place.Write("p/new.txt", "not committed");
        File.Delete(place.PathOf("p/images/a.txt"));

        var ran = await place.BashAsync("cd p/nb && \"$0\" job submit train.py --dry-run --json");

        Assert.Equal([".gitignore", ".holdfastignore", "Bücher/ä b.txt", "images/keep/e.png", "nb/link", "nb/train.py", "new.txt", "src/data/x", "src/docs"], ran.Files());
        var plan = ran.Json.GetProperty("plan");
        Assert.Equal(["sh", "-c", "cd \"$0\" && exec \"$@\"", "nb", "python3", "train.py"], plan.GetProperty("arguments").EnumerateArray().Select(word => word.GetString()));
        var env = plan.GetProperty("spec").GetProperty("env");
        Assert.Equal((40, "true"), (env.GetProperty("HOLDFAST_GIT_COMMIT").GetString()!.Length, env.GetProperty("HOLDFAST_GIT_DIRTY").GetString()));
    }

    [Fact]
    public async Task Code_OfAFolderWithoutGit_LeavesOutWhatNoJobNeeds()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        foreach (var file in (string[])["train.py", "lib/util.py", "lib/__pycache__/util.pyc", ".ipynb_checkpoints/a.ipynb", "env3/pyvenv.cfg", "env3/lib/x.py", "node_modules/x/y.js", "venv/mine", "sub/a.tmp", "sub/b"]) place.Write($"p/{file}", "x");
        place.Write("p/sub/.gitignore", "*.tmp\n");
        place.Write("p/.holdfastignore", "!venv/\n");
        // Nobody writes into it: whoever opens it waits.
        await place.BashAsync("mkfifo p/pipe");

        var ran = await place.BashAsync("cd p && \"$0\" job submit train.py --dry-run --json");
        var other = await place.BashAsync("\"$0\" job submit --code p/lib --dry-run --json -- ls");
        var none = await place.BashAsync("cd p && \"$0\" job submit --no-code --dry-run --json -- ls");

        Assert.Equal([".holdfastignore", "lib/util.py", "pipe", "sub/.gitignore", "sub/b", "train.py", "venv/mine"], ran.Files());
        Assert.False(ran.Json.GetProperty("plan").GetProperty("spec").GetProperty("env").TryGetProperty("HOLDFAST_GIT_COMMIT", out _));
        Assert.Equal(["util.py"], other.Files());
        Assert.Equal((0, JsonValueKind.Null), (none.Files().Length, none.Json.GetProperty("code").ValueKind));
    }

    [Fact]
    public async Task Code_OfTheSameFiles_HasTheSameHashAndIsSentOnce()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        foreach (var copy in (string[])["p", "q"])
        {
            place.Write($"{copy}/train.py", "print('trained')\n");
            place.Write($"{copy}/{string.Concat(Enumerable.Repeat("a-long-folder/", 20))}x", "y");
        }
        await place.BashAsync("chmod 600 q/train.py; touch -d '2 days ago' q/train.py");

        var first = await place.BashAsync("cd p && \"$0\" job submit train.py --dry-run --json");
        var submitted = await place.BashAsync("cd p && \"$0\" job submit train.py --follow");
        var second = await place.BashAsync("cd q && \"$0\" job submit train.py --dry-run --json");
        place.Write("q/train.py", "print('other')\n");
        var third = await place.BashAsync("cd q && \"$0\" job submit train.py --dry-run");

        Assert.Equal(("trained\n", 0), (submitted.Out, submitted.ExitCode));
        Assert.Equal((false, true), (first.Json.GetProperty("is_sent").GetBoolean(), second.Json.GetProperty("is_sent").GetBoolean()));
        Assert.Equal(first.Json.GetProperty("code").GetString(), second.Json.GetProperty("code").GetString());
        Assert.Matches(@"(?s)^train would be submitted so. Nothing was sent, nothing runs.\n  code         2 files, 16 B, of \S+/q\n +sha256:\w{64}\n +\d+ B to send\n.*         15 B  train.py\n  command      python3 train.py\n", third.Out);
    }

    [Fact]
    public async Task Code_ThatCannotGoAlong_IsRefusedWithTheMend()
    {
        await using var place = new Place();
        place.Write("p/train.py", "");
        await place.BashAsync("ln -s /storage/data p/data; mkdir q; cp p/train.py q; truncate -s 300M q/model.bin; truncate -s 201M q/data.bin; mkdir r; cp p/train.py r; mkdir r/in; ln -s ../../q r/in/out");

        var absolute = await place.RunAsync("job", "submit", "p/train.py", "--hub", JobProject.Nowhere);
        var outside = await place.RunAsync("job", "submit", "r/train.py", "--code", "r", "--hub", JobProject.Nowhere);
        var large = await place.RunAsync("job", "submit", "--code", "q", "--hub", JobProject.Nowhere, "--", "ls");
        var missing = await place.RunAsync("job", "submit", "--code", "s", "--hub", JobProject.Nowhere, "--", "ls");

        Assert.Equal(new Ran(1, "", "holdfast: data is a link to /storage/data, which is not a part of the code; mend: a line 'data' in .holdfastignore, and its data on /storage.\n"),
            await place.RunAsync("job", "submit", "--code", "p", "--hub", JobProject.Nowhere, "--", "ls"));
        Assert.Contains("p/data is a link to /storage/data", absolute.Errors, StringComparison.Ordinal);
        Assert.StartsWith("holdfast: in/out is a link to ../../q, which is not a part of the code;", outside.Errors, StringComparison.Ordinal);
        Assert.StartsWith("holdfast: the code has 525.3 MB, more than 500.0 MB. The largest of 3 files:\n   314.6 MB  model.bin\n   210.8 MB  data.bin\n", large.Errors, StringComparison.Ordinal);
        Assert.Equal(new Ran(1, "", "holdfast: there is no folder s.\n"), missing);
    }
}
