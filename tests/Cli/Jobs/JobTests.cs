using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>The verbs of jobs, with a real hub and real jobs on the host engine.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task Wait_OfAJob_EndsWithTheCommandsOwnCode()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");

        foreach (var (code, script) in new[] { (0, "true"), (3, "exit 3"), (124, "exit 124"), (127, "exec nosuchprogram"), (126, "exec /etc/passwd"), (137, "kill -9 $$") })
        {
            var submitted = await place.RunAsync("job", "submit", "--no-code", "--name", "ends", "--wait", "--", "sh", "-c", script);
            var waited = await place.RunAsync("job", "wait", "ends", "-q");

            Assert.Matches(@"^ends j\w{8} is submitted: (next, )?free of charge; output in /storage/runs/ends/j\w{8}.\n$", submitted.Out);
            Assert.Equal((code, new Ran(code, "", "")), (submitted.ExitCode, waited));
            if (code != 0) Assert.Matches(@"(?m)^ends j\w{8}: failed \(container exited with error\); \d.* s\. .*$", submitted.Errors);
        }
    }

    [Fact]
    public async Task Wait_OfSeveral_EndsWithTheFirstThatIsNotNought()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        foreach (var (name, code) in new[] { ("first", 0), ("second", 4), ("third", 5) }) await place.RunAsync("job", "submit", "--no-code", "--name", name, "-q", "--", "sh", "-c", $"exit {code}");

        var waited = await place.RunAsync("job", "wait", "first", "second", "third");

        Assert.Equal(4, waited.ExitCode);
        Assert.Matches(@"^first j\w+: succeeded; .*\nsecond j\w+: failed .*\nthird j\w+: failed .*\n$", waited.Out);
        Assert.Equal((125, true), await place.RunAsync("job", "wait", "fourth") is var missing ? (missing.ExitCode, missing.Errors.Contains("fourth", StringComparison.Ordinal)) : default);
        Assert.Equal(125, (await place.RunAsync("job", "wait", "first", "--hub", JobProject.Nowhere)).ExitCode);
    }

    [Fact]
    public async Task Job_FromSubmissionToRetry_IsSeenByEachVerb()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        Assert.StartsWith("No job. ", (await place.RunAsync("job", "ls")).Out, StringComparison.Ordinal);
        const string script = "echo one; echo two; [ -e /storage/go ] || sleep 60";

        var id = (await place.RunAsync("job", "submit", "--no-code", "--name", "long", "-q", "-p", "rate=0.1", "--env", "A=b c", "--max-duration", "2h", "--", "sh", "-c", script)).Out.Trim();
        await place.BashAsync($"timeout 60 sh -c 'until \"$0\" job logs {id} | grep -q two; do sleep 0.05; done' \"$0\"");
        var running = await place.RunAsync("job", "ls", "--state", "running");
        var suggested = await place.BashAsync("line='holdfast job logs '; \"$0\" \"[suggest:${#line}]\" \"$line\"");
        var cancelled = await place.RunAsync("job", "cancel", "long");
        var waited = await place.RunAsync("job", "wait", id);
        var shown = await place.RunAsync("job", "show", "long");
        Directory.CreateDirectory(place.PathOf("state/hub/storage"));
        place.Write("state/hub/storage/go", "");
        var retried = await place.RunAsync("job", "retry", id, "-q");

        Assert.Matches($@"(?m)^{id}  long  running +\d\d:\d\d +\d.* s +standard +\S+$", running.Out);
        Assert.Superset(new HashSet<string> { id, "long" }, suggested.Out.Split('\n').ToHashSet());
        Assert.Equal(new Ran(0, "long is cancelled.\n", ""), cancelled);
        Assert.Matches($@"^long {id}: cancelled \(cancelled by user\); ", waited.Out);
        Assert.Equal((await place.RunAsync("job", "show", id, "-o", "json")).Json.GetProperty("job").GetProperty("exit_code").GetInt32(), waited.ExitCode);
        Assert.Matches($@"^long {id}: cancelled \(cancelled by user\)\n", shown.Out);
        foreach (var line in (string[])["command      sh -c 'echo one; echo two; [ -e /storage/go ] || sleep 60'", "parameters   rate=0.1", "runs on      the hub's own system", "type         standard, free of charge", "variables    A=b c", $"output       /storage/runs/long/{id}", "log          8 B", "limit        2h"])
            Assert.Contains($"\n  {line}\n", shown.Out, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^Attempts:\n +1  \d\d:\d\d  \d.* s +.*log from 0", shown.Out);
        Assert.Equal("two\n", (await place.RunAsync("job", "logs", id, "--from", "4")).Out);
        Assert.Equal("wo\n", (await place.RunAsync("job", "logs", id, "--tail", "3")).Out);
        Assert.Equal(new Ran(0, "one\ntwo\n", ""), await place.RunAsync("job", "logs", retried.Out.Trim(), "-f"));
        Assert.Equal($"{retried.Out.Trim()}\n{id}\n", (await place.RunAsync("job", "ls", "-q", "--all")).Out);
        Assert.Equal(retried.Out, (await place.RunAsync("job", "ls", "-q", "-n", "1")).Out);
        Assert.Contains("'state' is ", (await place.RunAsync("job", "ls", "--state", "runing")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_KilledMeanwhile_IsWaitedForAndNothingIsMissed()
    {
        RootOnly();
        await using var place = new Place();
        var number = FreePort.Next();

        var ran = await place.BashAsync("""
            start() { "$0" hub --port "$1" --no-first-machine > hub.log 2>&1 & hub=$!; timeout 60 sh -c 'until grep -q Ctrl-C hub.log; do sleep 0.05; done'; }
            start "$1"
            id=$("$0" job submit -q --no-code --name goes-on -- sh -c 'echo one; until [ -e /storage/go ]; do sleep 0.05; done; echo two; exit 5')
            "$0" job logs $id -f > followed 2> followed.err & logs=$!
            "$0" job wait $id > waited 2> waited.err & wait=$!
            timeout 60 sh -c 'until grep -q one followed; do sleep 0.05; done'
            kill -9 $hub
            touch state/hub/storage/go
            timeout 60 sh -c 'until grep -q "Waiting for it" followed.err && grep -q "Waiting for it" waited.err; do sleep 0.05; done'
            start "$1"
            wait $wait; echo "code $?"
            wait $logs; echo "logs $?"
            cat followed waited
            kill $hub; wait $hub
            """, $"{number}");

        Assert.Matches(@"^code 5\nlogs 0\none\ntwo\ngoes-on j\w+: failed ", ran.Out);
    }

    [Fact]
    public async Task Submit_InsideAMachine_RunsInItsEnvironment()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves", "--start");
        await place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", "echo weights > /opt/w");
        place.Set("HOLDFAST_MACHINE_NAME", "leaves");

        var planned = await place.RunAsync("job", "submit", "--no-code", "--dry-run", "--", "cat", "/opt/w");
        var ran = await place.RunAsync("job", "submit", "--no-code", "--follow", "--", "cat", "/opt/w");
        var shown = await place.RunAsync("job", "show", "cat");

        Assert.Contains("\n  runs on      the environment of machine leaves\n", planned.Out, StringComparison.Ordinal);
        Assert.Equal((0, "weights\n"), (ran.ExitCode, ran.Out));
        Assert.Matches(@"\n  environment  env:\w+, \d+ packages, point p\d+\n", shown.Out);
    }

    [Fact]
    public async Task Sweep_OfThreeTrials_EndsWithTheBestOne()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        const string train = "import json, os; rate = json.loads(os.environ['HOLDFAST_PARAMETERS'])['rate']; print(rate); out = open(os.environ['HOLDFAST_OUTPUT'] + '/metrics.jsonl', 'a'); [out.write(json.dumps({'step': s, 'loss': (rate - 0.3) ** 2 + s}) + '\\n') for s in (0, 1)]";
        Assert.StartsWith("No sweep. ", (await place.RunAsync("sweep", "ls")).Out, StringComparison.Ordinal);

        var submitted = await place.RunAsync("job", "submit", "--no-code", "--name", "rates", "--sweep", "rate=0.1,0.25,0.6", "--metric", "loss", "--wait", "--", "python3", "-c", train);
        var listed = await place.RunAsync("sweep", "ls");
        var shown = await place.RunAsync("sweep", "show", "rates");
        var json = (await place.RunAsync("sweep", "show", "rates", "-o", "json")).Json;
        var csv = await place.RunAsync("sweep", "show", "rates", "--csv");
        var best = await place.RunAsync("sweep", "best", "rates");
        var logs = await place.RunAsync("job", "logs", "rates");

        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        Assert.Matches(@"(?m)^j\w+  rates  succeeded  rate   loss \(minimize\)  3 succeeded$", listed.Out);
        Assert.Matches(@"(?m)^   TRIAL  JOB +STATE +rate  loss LAST  loss BEST\n   0 +j\w+  succeeded  0.1   1.04       0.04\n\*  1 +j\w+  succeeded  0.25  1.0025     0.0025\n   2 +j\w+  succeeded  0.6   1.09       0.09\n", shown.Out);
        Assert.Equal(json.GetProperty("trials")[1].GetProperty("id").GetString(), json.GetProperty("best").GetString());
        Assert.Equal($"{json.GetProperty("best").GetString()}\n", (await place.RunAsync("sweep", "best", "rates", "-q")).Out);
        Assert.Matches(@"^trial,job,state,rate,loss_last,loss_best\r\n0,j\w+,succeeded,0.1,1.04,0.04\r\n", csv.Out);
        Assert.Matches(@"(?m)^  loss       0.0025\n  rate       0.25\n  output     /storage/runs/rates/j\w+/trial-1$", best.Out);
        Assert.Contains("says nothing itself, its parts do", logs.Errors, StringComparison.Ordinal);
        Assert.Equal("0.25\n", (await place.RunAsync("job", "logs", json.GetProperty("best").GetString()!)).Out);
    }

    [Fact]
    public async Task Artifacts_OfAJob_AreListedAndDownloaded()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("job", "submit", "--no-code", "--name", "makes", "--wait", "--", "sh", "-c", "cd $HOLDFAST_OUTPUT; mkdir -p model/a; echo w > 'model/a/wei ghts.bin'; echo r > report.txt; ln -s /etc/passwd out");

        var listed = await place.RunAsync("job", "artifacts", "makes");
        var names = await place.RunAsync("job", "artifacts", "makes", "-q");
        var one = await place.RunAsync("job", "artifacts", "makes", "report.txt", "-q");
        var folder = await place.RunAsync("job", "artifacts", "makes", "model/", "-d", "got");
        var none = await place.RunAsync("job", "artifacts", "makes", "nothing.txt");

        Assert.Matches(@"(?m)^ +2 B  \d\d:\d\d +model/a/wei ghts.bin$", listed.Out);
        Assert.Contains("report.txt\n", names.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("out\n", names.Out, StringComparison.Ordinal);
        Assert.Equal((0, "r\n"), (one.ExitCode, File.ReadAllText(place.PathOf("report.txt"))));
        Assert.Equal(("got/model/a/wei ghts.bin\n", "1 file, 2 B\n", "w\n"), (folder.Out, folder.Errors, File.ReadAllText(place.PathOf("got/model/a/wei ghts.bin"))));
        Assert.Equal(["got", "got/model"], Directory.GetDirectories(place.Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(place.Folder, path)).Where(path => path is "got" or "got/model" or "got/report.txt"));
        Assert.StartsWith("holdfast: makes has put out no nothing.txt. ", none.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job")]
    [InlineData("job submit")]
    [InlineData("job ls")]
    [InlineData("job logs")]
    [InlineData("job wait")]
    [InlineData("job artifacts")]
    [InlineData("sweep")]
    [InlineData("sweep show")]
    public async Task Help_OfEachVerb_FitsTheScreen(string verb)
    {
        await using var place = new Place();

        var help = await place.RunAsync([.. verb.Split(' '), "--help"]);

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        Assert.Contains($"\nUsage: holdfast {verb} ", help.Out, StringComparison.Ordinal);
        Assert.All(help.Out.Split('\n'), line => Assert.True(line.Length <= 100 && line == line.TrimEnd(), line));
    }

    private static void RootOnly()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs of the host engine have their own roots as root only.");
    }
}
