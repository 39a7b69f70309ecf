using System.Globalization;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Machines;
using static Holdfast.Hub.Tests.Costs.CostPlace;

namespace Holdfast.Hub.Tests.Costs;

/// <summary>Months whose sums were made by hand: they stand here as arithmetic.</summary>
public sealed class CostMonthTests
{
    private const long GB = 1_000_000_000;

    private static HubSettings Settings(decimal gpu) => new()
    {
        Types = [new MachineType("small", null, null, 0, null, 0.10m), new MachineType("gpu", null, null, 0, null, gpu)],
        Currency = "EUR",
        StoragePrice = 0.05m,
    };

    [Fact]
    public async Task Month_OfTwoPeople_IsTheSumMadeByHand()
    {
        using var place = await NovemberAsync();

        var report = place.Report("2026-11");

        const decimal leaves =
            3.5m * 0.10m        // the 1st until 03:30, begun at 22:00 on the last of October
            + 36m * 0.45m       // the 5th and half of the 6th, with the other type
            + 7.5m * 0.10m      // the 12th until 07:30, when no hub was there; the engine knew it
            + 4.25m * 0.10m     // the 13th until 04:15, when the hub last saw it
            + 4m * 0.10m;       // the 30th from 20:00, on into December
        const decimal trees =
            10m * 0.45m + 20m / 60m * 0.45m   // the 3rd, 08:00 to 18:20
            + 24m * 0.45m       // the 10th, with a restart of the hub and another price in the middle
            + 2.5m * 0.60m;     // the 11th, with the price of its start
        const decimal storage =
            100m * 0.05m * 15m / 30m     // 100 GB for half of the month
            + 200m * 0.05m * 15m / 30m;  // then 200
        const decimal home = 10m * 0.05m * 10m / 30m;  // ada's, from the 21st on
        Assert.Equal(18.125m, leaves);
        Assert.Equal(16.95m, Math.Round(trees, 10));
        Assert.Equal(42.741667m, Math.Round(leaves + trees + storage + home, 6));

        Assert.Equal((42.74m, "EUR", "2026-11", At(12, 1)), (report.Total, report.Currency, report.Month, report.Until));
        // 35.075 and 7.6667: the cent that rounding down leaves over is that of the larger rest, and so on in each table.
        Assert.Equal((35.07m, 7.67m), (report.Running, report.Storage));
        Assert.Equal([("leaves", "ada", 18.12m), ("trees", "bob", 16.95m)], report.Machines.Select(line => (line.Name, line.Owner, line.Cost)));
        Assert.Equal([TimeSpan.FromHours(55.25), TimeSpan.FromHours(24 + 2.5) + TimeSpan.FromMinutes(620)], report.Machines.Select(line => line.Time));
        Assert.Equal(["small", "gpu"], report.Machines[0].Types);
        Assert.Equal([("storage", null, 150m, 7.50m), ("home/ada", "ada", 3.333m, 0.17m)], report.Volumes.Select(line => (line.Name, line.Owner, line.GbMonths, line.Cost)));
        Assert.Equal([("ada", 18.29m), ("bob", 16.95m), (null, 7.50m)], report.People.Select(line => (line.Name, line.Cost)));
        Assert.Equal(30, report.Days.Count);
        // The 1st: 3.5 h of leaves, 100 GB for a day. The 30th: 4 h of leaves, 200 GB and 10 GB of ada's for a day.
        Assert.Equal((0.35m + 0.1667m, 0.40m + 0.3333m + 0.0167m), (Near(report.Days[0].Cost, 0.5167m), Near(report.Days[29].Cost, 0.75m)));
        Assert.All([report.Machines.Sum(line => line.Cost) + report.Volumes.Sum(line => line.Cost), report.People.Sum(line => line.Cost), report.Days.Sum(line => line.Cost), report.Running + report.Storage],
            sum => Assert.Equal(report.Total, sum));
        // October has the first two hours, December the last two, and storage.
        Assert.Equal(0.20m, place.Report("2026-10").Total);
        Assert.Equal(0.20m + Math.Round((200m + 10m) * 0.05m / 31m / 24m * 6m, 2), place.Report("2026-12").Total);
    }

