using System.Diagnostics;
using System.Text.Json.Nodes;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

/// <summary><c>holdfast nb run</c> against the real ipykernel.</summary>
public sealed class NbRunTests
{
    private const string Parameters = "epochs = 3  # how many\nrate: float = 0.1";

    private static string Notebook(params (string Source, string? Tag)[] cells) => new JsonObject
    {
        ["cells"] = new JsonArray([.. cells.Select((cell, number) => (JsonNode)new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = 7,
            ["id"] = $"c{number}",
            ["metadata"] = cell.Tag is null ? new JsonObject() : new JsonObject { ["tags"] = new JsonArray(cell.Tag) },
            ["outputs"] = new JsonArray(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = "of another run\n" }),
            ["source"] = cell.Source,
        })]),
        ["metadata"] = new JsonObject(),
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    }.ToJsonString();

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(path))!;

    private static string Source(JsonNode cell) => Joined(cell["source"]);

    private static string Printed(JsonNode cell) => string.Concat(cell["outputs"]!.AsArray().Select(output => Joined(output!["text"])));

    private static string Joined(JsonNode? text) => text is JsonArray lines ? string.Concat(lines.Select(line => (string)line!)) : (string?)text ?? "";

    private static string Status(JsonNode cell) => (string)cell["metadata"]!["papermill"]!["status"]!;

    [Fact]
    public async Task Run_WithParameters_WritesWhatPapermillWould()
    {
        await using var place = new Place();
        var input = place.Write("in.ipynb", Notebook((Parameters, "parameters"), ("print(epochs, rate, name, layers)", null), ("1/0", "raises-exception"), ("print('no')", "skip-execution"), ("epochs", null)));
        var values = place.Write("values.yaml", "layers: [64, {a: ~}]\nname: from file\n");
        var before = File.ReadAllBytes(input);

        var ran = await place.RunAsync("nb", "run", input, "-o", place.PathOf("out/new.ipynb"), "-p", "epochs", "-5", "-p", "rate=1e-3", "-r", "name", "007", "-f", values);

        Assert.Equal((0, ""), (ran.ExitCode, ran.Out));
        Assert.Equal(before, File.ReadAllBytes(input));
        Assert.StartsWith($"Warning: {input} has no parameter layers, name; it has epochs, rate. They are set all the same.\n[1/5]", ran.Errors, StringComparison.Ordinal);
        var written = Read(place.PathOf("out/new.ipynb"));
        var cells = written["cells"]!.AsArray();
        Assert.Equal("# Parameters\nlayers = [64, {\"a\": None}]\nname = \"007\"\nepochs = -5\nrate = 0.001\n", Source(cells[1]!));
        Assert.Equal("injected-parameters", (string)cells[1]!["metadata"]!["tags"]![0]!);
        Assert.Equal("-5 0.001 007 [64, {'a': None}]\n", Printed(cells[2]!));
        Assert.Equal(["", "", "", "ZeroDivisionError", "", ""], cells.Select(cell => (string?)cell!["outputs"]!.AsArray().FirstOrDefault()?["ename"] ?? ""));
        Assert.Equal([1, 2, 3, 4, null, 5], cells.Select(cell => (int?)cell!["execution_count"]));
        Assert.All(cells, cell => Assert.Equal("completed", Status(cell!)));
        var about = written["metadata"]!["papermill"]!;
        Assert.Equal("""{"epochs":-5,"layers":[64,{"a":null}],"name":"007","rate":0.001}""", about["parameters"]!.ToJsonString());
        Assert.Equal((input, null), ((string)about["input_path"]!, about["exception"]));
        Assert.True((double)about["duration"]! > 0);
        Assert.Equal("[]", (await place.RunAsync("ls", "-o", "json")).Json.GetProperty("kernels").ToString());
    }

    [Fact]
    public async Task Run_OfARunsOutput_ReplacesItsParametersAndItsMarks()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook((Parameters, "parameters"), ("assert epochs == 4, 'bad'", null), ("print('end')", null)));

        var failed = await place.RunAsync("nb", "run", "a.ipynb", "-p", "epochs", "5");

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("holdfast: a.ipynb failed in cell 3 of 4: AssertionError: bad\n", failed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', failed.Errors);
        var cells = Read(place.PathOf("a.run.ipynb"))["cells"]!.AsArray();
        Assert.Equal(["markdown", "code", "code", "markdown", "code", "code"], cells.Select(cell => (string)cell!["cell_type"]!));
        Assert.Contains("'<a href=\"#papermill-error-cell\">In [3]</a>'", Source(cells[0]!), StringComparison.Ordinal);
        Assert.Equal(["completed", "completed", "failed", "pending"], new[] { 1, 2, 4, 5 }.Select(cell => Status(cells[cell]!)));

        var again = await place.RunAsync("nb", "run", "a.run.ipynb", "-o", "a.run.ipynb", "-p", "epochs=4");

        Assert.Equal(0, again.ExitCode);
        var mended = Read(place.PathOf("a.run.ipynb"))["cells"]!.AsArray();
        Assert.Equal(4, mended.Count);
        Assert.Equal("# Parameters\nepochs = 4\n", Source(mended[1]!));
        Assert.Equal("end\n", Printed(mended[3]!));
        // What the second run has replaced is in the history.
        var versions = await place.RunAsync("history", "a.run.ipynb", "-o", "json");
        Assert.True(versions.Json.GetArrayLength() >= 2, versions.Out);
    }

    [Fact]
    public async Task Run_WhoseKernelDies_SaysItAndKeepsWhatWasPrinted()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(("print('before')", null), ("import os, time\nprint('dying', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.05)\nos.kill(os.getpid(), 9)", null), ("print('never')", null)));

        var running = place.RunAsync("nb", "run", "a.ipynb");
        await ComesTrueAsync(() => running.IsCompleted || (File.Exists(place.PathOf("a.run.ipynb")) && File.ReadAllText(place.PathOf("a.run.ipynb")).Contains("dying\\n", StringComparison.Ordinal)));
        place.Write("go", "");
        var ran = await running;

        Assert.Equal(138, ran.ExitCode);
        Assert.Contains("failed in cell 2 of 3: the kernel died. The kernel's process was killed", ran.Errors, StringComparison.Ordinal);
        var cells = Read(place.PathOf("a.run.ipynb"))["cells"]!.AsArray();
        Assert.Equal("before\n", Printed(cells[1]!));
        Assert.Equal("dying\n", Printed(cells[3]!));
    }

    [Fact]
    public async Task Run_OfACellThatTakesTooLong_IsInterrupted()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(("import time\nprint('sleeps', flush=True)\ntime.sleep(1000)", null)));

        var ran = await place.RunAsync("nb", "run", "a.ipynb", "--timeout", "5s");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("KeyboardInterrupt", ran.Errors, StringComparison.Ordinal);
        Assert.EndsWith($"holdfast: a.ipynb failed in cell 1 of 1: it took longer than 5.0 s.\nWhat it did up to there is in {place.PathOf("a.run.ipynb")}\n", ran.Errors, StringComparison.Ordinal);
        Assert.StartsWith("sleeps\n", Printed(Read(place.PathOf("a.run.ipynb"))["cells"]![2]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Detached_GoesOnByItselfAndIsListed()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(("print('first')", null), ("print('begun', flush=True)\nimport os, time\nwhile not os.path.exists('go'): time.sleep(0.05)\nprint('ended')", null)));

        var started = await place.RunAsync("nb", "run", "--detach", "a.ipynb");

        Assert.Equal((0, ""), (started.ExitCode, started.Errors));
        Assert.Contains($"into {place.PathOf("a.run.ipynb")}\n", started.Out, StringComparison.Ordinal);
        // The file is whole whenever it is looked at, and has each cell that is over.
        await ComesTrueAsync(() => Read(place.PathOf("a.run.ipynb"))["cells"]!.AsArray() is [{ } first, { } next] && Printed(next) == "begun\n" && (Printed(first), Status(first), Status(next)) == ("first\n", "completed", "running"));
        var kernel = (await place.RunAsync("ls", "-o", "json")).Json.GetProperty("kernels").EnumerateArray().Single();
        Assert.Equal(("busy", "a.run.ipynb"), (kernel.GetProperty("execution_state").GetString(), kernel.GetProperty("sessions")[0].GetProperty("path").GetString()));
        var second = await place.RunAsync("nb", "run", "a.ipynb");
        Assert.Equal((1, $"holdfast: {place.PathOf("a.run.ipynb")} is being written by another run: 'holdfast ls' shows it. Give this one another place with -o.\n"), (second.ExitCode, Said(second)));
        place.Write("go", "");
        await ComesTrueAsync(() => Printed(Read(place.PathOf("a.run.ipynb"))["cells"]![1]!) == "begun\nended\n" && Status(Read(place.PathOf("a.run.ipynb"))["cells"]![1]!) == "completed");
        await ComesTrueAsync(async () => (await place.RunAsync("ls", "-o", "json")).Json.GetProperty("kernels").GetArrayLength() == 0);
    }

    [Fact]
    public async Task Run_InAFolderThatALabServes_IsSeenThereLive()
    {
        await using var place = new Place();
        place.Write("notebooks/sub/a.ipynb", Notebook(("print('begun', flush=True)\nimport os, time\nwhile not os.path.exists('go'): time.sleep(0.05)\nprint('ended')", null), ("print('last')", null)));
        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", place.Notebooks, "--no-browser", "--port", "0", "--token", "t"));
        using var client = new HttpClient { BaseAddress = lab.Link };
        var running = place.RunAsync("nb", "run", "notebooks/sub/a.ipynb");

        await ComesTrueAsync(async () => (await GetAsync(client, "/api/sessions"))!.AsArray() is [{ } session] && (string)session["path"]! == "sub/a.run.ipynb" && (string)session["kernel"]!["execution_state"]! == "busy");
        await ComesTrueAsync(async () => Printed((await ContentAsync(client))["content"]!["cells"]![0]!) == "begun\n");
        var during = await ContentAsync(client);
        place.Write("notebooks/sub/go", "");
        var ran = await running;

        Assert.True(ran.ExitCode == 0, ran.Errors);
        var after = await ContentAsync(client);
        Assert.Equal(["begun\nended\n", "last\n"], after["content"]!["cells"]!.AsArray().Select(cell => Printed(cell!)));
        Assert.Equal(["completed", "completed"], after["content"]!["cells"]!.AsArray().Select(cell => Status(cell!)));
        // A page that was opened during the run saves without being asked whether to overwrite.
        Assert.Equal((string)during["hash"]!, (string)after["hash"]!);
        await ComesTrueAsync(async () => (await GetAsync(client, "/api/sessions"))!.AsArray().Count == 0);
        Assert.Equal(["begun\nended\n", "last\n"], Read(place.PathOf("notebooks/sub/a.run.ipynb"))["cells"]!.AsArray().Select(cell => Printed(cell!)));
    }

    private static Task<JsonNode> ContentAsync(HttpClient client) => GetAsync(client, "/api/contents/sub/a.run.ipynb?hash=1")!;

    private static async Task<JsonNode> GetAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Authorization", "token t");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    [Fact]
    public async Task Run_ThatIsKilled_LeavesItsKernelAndTheNextRunTakesItsPlace()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(("print('begun', flush=True)\nimport os, time\nwhile not os.path.exists('go'): time.sleep(0.05)\nprint('ended')", null)));
        using var run = place.Start(Published.Path, "nb", "run", "a.ipynb");
        await ComesTrueAsync(() => File.Exists(place.PathOf("a.run.ipynb")) && Printed(Read(place.PathOf("a.run.ipynb"))["cells"]![0]!) == "begun\n");
        run.Kill();
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        place.Write("go", "");

        await ComesTrueAsync(async () => (await place.RunAsync("outputs", "a.run.ipynb")).Out.Contains("ended", StringComparison.Ordinal));

        Assert.Equal(0, (await place.RunAsync("nb", "run", "a.ipynb")).ExitCode);
        Assert.Equal(0, (await place.RunAsync("ls", "-o", "json")).Json.GetProperty("kernels").GetArrayLength());
    }

    [Theory]
    [InlineData("HUP", 0, "ended\n")]
    [InlineData("INT", 130, "")]
    public async Task Signal_ToARun_EndsItOrNot(string signal, int exitCode, string printed)
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(("import os, time\nopen('begun', 'w').close()\nwhile not os.path.exists('go'): time.sleep(0.05)\nprint('ended')", null)));
        using var run = place.Start(Published.Path, "nb", "run", "a.ipynb");
        await ComesTrueAsync(() => File.Exists(place.PathOf("begun")));
        using (var kill = Process.Start("kill", [$"-{signal}", $"{run.Id}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (exitCode == 0) place.Write("go", "");

        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(exitCode, run.ExitCode);
        var cells = Read(place.PathOf("a.run.ipynb"))["cells"]!.AsArray();
        Assert.Equal(printed, Printed(cells.Single(cell => (string)cell!["cell_type"]! == "code")!));
    }

    [Theory]
    [InlineData("nb run none.ipynb", 1, "none.ipynb does not exist.")]
    [InlineData("nb run bad.ipynb", 1, "bad.ipynb:1:1: ")]
    [InlineData("nb run a.ipynb -p epochs", 2, "--parameter epochs has no value: --parameter epochs VALUE.")]
    [InlineData("nb run a.ipynb -p 1a 3", 1, "'1a' is not the name of a parameter: letters, digits and _ make one, and no digit begins it.")]
    [InlineData("nb run a.ipynb -y [1]", 1, "--yaml does not hold parameters: it is no mapping of names to values, like 'epochs: 3'.")]
    [InlineData("nb run a.ipynb -f none.yaml", 1, "none.yaml does not exist.")]
    [InlineData("nb run a.ipynb --kernel none", 1, "There is no kernel 'none'; there ")]
    [InlineData("nb run -d a.ipynb --kernel none", 1, "There is no kernel 'none'; there ")]
    [InlineData("nb run a.ipynb --cwd none", 1, "There is no folder ")]
    [InlineData("nb run a.ipynb -o /proc/out.ipynb", 1, "/proc/out.ipynb cannot be written: ")]
    [InlineData("nb run - -o x.ipynb", 1, "-:1:1: ")]
    [InlineData("nb run ruby.ipynb -p a 1 --kernel python3", 1, "ruby.ipynb is in ruby, and parameters can be set in Julia, Python and R. Run it without them.")]
    public async Task Input_ThatIsBad_IsSaid(string command, int exitCode, string said)
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(("1", null)));
        place.Write("bad.ipynb", "x");
        place.Write("ruby.ipynb", """{"cells":[],"metadata":{"kernelspec":{"name":"ruby","language":"ruby"}},"nbformat":4,"nbformat_minor":5}""");

        var ran = await place.RunAsync(command.Split(' '));

        Assert.Equal(exitCode, ran.ExitCode);
        Assert.StartsWith($"holdfast: {said}", Said(ran), StringComparison.Ordinal);
        Assert.False(File.Exists(place.PathOf("a.run.ipynb")));
    }

    private static string Said(Ran ran) => ran.Errors[ran.Errors.IndexOf("holdfast: ", StringComparison.Ordinal)..];

    private static Task ComesTrueAsync(Func<bool> condition) => ComesTrueAsync(() => Task.FromResult(condition()));

    private static async Task ComesTrueAsync(Func<Task<bool>> condition)
    {
        for (var patience = TimeSpan.FromSeconds(60); !await condition(); patience -= TimeSpan.FromMilliseconds(50))
        {
            Assert.True(patience > TimeSpan.Zero, "It did not come true.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
