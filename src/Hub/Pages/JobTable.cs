using System.Globalization;
using System.Text;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Output;

namespace Holdfast.Hub.Pages;

/// <summary>Jobs beside each other: the parameters in which they differ, and what they have logged last.</summary>
/// <param name="Parameters">Names of the parameters that are not the same in all of them.</param>
/// <param name="Metrics">Names of all their metrics.</param>
/// <param name="Rows">One for each job.</param>
internal sealed record JobTable(IReadOnlyList<string> Parameters, IReadOnlyList<string> Metrics, IReadOnlyList<JobTable.Row> Rows)
{
    /// <summary>A job.</summary>
    /// <param name="View">The job.</param>
    /// <param name="Parameters">Its values of the parameters that differ; null where it has none.</param>
    /// <param name="Metrics">What is known of its metrics, without points.</param>
    internal sealed record Row(JobView View, IReadOnlyList<string?> Parameters, IReadOnlyDictionary<string, MetricSeries> Metrics)
    {
        /// <summary>The last value of a metric; null without one.</summary>
        public double? Last(string? metric) => metric is not null && Metrics.GetValueOrDefault(metric)?.Last is { } last ? last.Value : null;

        /// <summary>The best value of a metric; null without one.</summary>
        public double? Best(string? metric, bool isMaximized) =>
            metric is not null && Metrics.GetValueOrDefault(metric) is { } series && (isMaximized ? series.Max : series.Min) is { } best ? best.Value : null;
    }

    public static JobTable Of(IReadOnlyList<JobView> jobs, MetricsReader reader, CancellationToken cancellationToken)
    {
        var parameters = jobs.SelectMany(view => view.Job.Spec.Parameters.Keys).Distinct().Where(name => jobs.Select(view => ValueOf(view, name)).Distinct().Count() > 1).ToList();
        var rows = jobs.Select(view => new Row(view, [.. parameters.Select(name => ValueOf(view, name))],
            reader.Read(view.Job, null, cancellationToken, points: false).Series.ToDictionary(series => series.Name))).ToList();
        return new JobTable(parameters, [.. rows.SelectMany(row => row.Metrics.Keys).Distinct().Order(StringComparer.Ordinal)], rows);
    }

    /// <summary>For a spreadsheet (RFC 4180): of each metric the last, lowest and highest value.</summary>
    public string Csv()
    {
        var text = new StringBuilder();
        Write(["job", "name", "state", .. Parameters, .. Metrics.SelectMany(name => (string[])[name, $"{name} min", $"{name} max"])]);
        foreach (var row in Rows)
        {
            Write([row.View.Job.Id, JobLook.Name(row.View.Job), JobLook.Word(row.View.Job.State), .. row.Parameters.Select(value => value ?? ""), .. Metrics.SelectMany(name =>
                row.Metrics.GetValueOrDefault(name) is { } series ? (string[])[Number(series.Last), Number(series.Min), Number(series.Max)] : ["", "", ""])]);
        }
        return text.ToString();

        void Write(IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(CsvText.ForeignCell)).Append("\r\n");
    }

    private static string? ValueOf(JobView view, string parameter) => view.Job.Spec.Parameters.TryGetValue(parameter, out var value) ? JobLook.Value(value) : null;

    private static string Number(MetricPoint? point) => point?.Value.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
