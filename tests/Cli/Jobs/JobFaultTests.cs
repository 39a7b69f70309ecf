using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;
using Holdfast.Engines.Tests.Podman;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>What goes wrong with a job is said with its reason, its message and its exit code, and what was not seen before it was queued is, too.</summary>
[Collection(PodmanTests.Name)]
public sealed class JobFaultTests(PodmanService podman)
{
    private static readonly string NoDigest = new('0', 64);

    [Fact]
    public async Task Fault_OfEachKind_HasItsReasonItsMessageAndItsExitCode()
    {
        if (podman.Unusable is { } reason) Assert.Skip(reason);
        await using var place = new Place();
        place.Set("CONTAINER_HOST", $"unix://{podman.Socket}");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        place.Write("misspelt.yaml", "command: [true]\nmax_druation: 2h\n");
        place.Write("once.yaml", "command: [sh, -c, exit 75]\nretry: {max_attempts: 1}\n");
        place.Write("state/hub/storage/taken", "a file");

        // Refused at once: nothing is queued.
        await RefusedAsync("holdfast: misspelt.yaml line 2: there is no max_druation. Did you mean 'max_duration'?\n", "-f", "misspelt.yaml");
        await RefusedAsync("holdfast: It asks for 4000 processors, ", "--cpu", "4000", "--", "true");
        await RefusedAsync("holdfast: admin has no secret HF_TOKEN; mend: holdfast secret set HF_TOKEN.\n", "--secret", "HF_TOKEN", "--", "true");
        await RefusedAsync("holdfast: resources.type: There is no type 'huge'; there are standard.\n", "--type", "huge", "--", "true");
        Assert.Equal("", (await place.RunAsync("job", "ls", "-q")).Out);

        // Found out at its turn.
        await EndsAsync(125, "image_missing", "The image localhost/none:1 is not here", "--image", "localhost/none:1", "--", "true");
        await EndsAsync(125, "image_missing", $"The image localhost/holdfast-test:1 that is here is {podman.Image}, and sha256:{NoDigest} was asked for; mend: ", "--image", $"localhost/holdfast-test:1@sha256:{NoDigest}", "--", "true");
        await EndsAsync(125, "setup_failed", "The output folder /storage/taken/x cannot be made: taken is there, and is no folder; mend: another output.", "-o", "/storage/taken/x", "--", "true");
        await EndsAsync(137, "out_of_memory", "", "--image", podman.Image, "--memory", "64MB", "--", "python3", "-c", "bytearray(400_000_000)");
        await EndsAsync(75, "container_exited_with_error", "", "-f", "once.yaml");

        async Task RefusedAsync(string fault, params string[] arguments)
        {
            var ran = await place.RunAsync(["job", "submit", "--no-code", .. arguments]);
            Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
            Assert.StartsWith(fault, ran.Errors, StringComparison.Ordinal);
        }

        async Task EndsAsync(int code, string why, string message, params string[] arguments)
        {
            var ran = await place.RunAsync(["job", "submit", "--no-code", "--name", "ends", "--wait", .. arguments]);
            var shown = (await place.RunAsync("job", "show", "ends", "-o", "json")).Json.GetProperty("job");
            Assert.Equal((code, why), (ran.ExitCode, shown.GetProperty("reason").GetString()));
            Assert.Equal(code, shown.GetProperty("exit_code").GetInt32());
            Assert.Contains(message, shown.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains(message, ran.Errors, StringComparison.Ordinal);
            Assert.Contains(why.Replace('_', ' '), ran.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Imports_ThatAreMissing_RefuseTheJobUnlessNobodyIsToLook()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs of the host engine have their own roots as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        place.Write("p/train.ipynb", JobProject.Notebook("a = 1", "import sys, types\nsys.modules['no_such_package'] = types.ModuleType('made')", "print(a)\nimport no_such_package"));
        place.Write("p/train.py", "import json\n\nimport no_such_package\n");
        place.Write("p/job.yaml", "notebook: train.ipynb\nsmoke: none\n");

        var notebook = await place.RunAsync("job", "submit", "p/train.ipynb");
        var script = await place.RunAsync("job", "submit", "p/train.py");
        var dry = await place.RunAsync("job", "submit", "p/train.ipynb", "--dry-run");
        var unseen = await place.RunAsync("job", "submit", "p/train.ipynb", "--no-smoke", "--follow");
        var told = await place.RunAsync("job", "submit", "-f", "p/job.yaml", "--follow");

        Assert.All([notebook, script], ran => Assert.Equal((1, ""), (ran.ExitCode, ran.Out)));
        Assert.Equal("""
            holdfast: The hub's own system has not all that train imports:
              train.ipynb cell 3 line 2: import no_such_package: ModuleNotFoundError: No module named 'no_such_package'
            Mend: --machine NAME takes the environment of a machine; or without this look (--no-smoke), when the job itself brings it.

            """, notebook.Errors);
        Assert.Contains("train.py line 3: import no_such_package: ModuleNotFoundError: No module named 'no_such_package'\n", script.Errors, StringComparison.Ordinal);
        Assert.Equal(0, dry.ExitCode);
        Assert.Equal((0, "1\n"), (unseen.ExitCode, unseen.Out));
        Assert.Equal((0, "1\n"), (told.ExitCode, told.Out));
    }
}
