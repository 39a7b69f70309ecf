using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Points;

namespace Holdfast.Hub.Tests.Points;

/// <summary>The system of a machine of the host's: back to what it was, forward again, and what a stop would destroy all the same.</summary>
public sealed class SystemBackTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/pip")) Assert.Skip("pip is not installed (python3-pip).");
        await _hub.StartLookingAsync();
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task System_BackAndForward_IsAsItWasAndItsLossIsListed()
    {
        Wheels.Make(_hub.Folders.Storage, "tide", "1.0", ("tide.py", "height = 1\n"));
        var machine = await _hub.CreateAsync("leaves");
        var fresh = await _hub.UntilPointAsync("leaves", point => point.Why == PointWhy.Start);
        await _hub.SaysAsync(machine, "mkdir /opt/tool; echo run > /opt/tool/run; rm /etc/debian_version");
        await _hub.SaysAsync(machine, $"{Wheels.Install} tide");
        var full = await _hub.UntilPointAsync("leaves", point => point.Words == "pip tide 1.0");
        Assert.Equal((SystemPart.Fresh, SystemPart.Kept), (fresh.System, full.System));

        // 1. Back: it asks, and nothing is done until it is confirmed.
        var asked = await _hub.Service<EnvironmentPoints>().BackAsync(TestHub.Ada, "leaves", fresh.Id, homeOnly: false, confirmed: false, TestHub.Cancellation);
        Assert.Equal("would-lose", asked.Fault?.Code);
        Assert.Equal(1, _hub.Fleet.Find("leaves")!.Run);
        var back = await _hub.BackAsync("leaves", fresh.Id);
        Assert.Equal(SystemBack.Restarts, back.System);
        machine = await _hub.AgainAsync(machine);
        Assert.Equal("none\n", await _hub.SaysAsync(machine, "[ ! -e /opt/tool ] && [ -e /etc/debian_version ] && python3 -c 'import tide' 2>/dev/null || echo none"));

        // 2. Forward again.
        await _hub.UntilPointAsync("leaves", point => point.Why == PointWhy.Start && point.Id != fresh.Id);
        var forward = await _hub.BackAsync("leaves", full.Id);
        Assert.Equal(SystemBack.Restarts, forward.System);
        machine = await _hub.AgainAsync(machine);
        Assert.Equal("run\n1\n", await _hub.SaysAsync(machine, "cat /opt/tool/run; python3 -c 'import tide; print(tide.height)'; [ ! -e /etc/debian_version ]"));
        var start = await _hub.UntilPointAsync("leaves", point => point.Words.StartsWith("with the system of ", StringComparison.Ordinal));
        Assert.Equal(SystemPart.Kept, start.System);
        Assert.Empty((await _hub.DiffAsync("leaves", full.Id)).Packages);
        Assert.False((await _hub.DiffAsync("leaves", full.Id)).SystemDiffers);

        // 3. What a stop would destroy is what the image does not have.
        var loss = TestHub.Value(await _hub.Service<LossLists>().LookAsync(machine, TestHub.Cancellation));
        Assert.Contains(loss.Packages, package => package is { Source: "pip", Name: "tide", Before: null, Now: "1.0" });
        Assert.Contains(loss.Files, file => file.Path == "/opt/tool");
        Assert.DoesNotContain(loss.Files, file => file.Path.Contains("tide", StringComparison.Ordinal));

        // 4. It was for one start.
        await _hub.StopAsync("leaves");
        machine = await _hub.StartAsync("leaves");
        Assert.Equal("gone\n", await _hub.SaysAsync(machine, "[ -e /opt/tool ] || echo gone"));

        // 5. Stopped: the next start.
        await _hub.StopAsync("leaves");
        Assert.Equal(SystemBack.NextStart, (await _hub.BackAsync("leaves", full.Id, confirmed: false)).System);
        machine = await _hub.StartAsync("leaves");
        Assert.Equal("run\n", await _hub.SaysAsync(machine, "cat /opt/tool/run"));
    }

    [Fact]
    public async Task Machine_Deleted_ItsPointsOfTheHomeStay()
    {
        var one = await _hub.CreateAsync("one");
        await _hub.UntilPointAsync("one", point => point.Why == PointWhy.Start);
        await _hub.SaysAsync(one, PointMachine.Installs("tide", "1.0") + "\necho x > /opt/x");
        var had = await _hub.UntilPointAsync("one", point => point.Words == "pip tide 1.0");
        Assert.Equal(SystemPart.Kept, had.System);
        await _hub.SaysAsync(one, "rm -r $(python3 -m site --user-site)/tide*");
        await _hub.UntilPointAsync("one", point => point.Words == "pip tide removed");
        Assert.False(_hub.Fleet.Delete(TestHub.Ada, "one", "one").Fault is not null);
        await _hub.UntilAsync(one.Id, record => record.State == MachineState.Deleted);

        var two = await _hub.CreateAsync("two");
        var left = await _hub.UntilPointAsync("two", point => point.Id == had.Id);
        await _hub.BackAsync("two", had.Id);

        Assert.Equal(("one", false, true, SystemPart.None), (left.Machine, left.IsHere, left.HasHome, left.System));
        Assert.Equal("1.0\n", await _hub.SaysAsync(two, "python3 -c 'import tide; print(tide.v)'"));
        Assert.False(Directory.Exists(_hub.Folders.MachineOf(one.Id)));
    }
}
