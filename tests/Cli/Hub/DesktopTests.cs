using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast desktop</c>: a real hub, a machine on the host engine with a real X server in it, and a real VNC viewer.</summary>
public sealed class DesktopTests
{
    [Fact]
    public async Task Desktop_Started_IsSeenByAVncViewerAndEnded()
    {
        SkipWithout("Xvnc", "jwm", "xtigervncviewer", "xdotool");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves", "--start");

        var json = (await place.RunAsync("desktop", "leaves", "--size", "800x600", "-o", "json")).Json;
        var again = await place.RunAsync("desktop", "leaves", "--size", "1000x700", "--no-browser");
        using var forward = place.Start(Published.Path, "desktop", "leaves", "--vnc", "0");
        var said = await forward.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var port = said!.Split(':', ' ')[1];
        // The viewer has a screen of its own, of the same kind.
        var seen = await place.BashAsync("""
            Xvnc -displayfd 5 -geometry 1024x768 -rfbport -1 -rfbunixpath "$PWD/viewer.sock" -SecurityTypes None 5>display >/dev/null 2>&1 & server=$!
            for each in $(seq 1200); do [ -s display ] && break; sleep 0.05; done
            export DISPLAY=":$(cat display)"
            xtigervncviewer -SecurityTypes None "localhost::$1" >viewer.log 2>&1 & viewer=$!
            for each in $(seq 1200); do window=$(xdotool search --name '^leaves - TigerVNC$' 2>/dev/null) && break; sleep 0.05; done
            [ -n "$window" ] && xdotool getwindowgeometry "$window"
            kill $viewer $server; cat viewer.log >&2
            """, port);
        forward.Kill();
        await forward.WaitForExitAsync(TestContext.Current.CancellationToken);
        var ended = await place.RunAsync("desktop", "leaves", "--stop");
        var reads = (await place.RunAsync("token", "create", "looks", "--read", "-o", "json")).Json.GetProperty("token").GetString();
        place.Set("HOLDFAST_HUB_TOKEN", reads);
        var refused = await place.RunAsync("desktop", "leaves");
        place.Set("HOLDFAST_HUB_TOKEN", null);

        Assert.Equal((true, 800, 600), (json.GetProperty("running").GetBoolean(), json.GetProperty("width").GetInt32(), json.GetProperty("height").GetInt32()));
        Assert.Matches(@"^http://leaves\.localhost:\d+/\.holdfast/desktop\n$", again.Out);
        Assert.Matches(@"^The desktop of leaves runs, 800x600\. '.* desktop leaves --stop' ends it\.\n$", again.Errors);
        Assert.Equal($"localhost:{port} is the desktop of leaves for VNC viewers.", said);
        Assert.Contains("Geometry: 800x600", seen.Out, StringComparison.Ordinal);
        Assert.Equal(0, ended.ExitCode);
        Assert.Matches("^1: holdfast: This token only reads", $"{refused}");
    }

    [Fact]
    public async Task Desktop_ThatCannotBe_IsSaidWithTheMend()
    {
        SkipWithout();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        await place.RunAsync("machine", "create", "leaves", "--env", "PATH=/opt/nothing");
        var stopped = await place.RunAsync("desktop", "leaves");
        await place.RunAsync("machine", "start", "leaves", "--wait");

        Assert.Equal(new Ran(1, "", "holdfast: leaves does not run; mend: holdfast machine start leaves.\n"), stopped);
        Assert.Matches("^1: holdfast: There is no Xvnc in this machine; mend: apt-get install --no-install-recommends tigervnc-standalone-server jwm xterm ", $"{await place.RunAsync("desktop", "leaves")}");
        Assert.Matches("^1: holdfast: A size is written as 1280x800, each side 320 to 8192, not 'large'\\.\n$", $"{await place.RunAsync("desktop", "leaves", "--size", "large")}");
        Assert.Equal(2, (await place.RunAsync("desktop", "leaves", "--vnc", "port")).ExitCode);
        Assert.StartsWith("holdfast: There is no machine 'leave'", (await place.RunAsync("desktop", "leave")).Errors, StringComparison.Ordinal);
    }

    private static void SkipWithout(params string[] programs)
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own processes as root only.");
        foreach (var program in programs)
        {
            if (!File.Exists($"/usr/bin/{program}")) Assert.Skip($"There is no {program}; ./test installs it.");
        }
    }
}