    [Fact]
    public async Task Csv_OfTheMonth_AddsUpToItsSums()
    {
        using var place = await NovemberAsync();

        var rows = CostCsv.Of(place.Reports, Ada, CostMonth.Read("2026-11", place.Clock.Now).Value, place.Clock.Now, "EUR").Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();

        Assert.All(rows, row => Assert.Equal(12, row.Length));
        Assert.Equal("kind,id,name,owner,type,began,ended,quantity,unit,price,cost,currency", string.Join(',', rows[0]));
        Assert.Equal("machine,m-leaves,leaves,ada,small,2026-11-01T00:00:00Z,2026-11-01T03:30:00Z,3.500000,hour,0.10,0.350000,EUR", string.Join(',', rows[1]));
        Assert.Contains("volume,storage,storage,,,2026-11-01T00:00:00Z,,150.000000,GB-month,0.05,7.500000,EUR", rows.Select(row => string.Join(',', row)));
        Assert.Equal((8, 2), (rows.Count(row => row[0] == "machine"), rows.Count(row => row[0] == "volume")));
        Assert.Equal(Cost("sum of machines"), rows.Where(row => row[0] == "machine").Sum(Number));
        Assert.Equal(Cost("sum of volumes"), rows.Where(row => row[0] == "volume").Sum(Number));
        Assert.Equal((42.741667m, 35.075m), (Cost("sum"), Cost("sum of machines")));

        decimal Cost(string name) => Number(rows.Single(row => row[0] == name));

        static decimal Number(string[] row) => decimal.Parse(row[10], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Month_OfAMember_HasTheirPartAlone()
    {
        using var place = await NovemberAsync();

        var report = place.Report("2026-11", Bob);

        Assert.Equal((16.95m, 16.95m, 0m), (report.Total, report.Running, report.Storage));
        Assert.Equal(["trees"], report.Machines.Select(line => line.Name));
        Assert.Empty(report.Volumes);
        Assert.Equal(["bob"], report.People.Select(line => line.Name));
        Assert.DoesNotContain("leaves", CostCsv.Of(place.Reports, Bob, CostMonth.Read("2026-11", place.Clock.Now).Value, place.Clock.Now, "EUR"), StringComparison.Ordinal);
    }

    [Fact]
    public void February_OfALeapYear_Has29Days()
    {
        using var place = new CostPlace(Settings(0.45m) with { StoragePrice = 1m }, At(2, 29, year: 2028));
        place.Ledger.Store("storage", "storage", null, 29 * GB, 1m, "EUR");
        var leaves = place.Start(place.Create("leaves", "ada"), "small", At(2, 29, 12, 2028));
        place.Clock.Now = At(3, 1, 12, 2028);

        var (february, march) = (place.Report("2028-02"), place.Report());

        // 29 GB for 1 of 29 days, 12 hours; in March 29 GB for half of 1 of 31 days, and 12 hours more.
        Assert.Equal((1.00m, 12m * 0.10m), (february.Storage, february.Running));
        Assert.Equal((Math.Round(29m / 31m / 2m, 2), 1.20m), (march.Storage, march.Running));
        Assert.Equal(29, february.Days.Count);
        Assert.Equal(2.40m, place.Reports.Of(leaves.Id).SoFar);
        Assert.Equal(1.20m, place.Reports.Of(leaves.Id).Month);
    }

    /// <summary>November 2026, looked at on the 1st of December at 06:00.</summary>
    private static async Task<CostPlace> NovemberAsync()
    {
        var place = new CostPlace(Settings(gpu: 0.45m), At(10, 31, 12));
        var (leaves, trees) = (place.Create("leaves", "ada"), place.Create("trees", "bob"));

        leaves = place.Start(leaves, "small", At(10, 31, 22));
        place.Clock.Now = At(11, 1);
        place.Ledger.Store("storage", "storage", null, 100 * GB, 0.05m, "EUR");
        leaves = place.Stop(leaves, At(11, 1, 3.5));

        trees = place.Start(trees, "gpu", At(11, 3, 8));
        trees = place.Stop(trees, At(11, 3, 18).AddMinutes(20), MachineState.Failed);

        leaves = place.Start(leaves, "gpu", At(11, 5));
        leaves = place.Stop(leaves, At(11, 6, 12));

        trees = place.Start(trees, "gpu", At(11, 10));
        place.Clock.Now = At(11, 10, 10);
        await place.LookAsync();
        place.Clock.Now = At(11, 10, 16);
        await place.NewHubAsync(Settings(gpu: 0.60m));
        trees = place.Stop(trees, At(11, 11));

        trees = place.Start(trees, "gpu", At(11, 11, 6));
        trees = place.Stop(trees, At(11, 11, 8.5));

        leaves = place.Start(leaves, "small", At(11, 12));
        place.Clock.Now = At(11, 12, 5);
        await place.LookAsync();
        place.Workloads[leaves.Id] = place.Workloads[leaves.Id] with { IsRunning = false, ExitCode = 1, Ended = At(11, 12, 7.5) };
        place.Clock.Now = At(11, 12, 9);
        await place.NewHubAsync();
        leaves = place.Stop(leaves, At(11, 12, 9), MachineState.Failed);

        leaves = place.Start(leaves, "small", At(11, 13));
        place.Clock.Now = At(11, 13, 4.25);
        await place.LookAsync();
        place.Workloads.Remove(leaves.Id);
        place.Clock.Now = At(11, 13, 12);
        await place.NewHubAsync();
        leaves = place.Stop(leaves, At(11, 13, 12), MachineState.Failed);

        place.Clock.Now = At(11, 16);
        place.Ledger.Store("storage", "storage", null, 200 * GB, 0.05m, "EUR");
        place.Clock.Now = At(11, 21);
        place.Ledger.Store("home/ada", "home/ada", "ada", 10 * GB, 0.05m, "EUR");

        leaves = place.Start(leaves, "small", At(11, 30, 20));
        place.Stop(leaves, At(12, 1, 2));
        place.Clock.Now = At(12, 1, 6);
        return place;
    }

    /// <summary>The other amount, when they are less than a cent apart: days are rounded so that they add up.</summary>
    private static decimal Near(decimal shown, decimal exact) => Math.Abs(shown - exact) < 0.01m ? exact : shown;
}
