using System.Globalization;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;
using Holdfast.Hub.Pages.Charts;

namespace Holdfast.Hub.Pages;

/// <summary>The parts of a job: of a sweep its trials, the best first, as a table and as parallel coordinates; else its shards.</summary>
internal sealed class TrialsPart(MetricsReader metrics, TimeProvider time)
{
    private const int MostRows = 200, MostMetrics = 4, MostCompared = 6;

    /// <param name="view">The whole.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Html Draw(JobView view, IReadOnlyList<JobView> parts, CancellationToken cancellationToken)
    {
        if (parts.Count == 0) return Html.Empty;
        var sweep = view.Job.Spec.Sweep;
        var table = JobTable.Of([.. parts.Take(MostRows)], metrics, cancellationToken);
        var metric = sweep?.Metric;
        var rows = metric is null ? table.Rows : Ranked(table, metric, sweep!);
        var shown = table.Metrics.OrderByDescending(name => name == metric).Take(MostMetrics).ToList();
        var best = rows.Where(row => row.Last(metric) is not null).Take(1).ToList();
        return $"""
            <section><header><h2>{(sweep is null ? "Shards" : "Trials")}</h2><span class="hint">{JobLook.Parts(view)}</span><div class="do"><a class="button slim" href="/jobs/compare?{string.Join('&', rows.Take(MostCompared).Select(row => $"ids={row.View.Job.Id}"))}">Compare {(metric is null ? "the first" : "the best")} {Math.Min(MostCompared, rows.Count)}</a><a class="button slim" href="/jobs/{view.Job.Id}/parts.csv" download="{view.Job.Id}.csv">CSV</a></div></header>
            {Html.If(metric is not null, $"""<p class="hint">By the last value of <b>{metric}</b>, {(IsMaximized(sweep) ? "highest" : "lowest")} first.</p>""")}
            {Picture(table, rows, metric)}
            <div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">{(sweep is null ? "Shard" : "Trial")}</th><th scope="col">State</th>{table.Parameters.Select(name => (Html)$"<th scope=\"col\">{name}</th>")}{shown.Select(name => (Html)$"<th scope=\"col\" class=\"n\">{name}</th>")}<th scope="col" class="n">Ran</th></tr></thead>
            <tbody>{rows.Select(Row)}</tbody></table></div>{Html.If(parts.Count > MostRows, $"""<p class="hint">The first {MostRows} of {parts.Count}.</p>""")}</section>
            """;

        Html Row(JobTable.Row row) => $"""
            <tr id="{row.View.Job.Id}"><td><a href="/jobs/{row.View.Job.Id}">{row.View.Job.Index}</a>{Html.If(best.Contains(row), Html.Trusted(" <span class=\"tag best\">best</span>"))}</td><td>{JobLook.Badge(row.View.Job)}</td>{row.Parameters.Select(value => (Html)$"<td>{value ?? "–"}</td>")}{shown.Select(name => (Html)$"<td class=\"n\">{(row.Last(name) is { } last ? Ticks.Word(last) : "–")}</td>")}<td class="n">{(JobLook.Duration(row.View.Job, time.GetUtcNow()) is { } ran ? Words.Span(ran) : "–")}</td></tr>
            """;
    }

    private static Html Picture(JobTable table, IReadOnlyList<JobTable.Row> rows, string? metric)
    {
        if (metric is null) return Html.Empty;
        var ranked = rows.Where(row => row.Last(metric) is not null).ToList();
        return ParallelAxes.Draw($"Parameters of the trials and their {metric}", [.. table.Parameters, metric], [.. ranked.Select((row, at) => new ParallelAxes.Line(
            string.Create(CultureInfo.InvariantCulture, $"Trial {row.View.Job.Index}: {metric} {Ticks.Word(row.Last(metric)!.Value)}"), [.. row.Parameters, row.Last(metric)!.Value.ToString("R", CultureInfo.InvariantCulture)],
            ranked.Count == 1 ? 0 : at / (ranked.Count - 1.0)))]);
    }

    /// <summary>The best first; those without a value at the end, in their order.</summary>
    private static List<JobTable.Row> Ranked(JobTable table, string metric, JobSweep sweep) =>
        [.. table.Rows.OrderBy(row => row.Last(metric) is { } value ? IsMaximized(sweep) ? -value : value : double.PositiveInfinity)];

    private static bool IsMaximized(JobSweep? sweep) => sweep?.Goal == "maximize";
}
