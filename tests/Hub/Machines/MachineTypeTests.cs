using System.Diagnostics;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>Types, GPUs of the inventory, and what comes up with the hub.</summary>
public sealed class MachineTypeTests : IAsyncLifetime
{
    private readonly TestHub _hub = new(options => options with
    {
        Settings = new HubSettings
        {
            Gpus = 1,
            Types =
            [
                new MachineType("small", 1, 512 << 20, 0, 16 << 20, 0.10m),
                new MachineType("large", 2, null, 0, 32 << 20, 0.40m),
                new MachineType("gpu", null, null, 1, null, 1.50m),
                new MachineType("huge", 1024, null, 0, null, 90m),
            ],
        },
    });

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Start_WithAnotherType_HasItsLimits()
    {
        var machine = await _hub.CreateAsync("leaves");
        Assert.Equal(("small", "16777216\n"), (machine.Type, await SharedMemoryAsync(machine)));
        await _hub.StopAsync("leaves");

        machine = await _hub.StartAsync("leaves", new StartWish("large"));

        Assert.Equal(("large", "33554432\n"), (machine.Type, await SharedMemoryAsync(machine)));
        Assert.Equal("bad-request", _hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish("lage")).Fault?.Code);
    }

    [Fact]
    public async Task Gpu_HeldByAMachine_IsFreeAgainAfterItsStop()
    {
        var first = await _hub.CreateAsync("first", spec => spec with { Type = "gpu" });
        var second = await _hub.CreateAsync("second", spec => spec with { Type = "gpu" });
        Assert.Equal(MachineState.Running, first.State);
        Assert.Equal([0], first.Gpus);
        Assert.Equal((MachineState.Failed, MachineReason.NoCapacity), (second.State, second.Reason));
        Assert.Contains("1 of this host's 1 GPUs", second.Message, StringComparison.Ordinal);

        await _hub.StopAsync("first");

        Assert.Equal(MachineState.Running, (await _hub.StartAsync("second")).State);
    }

    [Fact]
    public async Task Type_LargerThanTheHost_IsSaid()
    {
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Type = "huge" });

        Assert.Equal((MachineState.Failed, MachineReason.NoCapacity), (machine.State, machine.Reason));
        Assert.Contains("1024 processors", machine.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_AfterABoot_ThoseMarkedComeUp()
    {
        var marked = await _hub.CreateAsync("marked", spec => spec with { AutoStart = true });
        var other = await _hub.CreateAsync("other");
        await _hub.EndAsync();
        foreach (var machine in (MachineRecord[])[marked, other])
        {
            using (var first = Process.GetProcessById((await _hub.Host.InspectAsync(machine.Id, TestHub.Cancellation)).Value!.ProcessId!.Value)) first.Kill();
            await _hub.Host.WaitAsync(machine.Id, TestHub.Cancellation);
        }

        await _hub.StartAsync();

        Assert.Equal(2, (await _hub.UntilAsync(marked.Id, record => record.Run == 2 && record.State == MachineState.Running)).Run);
        Assert.Equal(1, (await _hub.UntilAsync(other.Id, record => record.State == MachineState.Failed)).Run);
    }

    private Task<string> SharedMemoryAsync(MachineRecord machine) => _hub.SaysAsync(machine, "df -B1 --output=size /dev/shm | tail -n 1 | tr -d ' '");
}
