using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;

namespace Holdfast.Functional.Tests;

public sealed class TerminalTests(Chromium chromium)
{
    [Fact]
    public async Task Terminal_ReloadedAndLabKilled_ScreenAndProgramAreThere()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        await using var pane = await TerminalPane.LaunchAsync(chromium, lab);
        await pane.TypeAsync("tide=$((6*7)); echo the answer is $tide");
        await pane.SeeAsync("the answer is 42");

        await pane.ReloadAsync();
        await pane.SeeAsync("the answer is 42");
        await pane.TypeAsync("echo again $((tide+1))");
        await pane.SeeAsync("again 43");

        await lab.KillAsync();
        await using var next = await workplace.StartLabAsync(lab.Port);
        await pane.TypeAsync("echo after $((tide+2))");
        await pane.SeeAsync("after 44");
        await pane.ReloadAsync();
        await pane.SeeAsync("after 44");
        await pane.SeeAsync("the answer is 42");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(820)]
    public async Task Vim_Reloaded_LooksAsItDid(int width)
    {
        if (!File.Exists("/usr/bin/vim") && !File.Exists("/usr/bin/vi")) Assert.Skip("vim is not there: apt-get install vim-tiny.");
        await using var workplace = new Workplace();
        File.WriteAllText(workplace.PathOf("tide.py"), string.Concat(Enumerable.Range(1, 200).Select(line => $"height_{line} = {line} * 0.1  # ebb\n")));
        await using var lab = await workplace.StartLabAsync();
        await using var pane = await TerminalPane.LaunchAsync(chromium, lab, width);
        await pane.TypeAsync("printf '\\033[1;31mred \\033[42mon green\\033[m\\n'; vi -u NONE tide.py");
        await pane.SeeAsync("height_3 = 3 * 0.1");
        await pane.TypeAsync(":set number");
        await pane.SeeAsync("  3 height_3");
        await pane.Page.Keyboard.TypeAsync("120Gihere ");
        await pane.SeeAsync("120 here height_120");
        var before = await pane.TextAsync();
        await pane.ScreenshotAsync($"terminal-vim-{width}");

        await pane.ReloadAsync();
        await pane.SeeAsync("120 here height_120");
        Assert.Equal(before, await pane.TextAsync());
        await pane.ScreenshotAsync($"terminal-vim-{width}-reloaded");

        // Still in insert mode; then the shell's own screen comes back.
        await pane.Page.Keyboard.TypeAsync("again ");
        await pane.SeeAsync("120 here again height_120");
        await pane.Page.Keyboard.PressAsync("Escape");
        await pane.TypeAsync(":q!");
        await pane.SeeAsync("red on green");
        await pane.MissAsync("height_119");
        await pane.ScreenshotAsync($"terminal-shell-{width}");
    }

    [Fact]
    public async Task Pages_Two_ShareATerminalOfTheSmallerSize()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        await using var wide = await TerminalPane.LaunchAsync(chromium, lab);
        // Into a file: a shell that draws its prompt anew after a change of size may draw over what stands on the screen.
        var file = workplace.PathOf("sizes");
        await wide.TypeAsync($"stty size >> '{file}'; echo fir''st");
        await wide.SeeAsync("first");
        await using var narrow = await TerminalPane.JoinAsync(chromium, lab, "1", width: 700);

        await narrow.TypeAsync($"stty size >> '{file}'; echo seen by bo''th");
        await wide.SeeAsync("seen by both");
        await narrow.SeeAsync("seen by both");

        var sizes = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, sizes.Count);
        Assert.True(sizes[1] < sizes[0], $"{sizes[0]} columns became {sizes[1]}.");
    }

    [Fact]
    public async Task Keys_AndTheEnd_AreThoseOfATerminal()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        await using var pane = await TerminalPane.LaunchAsync(chromium, lab);

        // Ctrl-C takes away what the shell has not read yet: the command must run before.
        await pane.TypeAsync("echo at $((40 + 2)); cat > /dev/null; echo code $?");
        await pane.SeeAsync("at 42");
        await pane.Page.Keyboard.PressAsync("Control+c");
        await pane.TypeAsync("echo interrupted $?");
        await pane.SeeAsync("interrupted 130");
        await pane.Page.Keyboard.PressAsync("ArrowUp");
        await pane.Page.Keyboard.PressAsync("Enter");
        await pane.SeeAsync("interrupted 0");

        // What runs is listed, and its end closes the tab.
        await pane.ShowRunningAsync();
        await pane.Page.Locator(".jp-RunningSessions").GetByText("terminals/1").WaitForAsync();
        await pane.Page.Locator(".jp-Terminal").ClickAsync();
        await pane.TypeAsync("exit");
        await pane.SeeNoneAsync();
        await pane.Page.Locator(".jp-RunningSessions").GetByText("terminals/1").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task Flood_OnThePage_StopsAtOnceAndTheEndIsShown()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        await using var pane = await TerminalPane.LaunchAsync(chromium, lab);

        await pane.TypeAsync("yes tide $((40 + 2))");
        await pane.SeeAsync("tide 42");
        await pane.Page.Keyboard.PressAsync("Control+c");
        await pane.TypeAsync("clear; seq 1000000; echo the $((1 + 1))nd end");
        await pane.SeeAsync("the 2nd end");
        await pane.SeeAsync("999999");
    }

    [Fact]
    public async Task ScrolledUp_WhileItPrints_StaysThere()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        await using var pane = await TerminalPane.LaunchAsync(chromium, lab);

        await pane.TypeAsync("for i in $(seq 300); do echo line-$i-; done; until [ -e go ]; do sleep 0.1; done; for i in $(seq 30); do echo $i more; sleep 0.05; done; touch printed");
        await pane.SeeAsync("line-300-");
        await pane.Page.Locator(".xterm-screen").HoverAsync();
        await pane.Page.Mouse.WheelAsync(0, -100_000);
        await pane.SeeAsync("line-1-");
        await File.WriteAllTextAsync(workplace.PathOf("go"), "", TestContext.Current.CancellationToken);
        while (!File.Exists(workplace.PathOf("printed")))
            await Task.Delay(50, TestContext.Current.CancellationToken);
        await pane.SeeAsync("line-1-");
    }

    [Fact]
    public async Task Keeper_Killed_ThePageSaysSo()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        await using var pane = await TerminalPane.LaunchAsync(chromium, lab);
        await pane.TypeAsync("echo before the end");
        await pane.SeeAsync("before the end");

        System.Diagnostics.Process.GetProcessById(await workplace.KeeperProcessAsync()).Kill();

        await pane.SeeAsync("It ended with the keeper");
        Assert.Contains("before the end", await workplace.RunAsync("term", "show", "1"), StringComparison.Ordinal);
    }
}
