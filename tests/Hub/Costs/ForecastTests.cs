using Holdfast.Hub.Costs;
using Holdfast.Hub.Machines;
using static Holdfast.Hub.Tests.Costs.CostPlace;

namespace Holdfast.Hub.Tests.Costs;

/// <summary>Forecasts, budgets and their warnings, and how lines are rounded.</summary>
public sealed class ForecastTests : IDisposable
{
    private readonly CostPlace _place = new(new HubSettings { Types = [new MachineType("small", null, null, 0, null, 1m)], MonthBudget = 100, PersonBudget = 30 }, At(10, 20));

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Forecast_OfTheMonth_GoesOnAsTheLastSevenDays()
    {
        var leaves = _place.Start(_place.Create("leaves", "ada"), "small", At(10, 20));
        leaves = _place.Stop(leaves, At(10, 20, 50));
        // 14 hours in the last seven days before the 11th: 2.00 a day, and 20 days are left.
        leaves = _place.Start(leaves, "small", At(11, 5));
        leaves = _place.Stop(leaves, At(11, 5, 10));
        leaves = _place.Start(leaves, "small", At(11, 10, 20));
        _place.Clock.Now = At(11, 11);

        var running = _place.Report();
        _place.Stop(leaves, At(11, 11));
        var stopped = _place.Report();

        Assert.Equal((14m, 14m + 2m * 20m), (running.Total, running.Forecast));
        Assert.Equal((14m + 20m * 24m, 1m), (running.ForecastIfAllRunsOn, running.RatePerHour));
        Assert.Equal((14m, 0m), (stopped.ForecastIfAllRunsOn, stopped.RatePerHour));
        Assert.Equal((50m, 50m, 0m), (_place.Report("2026-10").Total, _place.Report("2026-10").Forecast, _place.Report("2026-10").RatePerHour));
    }

    [Fact]
    public void Rate_OfTheHourThatMidnightDivides_LosesNothing()
    {
        // A price at which a millisecond is money; what lies before midnight and what lies after it have parts of one each.
        using var place = new CostPlace(new HubSettings { Types = [new MachineType("dear", null, null, 0, null, 360_000m)] }, At(11, 1));
        place.Start(place.Create("leaves", "ada"), "dear", At(11, 1));
        place.Clock.Now = At(11, 1, 23.5).AddTicks(1_234);

        Assert.Equal(360_000m, place.Report().RatePerHour);
        Assert.Equal(30m * 24m * 360_000m, place.Report().ForecastIfAllRunsOn);
    }

    [Fact]
    public void Forecast_OfAYoungHub_CountsADayAtLeast()
    {
        _place.Start(_place.Create("leaves", "ada"), "small", At(11, 1));
        _place.Clock.Now = At(11, 1, 1);

        // An hour is all there was: 1.00 a day, and not 24.00.
        Assert.Equal(Math.Round(1m + 29m + 23m / 24m, 2), _place.Report().Forecast);
        _place.Clock.Now = At(11, 3);
        Assert.Equal(48m + 28m * 24m, _place.Report().Forecast);
    }

    [Fact]
    public void Budget_Passed_WarnsOnceEach()
    {
        _place.Clock.Now = At(11, 1);
        var leaves = _place.Start(_place.Create("leaves", "bob"), "small", At(11, 1));
        foreach (var hours in (double[])[2, 5, 24.5, 25, 31, 32])
        {
            _place.Clock.Now = At(11, 1, hours);
            _place.Watch.Look();
            _place.Watch.Look();
        }

        var report = _place.Report(caller: Bob);
        Assert.Equal(["budget.forecast", "budget.near", "budget.over"], Kinds("bob"));
        Assert.Equal(["budget.forecast"], Kinds(null));
        Assert.Equal(new BudgetState(30, "over", 106), report.Budget);
        Assert.Contains("bob has used 103 % of the budget for 2026-11: 31.00 of 30.00 USD. Nothing is stopped because of it.", _place.Events.Read(Ada).Select(happened => happened.Text));

        _place.Stop(leaves, At(12, 1, 0));
        _place.Clock.Now = At(12, 1, 1);
        _place.Watch.Look();
        Assert.Equal(["budget.forecast", "budget.near", "budget.over", "budget.forecast"], Kinds("bob"));

        IEnumerable<string> Kinds(string? owner) => _place.Events.Read(Ada, most: 1000).Reverse().Where(happened => happened.Owner == owner && happened.Kind.StartsWith("budget.", StringComparison.Ordinal)).Select(happened => happened.Kind);
    }

    [Fact]
    public void Budget_OfAPerson_IsSetByAdministrators()
    {
        Assert.Equal("forbidden", _place.Budgets.Set(Bob, "bob", 1000).Fault?.Code);
        Assert.Equal("bad-request", _place.Budgets.Set(Ada, "bob", -1).Fault?.Code);
        Assert.Equal("not-found", _place.Budgets.Set(Ada, "nobody", 1).Fault?.Code);

        Assert.Equal(new PersonBudget("bob", 12.5m, true), _place.Budgets.Set(Ada, "bob", 12.5m).Value);
        Assert.Equal([new PersonCost("bob", 0, new BudgetState(12.5m, "ok", 0))], _place.Report().People);
        Assert.Equal(new PersonBudget("bob", 30, false), _place.Budgets.Set(Ada, "bob", null).Value);
    }

    [Theory]
    [InlineData(new[] { 0.004, 0.004, 0.004 }, new[] { 0.01, 0, 0 })]
    [InlineData(new[] { 0.005 }, new[] { 0.01 })]
    [InlineData(new[] { 1.005, 2.005, 3.005 }, new[] { 1.01, 2.01, 3.00 })]
    [InlineData(new[] { 0.333, 0.333, 0.334 }, new[] { 0.33, 0.33, 0.34 })]
    [InlineData(new double[0], new double[0])]
    public void Lines_Rounded_AddUp(double[] amounts, double[] lines)
    {
        var rounded = Cents.Lines([.. amounts.Select(amount => (decimal)amount)]);

        Assert.Equal(lines.Select(line => (decimal)line), rounded);
        Assert.Equal(Cents.Round(amounts.Sum(amount => (decimal)amount)), rounded.Sum());
    }

    [Fact]
    public void Round_OfThirds_ComesToTheWhole() => Assert.Equal(0.01m, Cents.Round(0.005m / 3 + 0.005m / 3 + 0.005m / 3));

    [Theory]
    [InlineData("2026-13", "A month is written as 2026-11, not '2026-13'.")]
    [InlineData("November", "A month is written as 2026-11, not 'November'.")]
    [InlineData("2026-12", "2026-12 has not begun.")]
    public void Month_Mistyped_IsSaid(string text, string message) => Assert.Equal(message, CostMonth.Read(text, At(11, 30)).Fault?.Message);
}
