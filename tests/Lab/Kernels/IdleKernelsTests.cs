using Holdfast.Keeper.Contract;
using Holdfast.Lab.Kernels;
using Holdfast.Lab.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Lab.Tests.Kernels;

/// <summary>Kernels that nobody uses.</summary>
public sealed class IdleKernelsTests(KeeperFixture keeper)
{
    [Fact]
    public async Task Sweep_AfterADay_TakesIdleKernelsOnly()
    {
        await using var lab = await keeper.StartLabAsync();
        string[] kernels = [await lab.StartKernelAsync(), await lab.StartKernelAsync(), await lab.StartKernelAsync(), await lab.StartKernelAsync()];
        foreach (var kernel in kernels)
            await lab.WaitForKernelAsync(kernel, model => (string?)model["execution_state"] == "idle");
        var (idle, busy, watched, running) = (kernels[0], kernels[1], kernels[2], kernels[3]);
        using (var page = await lab.OpenPageAsync(busy, "busy"))
        {
            await page.ExecuteAsync("import time\nwhile True: time.sleep(0.1)");
            await lab.WaitForKernelAsync(busy, model => (string?)model["execution_state"] == "busy");
        }
        await lab.WaitForKernelAsync(busy, model => (int?)model["connections"] == 0);
        using var watching = await lab.OpenPageAsync(watched, "watching");
        await keeper.Client.SetSessionsAsync(running, [new SessionTag("s", "a.ipynb", NotebookRun.SessionName, "notebook")], TestContext.Current.CancellationToken);

        var clock = new LaterClock();
        var sweeper = new IdleKernels(lab.Service<LabKernels>(), keeper.Options(lab.Root), clock, NullLogger<IdleKernels>.Instance);
        await sweeper.SweepAsync(TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
        Assert.Equal(kernels.Order(), keeper.Client.Kernels.Where(kernel => kernel.Root == lab.Root).Select(kernel => kernel.Id).Order());
        clock.Later = TimeSpan.FromDays(1);
        await sweeper.SweepAsync(TimeSpan.FromHours(12), TestContext.Current.CancellationToken);

        Assert.Equal(new[] { busy, watched, running }.Order(), keeper.Client.Kernels.Where(kernel => kernel.Root == lab.Root).Select(kernel => kernel.Id).Order());
        Assert.Null(keeper.Client.Find(idle));
    }

    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
    }
}
