using System.Diagnostics;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests;

public sealed class ClosedShellTests
{
    [Fact]
    public async Task Shell_ClosedWithItsTerminal_KeeperAndKernelGoOn()
    {
        await using var workplace = new Workplace();
        await using var terminal = await workplace.StartLabInATerminalAsync();
        using var api = new LabApi(terminal);
        var kernel = await api.StartKernelAsync("night.ipynb");
        await using (var talk = await KernelTalk.ConnectAsync(terminal, kernel))
        {
            await talk.SendAsync("import os, time\nprint(os.getpid(), flush=True)\nwhile not os.path.exists('go'): time.sleep(0.01)\nprint('went on')");
            await api.WaitForKernelAsync(kernel, LabApi.IsBusy);
        }

        var keeper = await workplace.KeeperProcessAsync();
        var lab = workplace.LabProcess;

        // The terminal goes: the system sends SIGHUP to everything in its session.
        await terminal.KillAsync();
        // Where whoever started the tests ignores SIGHUP, as nohup does, so does all that they start.
        using (var process = Process.GetProcessById(lab)) await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(keeper, await workplace.KeeperProcessAsync());
        await File.WriteAllTextAsync(workplace.PathOf("go"), "", TestContext.Current.CancellationToken);
        await using var next = await workplace.StartLabAsync();
        using var later = new LabApi(next);
        await later.WaitForKernelAsync(kernel, LabApi.IsIdle);
        Assert.EndsWith("went on\n", await workplace.RunAsync("outputs", workplace.PathOf("night.ipynb")), StringComparison.Ordinal);
    }
}
