using Holdfast.Hub.Machines;
using static Holdfast.Hub.Tests.Costs.CostPlace;

namespace Holdfast.Hub.Tests.Costs;

public sealed class RunMeterTests : IDisposable
{
    private readonly CostPlace _place = new(new HubSettings { Types = [new MachineType("small", null, null, 0, null, 1m)] }, At(11, 2));

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Start_WhoseImageIsFetched_CostsNothingYet()
    {
        var leaves = _place.Create("leaves", "ada");
        leaves = _place.Tell(leaves, leaves with { State = MachineState.Pulling, Type = "small" });
        _place.Clock.Now = At(11, 2, 5);

        leaves = _place.Tell(leaves, leaves with { State = MachineState.Stopping });
        _place.Clock.Now = At(11, 2, 6);
        _place.Tell(leaves, leaves with { State = MachineState.Stopped });

        Assert.Empty(_place.Report().Machines);
    }

    [Fact]
    public void Run_ToldTwice_IsChargedOnce()
    {
        var leaves = _place.Start(_place.Create("leaves", "ada"), "small", At(11, 2, 1));
        // The engine has not answered, and does again.
        leaves = _place.Tell(leaves, leaves with { State = MachineState.Stopping });
        leaves = _place.Tell(leaves, leaves with { State = MachineState.Running, Reason = MachineReason.EngineUnavailable });

        _place.Stop(leaves, At(11, 2, 4));

        Assert.Equal(3m, _place.Report().Total);
    }

    [Fact]
    public void Clock_SetBack_ChargesNoHourTwice()
    {
        var leaves = _place.Start(_place.Create("leaves", "ada"), "small", At(11, 2, 10));
        leaves = _place.Stop(leaves, At(11, 2, 12));
        // At 12:00 it becomes 11:00; it runs from 11:00 to 13:00, and once more with an end before its beginning.
        leaves = _place.Start(leaves, "small", At(11, 2, 11));
        leaves = _place.Stop(leaves, At(11, 2, 13));
        leaves = _place.Start(leaves, "small", At(11, 2, 14));
        _place.Clock.Now = At(11, 2, 13.5);
        Assert.Equal(0m, _place.Reports.Of(leaves.Id).SoFar);
        _place.Stop(leaves, At(11, 2, 13.5));
        _place.Clock.Now = At(11, 2, 20);

        Assert.Equal(3m, _place.Report().Total);
    }

    [Fact]
    public async Task Engine_ThatDoesNotAnswer_IsNoEnd()
    {
        var leaves = _place.Start(_place.Create("leaves", "ada"), "small", At(11, 2, 1));
        _place.Workloads.IsThere = false;
        _place.Clock.Now = At(11, 2, 5);
        await _place.NewHubAsync();
        Assert.True(Assert.Single(_place.Report().Machines).Runs);
        _place.Workloads.IsThere = true;

        _place.Clock.Now = At(11, 2, 6);
        await _place.LookAsync();
        _place.Stop(leaves, At(11, 2, 7));

        Assert.Equal(6m, _place.Report().Total);
    }

    [Fact]
    public async Task Hub_KilledBeforeItWroteThatAMachineRuns_ChargesFromItsReturn()
    {
        var leaves = _place.Create("leaves", "ada");
        _place.Workloads[leaves.Id] = new(leaves.Id, true, 1, null, false, At(11, 2), null, new Dictionary<string, string>());
        _place.Store.Write(leaves with { State = MachineState.Running, Type = "small" });
        _place.Clock.Now = At(11, 2, 1);

        await _place.NewHubAsync();
        _place.Clock.Now = At(11, 2, 3);

        Assert.Equal(2m, _place.Report().Total);
    }

    [Fact]
    public void Machine_Deleted_KeepsItsCosts()
    {
        var leaves = _place.Start(_place.Create("leaves", "bob"), "small", At(11, 2, 1));
        leaves = _place.Stop(leaves, At(11, 2, 2));
        _place.Tell(leaves, leaves with { State = MachineState.Deleted });
        _place.Store.Remove(leaves.Id);
        _place.People.Remove(Ada, "bob");

        Assert.Equal(("leaves", "bob", 1m), Assert.Single(_place.Report().Machines) is var line ? (line.Name, line.Owner, line.Cost) : default);
    }

    [Fact]
    public async Task Currency_Changed_LeavesTheOthersOutAndSaysSo()
    {
        var leaves = _place.Start(_place.Create("leaves", "ada"), "small", At(11, 2, 1));
        leaves = _place.Stop(leaves, At(11, 2, 2));
        await _place.NewHubAsync(_place.Settings with { Currency = "EUR" });
        leaves = _place.Start(leaves, "small", At(11, 2, 3));
        _place.Stop(leaves, At(11, 2, 5));

        Assert.Equal((2m, "EUR"), (_place.Report().Total, _place.Report().Currency));
        Assert.Equal(["USD"], _place.Report().OtherCurrencies);
        Assert.Equal(1m, _place.Report(currency: "USD").Total);
    }
}
