using System.Text.RegularExpressions;
using Holdfast.Hub.Pages;
using Holdfast.Hub.Pages.Charts;

namespace Holdfast.Hub.Tests.Pages;

public sealed class StepChartTests
{
    [Theory]
    [InlineData(0, 1, false, "0 0.25 0.5 0.75 1")]
    [InlineData(0.13, 0.87, false, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(-3, 12, false, "-5 0 5 10 15")]
    [InlineData(5, 5, false, "4.5 4.75 5 5.25 5.5")]
    [InlineData(0, 0, false, "0 0.25 0.5 0.75 1")]
    [InlineData(0.003, 0.5, true, "0.001 0.01 0.1 1")]
    [InlineData(0.5, 0.6, true, "0.1 1")]
    [InlineData(1e-12, 1, true, "1e-12 1e-10 1e-8 1e-6 1e-4 0.01 1")]
    [InlineData(-1, 1, true, "-1 -0.5 0 0.5 1")]
    [InlineData(1e6, 3e6, false, "1e6 1.5e6 2e6 2.5e6 3e6")]
    public void Ticks_HoldTheValues_AndAreRound(double low, double high, bool log, string expected)
    {
        var ticks = Ticks.Between(low, high, log);

        Assert.Equal(expected, string.Join(' ', ticks.Labels));
        Assert.True(ticks.Values[0] <= low && ticks.Values[^1] >= high);
        Assert.InRange(ticks.Place(low), 0, 1);
    }

    [Theory]
    [InlineData(1, 3, "1 2 3")]
    [InlineData(1, 4, "1 2 3 4")]
    [InlineData(0, 10, "0 2 4 6 8 10")]
    [InlineData(1, 12, "1 12")]
    [InlineData(0, 1000, "0 333 667 1,000")]
    [InlineData(0, 0.5, "0 0.2 0.3 0.5")]
    public void Chart_OfSteps_NamesWholeOnes(double from, double to, string labels)
    {
        var drawn = StepChart.Draw("loss", "", [new StepSeries("a", [(from, 0), (to, 1)])]).ToString();

        Assert.Equal(labels, string.Join(' ', Regex.Matches(drawn[drawn.IndexOf("class=\"xs\"", StringComparison.Ordinal)..], "<span>([^<]+)</span>").Select(match => match.Groups[1].Value)));
    }

    [Fact]
    public void Chart_OfSeveralJobs_HasALineEachOnOneScale()
    {
        var drawn = StepChart.Draw("loss", "", [new StepSeries("a <b>", [(0, 0), (10, 1)]), new StepSeries("b", [(0, 1), (5, 0.5)]), new StepSeries("c", [])]).ToString();

        Assert.Equal(["M0 100L1000 0", "M0 0L500 50"], Regex.Matches(drawn, "class=\"line\" d=\"([^\"]+)\"").Select(match => match.Groups[1].Value).Take(2));
        Assert.Contains("a &lt;b&gt;", drawn, StringComparison.Ordinal);
        Assert.Contains("c nothing logged", drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void Chart_Smoothed_KeepsWhatWasMeasuredBesideIt()
    {
        var drawn = StepChart.Draw("loss", "", [new StepSeries("a", [(0, 0), (1, 1), (2, 0), (3, 1)])], smooth: 0.5).ToString();

        Assert.Contains("class=\"line raw\" d=\"M0 100L333.3 0L666.7 100L1000 0\"", drawn, StringComparison.Ordinal);
        Assert.Contains("class=\"line\" d=\"M0 100L333.3 33.33L", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void Chart_OfVeryManyPoints_IsSmallAndKeepsTheExtremes()
    {
        var points = Enumerable.Range(0, 2000).Select(at => ((double)at, at == 777 ? 50 : at == 1234 ? -50 : Math.Sin(at))).ToList();

        var thinned = new StepSeries("a", points).Thinned().Points;

        Assert.InRange(thinned.Count, 250, 500);
        Assert.Contains((777, 50), thinned);
        Assert.Contains((1234, -50), thinned);
        Assert.Equal(thinned.OrderBy(point => point.X), thinned);
    }

    [Fact]
    public void Parallel_OfTrials_HasAnAxisForEachParameterAndALineForEachTrial()
    {
        var drawn = ParallelAxes.Draw("trials", ["lr", "kind", "loss"],
            [new("Trial 0", ["0.1", "adam", "0.5"], 0), new("Trial 1", ["0.001", "sgd", "0.7"], 1), new("Trial 2", [null, "sgd", "0.6"], 0.5)]).ToString();

        Assert.Equal(3, Regex.Count(drawn, "class=\"axis\""));
        // The one without a learning rate begins at the next axis.
        Assert.Equal(5, Regex.Count(drawn, "<line x1"));
        Assert.Equal(1, Regex.Count(drawn, "class=\"best\""));
        foreach (var word in (string[])["adam", "sgd", "0.001", "0.1"]) Assert.Contains($">{word}</text>", drawn, StringComparison.Ordinal);
        Assert.Empty(ParallelAxes.Draw("one", ["a", "b"], [new("Trial", ["1", "2"], 0)]).ToString());
    }

    [Theory]
    [InlineData("a\rb\r\nc", "b\nc")]
    [InlineData("\u001b[32mgreen\u001b[0m \u001b]0;title\u0007end\n", "green end")]
    [InlineData("10%\r20%\r", "20%")]
    public void Log_AsATerminalLeavesIt(string said, string shown) => Assert.Equal(shown, JobLog.Plain(said));
}
