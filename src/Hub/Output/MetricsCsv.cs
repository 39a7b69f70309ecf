using System.Globalization;
using System.Text;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Output;

/// <summary>Every line that a job has logged, for a spreadsheet (RFC 4180): run, step, time, and a column for each metric.</summary>
internal sealed class MetricsCsv(JobArtifacts artifacts, MetricsReader metrics)
{
    public async Task WriteAsync(JobRecord job, Stream to, CancellationToken cancellationToken)
    {
        var names = metrics.Read(job, null, cancellationToken, points: false).Series.Select(series => series.Name).ToList();
        var columns = names.Index().ToDictionary(name => name.Item, name => name.Index);
        var text = new StringBuilder("run,step,time").AppendJoin("", names.Select(name => $",{CsvText.ForeignCell(name)}")).Append("\r\n");
        using var file = artifacts.OpenMetrics(job);
        var line = new MetricsLine();
        var cells = new double?[names.Count];
        // A piece at a time: reading waits for whoever takes it.
        for (var (position, more, buffer) = (0L, file is not null, new byte[MetricsFile.Piece]); more;)
        {
            more = MetricsFile.ReadPiece(file!, buffer, ref position, read => Add(read, line, columns, cells, text));
            await FlushAsync();
        }
        await FlushAsync();

        async Task FlushAsync()
        {
            await to.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
            text.Clear();
        }
    }

    private static void Add(ReadOnlySpan<byte> read, MetricsLine line, Dictionary<string, int> columns, double?[] cells, StringBuilder text)
    {
        if (!line.Read(read)) return;
        Array.Clear(cells);
        foreach (var (name, value) in line.Values)
        {
            if (columns.TryGetValue(name, out var column)) cells[column] = value;
        }
        text.Append(CultureInfo.InvariantCulture, $"{line.Run},{line.Step},{line.Time}");
        foreach (var cell in cells) text.Append(CultureInfo.InvariantCulture, $",{cell}");
        text.Append("\r\n");
    }
}
