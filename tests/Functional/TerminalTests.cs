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
        await pane.ScreenshotAsync("terminal");
    }
}
