using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Hub.Pages.Charts;

namespace Holdfast.Hub.Tests.Pages;

public sealed class ChartsTests
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch, To = From.AddHours(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(40)]
    public void Treemap_OfAnyNumberOfTiles_GivesEachItsShareAndFillsTheWhole(int count)
    {
        var random = new Random(count);
        var amounts = Enumerable.Range(0, count).Select(_ => random.NextDouble() * 1e9 + 1).OrderDescending().ToList();

        var places = Treemap.Lay(amounts);

        Assert.Equal(count, places.Count);
        foreach (var (amount, place) in amounts.Zip(places)) Assert.Equal(amount / amounts.Sum(), place.Width * place.Height, 9);
        Assert.All(places, place => Assert.True(place is { X: >= -1e-9, Y: >= -1e-9 } && place.X + place.Width <= 1 + 1e-9 && place.Y + place.Height <= 1 + 1e-9));
        for (var one = 0; one < count; one++)
        {
            for (var other = one + 1; other < count; other++)
                Assert.True(Overlap(places[one].X, places[one].Width, places[other].X, places[other].Width) * Overlap(places[one].Y, places[one].Height, places[other].Y, places[other].Height) < 1e-9);
        }
    }

    [Fact]
    public void LineChart_WithAGap_DoesNotConnectWhatNobodyHasSeen()
    {
        var series = new Series("cpu", [(From, 0), (From.AddMinutes(1), 2), (From.AddMinutes(30), 1), (From.AddMinutes(31), 1)]);

        var drawn = LineChart.Draw("Processors", "1", [series], From, To, 2, value => value.ToString("0.#", CultureInfo.InvariantCulture), TimeSpan.FromMinutes(3)).ToString();

        var line = Regex.Match(drawn, "class=\"line\" d=\"([^\"]+)\"").Groups[1].Value;
        Assert.Equal("M0 100L16.7 0M500 50L516.7 50", line);
        Assert.Contains("cpu now 1, most 2", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void LineChart_OfNothing_SaysThatNothingWasMeasured()
    {
        var drawn = LineChart.Draw("GPU", "", [new Series("gpu", [])], From, To, 0, value => $"{value}", TimeSpan.FromMinutes(3)).ToString();

        Assert.Contains("gpu nothing measured", drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_OfParts_StandOnEachOther()
    {
        var drawn = Bars.Columns("Costs", "", ["machines", "storage"], [("1", [3, 1]), ("2", [0, 0])], value => $"{value}").ToString();

        var shapes = Regex.Matches(drawn, "y=\"([\\d.]+)%\" height=\"([\\d.]+)%\"").Select(shape => (shape.Groups[1].Value, shape.Groups[2].Value));
        Assert.Equal([("25", "75"), ("0", "25"), ("100", "0"), ("100", "0")], shapes);
    }

    private static double Overlap(double one, double oneLength, double other, double otherLength) => Math.Max(0, Math.Min(one + oneLength, other + otherLength) - Math.Max(one, other));
}
