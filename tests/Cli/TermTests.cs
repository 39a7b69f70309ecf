using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class TermTests
{
    [Fact]
    public async Task Command_InATerminal_RunsDetachedAndItsExitCodeAndRecordStay()
    {
        await using var place = new Place();

        var started = await place.RunAsync("term", "new", "train", "--", "bash", "-c", "for i in 1 2 3; do printf 'epoch %s of 3\\r' $i; done; echo; printf '\\033[32mdone\\033[m\\n'; exit 7");
        await WaitAsync(place, "train");
        var list = await place.RunAsync("term", "ls");
        var text = await place.RunAsync("term", "show", "train");
        var raw = await place.RunAsync("term", "show", "train", "--raw");
        var gone = await place.RunAsync("term", "rm", "train");
        var nothing = await place.RunAsync("term", "ls");

        Assert.Equal(new Ran(0, "train\n", ""), started);
        Assert.Matches(@"^TERMINAL +STATE +STARTED +COMMAND +FOLDER\ntrain +exit 7 +\d\d:\d\d +bash -c ", list.Out);
        Assert.Equal(new Ran(0, "epoch 3 of 3\ndone\n", ""), text);
        Assert.Equal("epoch 1 of 3\repoch 2 of 3\repoch 3 of 3\r\r\n\e[32mdone\e[m\r\n", raw.Out);
        Assert.Matches(@"^The record of train \(\d+ B\) is deleted\.\n$", gone.Out);
        Assert.StartsWith("No terminal.", nothing.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_OfMoreThanAScreenHolds_IsAllOfItInOrder()
    {
        await using var place = new Place();

        await place.RunAsync("term", "new", "long", "--", "sh", "-c", "seq 50000; clear; echo after");
        await WaitAsync(place, "long");
        var text = await place.RunAsync("term", "show", "long");

        Assert.Equal(string.Concat(Enumerable.Range(1, 50_000).Select(line => $"{line}\n")) + "after\n", text.Out);
    }

    [Fact]
    public async Task Terminals_ThatRun_AreListedAndEndedByName()
    {
        await using var place = new Place();

        await place.RunAsync("term", "new");
        await place.RunAsync("term", "new", "--", "sleep", "600");
        var list = (await place.RunAsync("term", "ls", "-o", "json")).Json;
        var all = await place.RunAsync("ls");
        var refused = await place.RunAsync("keeper", "stop");
        var ended = await place.RunAsync("term", "rm", "2");
        var left = (await place.RunAsync("ls", "-o", "json")).Json.GetProperty("terminals");

        Assert.Equal(["1", "2"], list.EnumerateArray().Select(terminal => terminal.GetProperty("name").GetString()));
        Assert.Contains("sleep 600", all.Out, StringComparison.Ordinal);
        Assert.StartsWith("This ends 2 terminals and what they compute:\n", refused.Out, StringComparison.Ordinal);
        Assert.StartsWith("2 has ended.", ended.Out, StringComparison.Ordinal);
        Assert.Equal("1", Assert.Single(left.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Names_ThatAreWrong_AreNamedWithAMend()
    {
        await using var place = new Place();
        await place.RunAsync("term", "new", "here");

        Assert.Equal("holdfast: A terminal with the name here runs already.\n", (await place.RunAsync("term", "new", "here")).Errors);
        Assert.Contains("'a/b' is not one", (await place.RunAsync("term", "new", "a/b")).Errors, StringComparison.Ordinal);
        Assert.Equal("holdfast: Terminal not found: none\n", (await place.RunAsync("term", "rm", "none")).Errors);
        Assert.Contains("no terminal 'none' is recorded", (await place.RunAsync("term", "show", "none")).Errors, StringComparison.Ordinal);
        Assert.Contains("no terminal 'none' runs", (await place.RunAsync("attach", "none")).Errors, StringComparison.Ordinal);
        Assert.Contains("attach needs a terminal", (await place.RunAsync("attach", "here")).Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await place.RunAsync("term", "show")).ExitCode);
    }

    [Fact]
    public async Task Attach_InAnotherTerminal_ShowsTheScreenTypesAndDetaches()
    {
        if (!File.Exists("/usr/bin/script")) Assert.Skip("/usr/bin/script is not there: apt-get install bsdutils.");
        await using var place = new Place();
        await place.RunAsync("term", "new", "shell", "--", "bash", "--norc");
        using var script = place.Start("/usr/bin/script", "--quiet", "--return", "--command", $"stty rows 33 cols 77; '{Published.Path}' attach shell", "/dev/null");
        var said = new System.Text.StringBuilder();
        async Task SeeAsync(string text)
        {
            var buffer = new char[4096];
            while (!said.ToString().Contains(text, StringComparison.Ordinal))
            {
                var count = await script.StandardOutput.ReadAsync(buffer, TestContext.Current.CancellationToken);
                Assert.True(count > 0, $"It ended; it said: {said}");
                said.Append(buffer, 0, count);
            }
        }

        await SeeAsync("ctrl-] detaches");
        await SeeAsync("bash-");
        await script.StandardInput.WriteAsync("tide=41; stty size\r");
        await script.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await SeeAsync("33 77");
        await script.StandardInput.WriteAsync("\x1D");
        await script.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await SeeAsync("Detached from shell; it goes on.");
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, script.ExitCode);
        Assert.Contains("33 77\n", (await place.RunAsync("term", "show", "shell")).Out, StringComparison.Ordinal);

        // Once more: what was set is still there, and its end is told.
        using var again = place.Start("/usr/bin/script", "--quiet", "--return", "--command", $"stty rows 33 cols 77; '{Published.Path}' attach shell", "/dev/null");
        await again.StandardInput.WriteAsync("exit $tide\r");
        await again.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var rest = await again.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("The terminal shell has ended (exit code 41).", rest, StringComparison.Ordinal);
        Assert.Contains("tide=41", rest, StringComparison.Ordinal);
        await again.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(41, again.ExitCode);
    }

    private static async Task WaitAsync(Place place, string name)
    {
        while ((await place.RunAsync("term", "ls", "-o", "json")).Json.EnumerateArray().First(terminal => terminal.GetProperty("name").GetString() == name).GetProperty("running").GetBoolean())
        {
        }
    }
}
