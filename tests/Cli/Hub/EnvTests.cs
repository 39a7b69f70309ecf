using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast env</c> with a real hub and a real machine of the host's.</summary>
public sealed class EnvTests
{
    [Fact]
    public async Task Points_OfAMachine_AreListedComparedGoneBackToAndRemoved()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own roots as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves", "--start");
        var first = await place.RunAsync("env", "point", "leaves", "--note", "before the talk");
        var id = first.Out.Split(':')[0];
        await place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", """
            site=$(python3 -m site --user-site); mkdir -p $site/tide-1.0.dist-info; echo x > $site/tide.py; : > $site/tide-1.0.dist-info/RECORD
            printf 'Metadata-Version: 2.1\nName: tide\nVersion: 1.0\n' > $site/tide-1.0.dist-info/METADATA; mkdir /opt/tool; echo x > /opt/tool/x
            """);

        var diff = await place.RunAsync("env", "diff", "leaves", id, "--files");
        var refused = await place.RunAsync("env", "back", "leaves", id);
        var json = await place.RunAsync("env", "back", "leaves", id, "-o", "json");
        var home = await place.RunAsync("env", "back", "leaves", "now", "--home-only");
        var back = await place.RunAsync("env", "back", "leaves", id, "--home-only");
        var gone = await place.RunAsync("machine", "exec", "leaves", "--", "sh", "-c", "ls $(python3 -m site --user-site)/tide.py");
        var all = await place.RunAsync("env", "back", "leaves", id, "--yes", "-o", "json");
        var list = await place.RunAsync("env", "points", "leaves");
        var early = await place.RunAsync("env", "back", "leaves", "2w ago");
        var wrong = await place.RunAsync("env", "back", "leaves", "at noon");
        var removed = await place.RunAsync("env", "rm", "leaves", id);

        Assert.Matches(@"^p\d+: \d+ packages, home, system\.\n$", first.Out);
        Assert.Matches(@$"^leaves: {id} \(\d\d:\d\d, asked: before the talk\) → now\n  pip tide 1\.0 is new  \(/home/.+/\.local/lib/python3.+\)\n  files of home's package folders: 3 new, 0 gone, 0 changed\n  the machine's system is not the same\n$", diff.Out);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("ends its kernels and terminals", refused.Errors, StringComparison.Ordinal);
        Assert.Matches(@$"\nholdfast: nothing was changed\. '.+ env back leaves {id} --yes' goes on without asking, --home-only brings back the home alone\.\n$", refused.Errors);
        Assert.Equal((3, "would-lose"), (json.ExitCode, json.Json.GetProperty("code").GetString()));
        Assert.Equal((1, "holdfast: 'now' is no point to go back to.\n"), (home.ExitCode, home.Errors));
        Assert.Matches(@$"^leaves went back to {id} \(.+\)\. '.+ env back leaves p\d+' undoes it\.\n  home: ~/\.local/lib/python3.+/site-packages\n  Kernels that run have loaded what was there before: restart them\.\n$", back.Out);
        Assert.NotEqual(0, gone.ExitCode);
        Assert.Equal(("restarts", 0), (all.Json.GetProperty("system").GetString(), all.Json.GetProperty("folders").GetArrayLength()));
        Assert.Matches(@"(?m)^POINT +TAKEN +WHY +HAS +FREES +WHAT\n", list.Out);
        Assert.Matches(@$"(?m)^{id} +\d\d:\d\d +asked +home, system +.+B +before the talk$", list.Out);
        Assert.Matches(@"(?m)^p\d+ +\d\d:\d\d +back +home, system +.+B +before going back to p\d+$", list.Out);
        Assert.Matches(@"of 10\.0 GB; at most 30 points of a machine\. The oldest go first\.\n$", list.Out);
        Assert.Matches(@"^holdfast: there is no point of leaves from \d{4}-\d\d-\d\d \d\d:\d\d or before; the oldest is p\d+ of \d\d:\d\d\.\n$", early.Errors);
        Assert.Equal("holdfast: 'at noon' is no point and no time: p12, '14:00', 'yesterday 14:00', '2026-11-20 14:00', '2h ago'.\n", wrong.Errors);
        Assert.Matches(@$"^{id} is removed, .+B are free\.\n$", removed.Out);
    }
}
