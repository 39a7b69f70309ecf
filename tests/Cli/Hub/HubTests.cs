using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast hub</c> and the verbs of machines, with a real hub and real machines on the host engine.</summary>
public sealed class HubTests
{
    [Fact]
    public async Task Hub_StartedFirst_HasAMachineThatOutlivesIt()
    {
        RootOnly();
        await using var place = new Place();
        string id;
        await using (var hub = await RunningHub.StartAsync(place, says: "first runs: http://first.localhost:"))
        {
            Assert.Matches(@"(?m)^  http://localhost:\d+/setup\?code=\S+$", hub.Said);
            Assert.Matches(@"(?m)^  lab +\d", hub.Said);
            var second = await place.RunAsync("hub", "--port", "0");
            Assert.Equal(1, second.ExitCode);
            Assert.StartsWith("holdfast: another hub runs on ", second.Errors, StringComparison.Ordinal);
            id = (await place.RunAsync("machine", "show", "first", "-o", "json")).Json.GetProperty("id").GetString()!;
            Assert.Equal(new Ran(7, "1\n", ""), await place.RunAsync("machine", "exec", "first", "--", "sh", "-c", "echo 1 | tee /opt/mark; exit 7"));
            Assert.Equal(0, await hub.EndAsync());
            Assert.Contains("machines that run go on", hub.Said, StringComparison.Ordinal);
        }
        Assert.Matches("^holdfast: no hub runs here", (await place.RunAsync("machine", "ls")).Errors);

        await using var again = await RunningHub.StartAsync(place);

        var machine = (await place.RunAsync("machine", "show", "first", "-o", "json")).Json;
        Assert.Equal((id, "running", 1), (machine.GetProperty("id").GetString(), machine.GetProperty("state").GetString(), machine.GetProperty("run").GetInt32()));
        Assert.Equal(new Ran(0, "1\n", ""), await place.RunAsync("machine", "exec", "first", "--", "cat", "/opt/mark"));
    }

    [Fact]
    public async Task Stop_OfAMachineThatWouldLose_AsksAndStopsWhenItIsSaid()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");

        var made = await place.RunAsync("machine", "create", "leaves", "--env", "A='b+c'", "--start");
        await place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", "mkdir /opt/model; echo weights > /opt/model/w");
        var refused = await place.RunAsync("machine", "stop", "leaves");
        var json = await place.RunAsync("machine", "stop", "leaves", "-o", "json");
        var asked = await place.RunAsync("machine", "rm", "leaves");
        var mistyped = await place.RunAsync("machine", "keep", "leaves", "/opt/model", "--remov");
        var loss = await place.RunAsync("machine", "loss", "leaves");
        var kept = await place.RunAsync("machine", "keep", "leaves", "/opt/model");
        var stopped = await place.RunAsync("machine", "stop", "leaves", "--wait");
        var started = await place.RunAsync("machine", "start", "leaves", "--wait", "--safe");
        var there = await place.RunAsync("machine", "exec", "leaves", "--", "cat", "/opt/model/w");

        Assert.Matches(@"(?s)^  create +.*\nleaves runs: http://leaves.localhost:\d+/\n$", made.Out);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("/opt/model", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("leaves runs on.", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("/opt/model", loss.Out, StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "/opt/model is kept.\n", ""), kept);
        Assert.Equal(new Ran(0, "leaves is stopped (stopped by user).\n", ""), stopped);
        Assert.Contains("leaves runs: ", started.Out, StringComparison.Ordinal);
        Assert.Equal("weights\n", there.Out);
        Assert.Equal((3, "would-lose", "/opt/model"), (json.ExitCode, json.Json.GetProperty("code").GetString(), json.Json.GetProperty("loss").GetProperty("files")[0].GetProperty("path").GetString()));
        Assert.Contains("\"'b+c'\"", (await place.RunAsync("machine", "show", "leaves", "-o", "json")).Out, StringComparison.Ordinal);
        Assert.Equal((3, true), (asked.ExitCode, asked.Errors.Contains("/opt/model", StringComparison.Ordinal)));
        Assert.Equal((2, true), (mistyped.ExitCode, mistyped.Errors.StartsWith("holdfast: 'holdfast machine keep' has no option '--remov'.\n", StringComparison.Ordinal)));
        Assert.Equal(new Ran(0, "/opt/model is no longer kept.\n", ""), await place.RunAsync("machine", "keep", "leaves", "/opt/model", "--remove"));
    }

    [Fact]
    public async Task Show_OfSafeMode_SaysScriptLineCommandCodeAndOutput()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves", "--start");
        var hook = place.Write("pre-run.sh", "echo begins\n\n\n\n\n\nnosuchprogram --x\n");
        Assert.Equal(0, (await place.RunAsync("storage", "cp", hook, "leaves:/notebooks")).ExitCode);

        var text = await place.RunAsync("hook", "show", "notebooks", "--machine", "leaves", "-o", "json");
        var none = await place.RunAsync("hook", "show", "home", "--machine", "leaves");
        var restarted = await place.RunAsync("machine", "restart", "leaves", "--yes", "--wait");
        var shown = await place.RunAsync("machine", "show", "leaves");
        var printed = await place.RunAsync("hook", "show", "notebooks", "--machine", "leaves");

        Assert.EndsWith("nosuchprogram --x\n", text.Json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "There is no $HOME/.holdfast/pre-run.sh.\n", ""), none);
        Assert.Equal(0, restarted.ExitCode);
        Assert.Contains("nosuchprogram --x. 'holdfast", restarted.Out.Replace(Published.Path, "holdfast", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.StartsWith("leaves: running (hook failed)\n", shown.Out, StringComparison.Ordinal);
        Assert.Matches(@"(?s)  notebooks: /notebooks/pre-run.sh line 7 failed with exit code 127 after .* s\n    command: nosuchprogram --x\n    \| begins\n", shown.Out);
        Assert.EndsWith("nosuchprogram --x\n", printed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbs_WithoutAHub_SayHowToStartOne()
    {
        await using var place = new Place();

        foreach (var verb in (string[])["machine ls", "machine start x", "storage du", "hook show team", "secret ls", "token ls", "people ls", "whoami"])
            Assert.Equal(new Ran(1, "", $"holdfast: no hub runs here. '{Published.Path} hub' starts one, '{Published.Path} login URL' remembers one elsewhere.\n"), await place.RunAsync(verb.Split(' ')));
        Assert.Matches(@"^holdfast: the hub at http://127.0.0.1:1/ does not answer: .*\n$", (await place.RunAsync("machine", "ls", "--hub", "http://127.0.0.1:1")).Errors);
        Assert.Equal("holdfast: 'nonsense' is no address of a hub, as http://localhost:8800.\n", (await place.RunAsync("machine", "ls", "--hub", "nonsense")).Errors);
    }

    [Fact]
    public async Task Settings_Mistyped_KeepTheHubFromStarting()
    {
        await using var place = new Place();
        var file = place.Write("state/hub/hub.yaml", "types:\n  - name: small\n    memroy: 8GB\n");

        var ran = await place.RunAsync("hub", "--port", "0");

        Assert.Equal(new Ran(1, "", $"holdfast: {file} line 3: there is no types[0].memroy. Did you mean 'memory'?\n"), ran);
    }

    private static void RootOnly()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own roots as root only.");
    }
}
