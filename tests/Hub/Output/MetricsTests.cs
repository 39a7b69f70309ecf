using System.Globalization;
using System.Text;
using Holdfast.Hub.Output;

namespace Holdfast.Hub.Tests.Output;

public sealed class MetricsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Million_OfLines_BecomeAtMost2000PointsThatKeepTheExtremes()
    {
        const int Lines = 1_000_000, Peak = 654_321, Valley = 111_111;
        await using (var text = new StreamWriter(_path))
        {
            for (var step = 0; step < Lines; step++)
                await text.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{{\"time\":{step},\"step\":{step},\"loss\":{(step == Peak ? 99 : step == Valley ? -99 : Math.Sin(step))}}}\n"));
        }
        var file = new MetricsFile();
        Read(file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(new MetricsFile());
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var series = Assert.Single(file.Of().Series);

        Assert.Equal(Lines, series.Count);
        Assert.InRange(series.Points.Count, 1000, 2000);
        Assert.Equal([99, -99], [series.Points.Max(point => point.Value), series.Points.Min(point => point.Value)]);
        Assert.Equal(((double)Peak, (double)Valley), (series.Max!.Value.Step, series.Min!.Value.Step));
        Assert.Equal(Lines - 1, series.Last!.Value.Step);
        Assert.Equal(series.Points.OrderBy(point => point.Number), series.Points);
        // Names of metrics, and nothing that is larger with more lines.
        Assert.True(allocated < 200_000_000, $"{allocated}");
    }

    [Fact]
    public void Process_ThatGoesOnFromACheckpoint_TakesThePlaceOfWhatItRepeats()
    {
        Write("""
            {"step":1,"run":1,"loss":9}
            {"step":2,"loss":8}
            {"step":3,"loss":7}
            {"step":2,"run":2,"loss":80}
            {"step":3,"run":2,"loss":70}

            """);
        var file = new MetricsFile();
        Read(file);

        Assert.Equal([(1, 9), (2, 80), (3, 70)], Assert.Single(file.Of().Series).Points.Select(point => (point.Step!.Value, point.Value)));
    }

    [Fact]
    public void Lines_ThatNobodyUnderstands_AreCountedAndNoMore()
    {
        Write($"[1]\n\n{{\"a\":1\n\"words\"\n{{\"a\":{{\"b\":2}},\"c\":[1],\"d\":true,\"e\":1}}\n{new string('x', 300_000)}\n{{\"e\":2}}\n{{\"e\":3");
        var file = new MetricsFile();
        Read(file);

        var read = file.Of();
        Assert.Equal([1, 2], Assert.Single(read.Series).Points.Select(point => point.Value));
        Assert.True(read.Unread >= 4, $"{read.Unread}");
        File.AppendAllText(_path, "}\n");
        Read(file);
        Assert.Equal([1, 2, 3], Assert.Single(file.Of().Series).Points.Select(point => point.Value));
    }

    [Fact]
    public void Metrics_WithoutEnd_AreTheFirst200()
    {
        Write(new StringBuilder("{").AppendJoin(',', Enumerable.Range(0, 500).Select(number => $"\"m{number:000}\":1")).Append("}\n").ToString());
        var file = new MetricsFile();
        Read(file);

        Assert.Equal((200, 1), (file.Of().Series.Count, file.Of().Unread));
    }

    [Theory]
    [InlineData("loss", "loss")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("=1+1", "'=1+1")]
    public void Name_InCsv_IsTextOnly(string name, string cell) => Assert.Equal(cell, CsvText.ForeignCell(name));

    private void Write(string text) => File.WriteAllText(_path, text);

    private void Read(MetricsFile file)
    {
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        file.Read(stream, TestContext.Current.CancellationToken);
    }
}
