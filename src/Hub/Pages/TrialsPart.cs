using System.Globalization;
using Holdfast.Hub.Api.Contract;
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
        var isMaximized = sweep?.Goal == "maximize";
        var rows = metric is null ? table.Rows : Ranked();
        var shown = table.Metrics.OrderByDescending(name => name == metric).Take(MostMetrics).ToList();
        var best = rows.FirstOrDefault(row => Best(row) is not null);
        return $"""
            <section><header><h2>{(sweep is null ? "Shards" : "Trials")}</h2><span class="hint">{JobLook.Parts(view)}</span><div class="do"><a class="button slim" href="/jobs/compare?{string.Join('&', rows.Take(MostCompared).Select(row => $"ids={row.View.Job.Id}"))}">Compare {(metric is null ? "the first" : "the best")} {Math.Min(MostCompared, rows.Count)}</a><a class="button slim" href="/jobs/{view.Job.Id}/parts.csv" download="{view.Job.Id}.csv">CSV</a></div></header>
            {Html.If(metric is not null, $"""<p class="hint">By the best value of <b>{metric}</b>, {(isMaximized ? "highest" : "lowest")} first.</p>""")}
            {Picture()}
            <div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">{(sweep is null ? "Shard" : "Trial")}</th><th scope="col">State</th>{table.Parameters.Select(name => (Html)$"<th scope=\"col\">{name}</th>")}{Html.If(metric is not null, $"<th scope=\"col\" class=\"n\">Best {metric}</th>")}{shown.Select(name => (Html)$"<th scope=\"col\" class=\"n\">{name}</th>")}<th scope="col" class="n">Ran</th></tr></thead>
            <tbody>{rows.Select(Row)}</tbody></table></div>{Html.If(parts.Count > MostRows, $"""<p class="hint">The first {MostRows} of {parts.Count}.</p>""")}</section>
            """;

        Html Row(JobTable.Row row) => $"""
            <tr id="{row.View.Job.Id}"><td><a href="/jobs/{row.View.Job.Id}">{row.View.Job.Index}</a>{Html.If(row == best, Html.Trusted(" <span class=\"tag best\">best</span>"))}</td><td>{JobLook.Badge(row.View.Job)}</td>{row.Parameters.Select(value => (Html)$"<td>{value ?? "–"}</td>")}{Html.If(metric is not null, $"<td class=\"n\">{Number(Best(row))}</td>")}{shown.Select(name => (Html)$"<td class=\"n\">{Number(row.Last(name))}</td>")}<td class="n">{(JobLook.Duration(row.View.Job, time.GetUtcNow()) is { } ran ? Words.Span(ran) : "–")}</td></tr>
            """;

        Html Picture()
        {
            if (metric is null) return Html.Empty;
            var ranked = rows.Where(row => Best(row) is not null).ToList();
            return ParallelAxes.Draw($"Parameters of the trials and their {metric}", [.. table.Parameters, metric], [.. ranked.Select((row, at) => new ParallelAxes.Line(
                $"Trial {row.View.Job.Index}: {metric} {Number(Best(row))}", [.. row.Parameters, Best(row)!.Value.ToString("R", CultureInfo.InvariantCulture)],
                ranked.Count == 1 ? 0 : at / (ranked.Count - 1.0)))]);
        }

        // The best first; those without a value at the end, in their order.
        List<JobTable.Row> Ranked() => [.. table.Rows.OrderBy(row => Best(row) is { } value ? isMaximized ? -value : value : double.PositiveInfinity)];

        double? Best(JobTable.Row row) => row.Best(metric, isMaximized);
    }

    private static string Number(double? value) => value is { } number ? Ticks.Word(number) : "–";
}
