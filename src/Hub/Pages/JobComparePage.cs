using System.Globalization;
using System.Text;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Output;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary><c>/jobs/compare?ids=…</c>: jobs beside each other, a chart for each metric with a line for each job, and in what their parameters differ.</summary>
internal sealed class JobComparePage(IJobs jobs, MetricsReader metrics, MetricCharts charts, TimeProvider time)
{
    private const int Most = 100;

    public async Task ShowAsync(HttpContext context)
    {
        if (Asked(context) is not { Ok: true } asked)
        {
            await HubPage.WriteFaultAsync(context, Asked(context).Fault!);
            return;
        }
        var table = JobTable.Of(asked.Value, metrics, context.RequestAborted);
        var names = Names(asked.Value);
        await HubPage.WriteAsync(context, "Compare jobs", $"""
            <div class="head"><p class="crumb"><a href="/jobs">Jobs</a> ›</p><h1>Compare {asked.Value.Count} jobs</h1><div class="do"><a class="button" href="/jobs/compare.csv?{string.Join('&', asked.Value.Select(view => $"ids={view.Job.Id}"))}" download="jobs.csv">CSV</a></div></div>
            <section><h2>{(table.Parameters.Count == 0 ? "Their parameters are the same" : "In what they differ")}</h2><div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">Job</th><th scope="col">State</th>{table.Parameters.Select(name => (Html)$"<th scope=\"col\">{name}</th>")}{table.Metrics.Select(name => (Html)$"<th scope=\"col\" class=\"n\">{name}</th>")}<th scope="col" class="n">Ran</th></tr></thead>
            <tbody>{table.Rows.Zip(names).Select((row, at) => Row(table, row.First, row.Second, at))}</tbody></table></div></section>
            {charts.Draw(context, [.. asked.Value.Zip(names, (view, name) => (name, view.Job)).Take(StepChart.MostLines)], Html.Empty)}
            {Html.If(asked.Value.Count > StepChart.MostLines, $"""<p class="hint">The first {StepChart.MostLines} are drawn.</p>""")}
            """);
    }

    public Task CsvAsync(HttpContext context) => Asked(context) is { Ok: true } asked ? WriteAsync(context, asked.Value) : HubPage.WriteFaultAsync(context, Asked(context).Fault!);

    public Task PartsCsvAsync(HttpContext context)
    {
        var found = jobs.Find(context.Caller(), (string)context.GetRouteValue("id")!);
        return found.Ok ? WriteAsync(context, jobs.Parts(context.Caller(), found.Value.Job.Id)) : HubPage.WriteFaultAsync(context, found.Fault);
    }

    private Task WriteAsync(HttpContext context, IReadOnlyList<JobView> list)
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        return context.Response.WriteAsync(JobTable.Of(list, metrics, context.RequestAborted).Csv(), Encoding.UTF8, context.RequestAborted);
    }

    /// <summary>The jobs that the address names.</summary>
    private HubResult<IReadOnlyList<JobView>> Asked(HttpContext context)
    {
        var ids = context.Request.Query["ids"].SelectMany(each => (each ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct().ToList();
        if (ids.Count is 0 or > Most) return new HubFault("bad-request", $"Choose 1 to {Most} jobs of the list.");
        var found = ids.Select(id => jobs.Find(context.Caller(), id)).ToList();
        return found.FirstOrDefault(each => !each.Ok).Fault is { } fault ? fault : found.Select(each => each.Value!).ToList();
    }

    private Html Row(JobTable table, JobTable.Row row, string name, int at) => $"""
        <tr><td class="{StepChart.Class(at)} named">{Html.If(at < StepChart.MostLines, StepChart.Swatch)}<a href="/jobs/{row.View.Job.Id}">{name}</a></td><td>{JobLook.Badge(row.View.Job)}</td>{row.Parameters.Select(value => (Html)$"<td>{value ?? "–"}</td>")}{table.Metrics.Select(metric => (Html)$"<td class=\"n\">{(row.Last(metric) is { } last ? Ticks.Word(last) : "–")}</td>")}<td class="n">{(JobLook.Duration(row.View.Job, time.GetUtcNow()) is { } ran ? Words.Span(ran) : "–")}</td></tr>
        """;

    /// <summary>A name each; of several jobs with the same one with what tells them apart.</summary>
    private static List<string> Names(IReadOnlyList<JobView> list) =>
        [.. list.Select(view => string.Create(CultureInfo.InvariantCulture, $"{JobLook.Name(view.Job)}{(view.Job.Parent is not null ? $" {view.Job.Index}" : list.Count(other => JobLook.Name(other.Job) == JobLook.Name(view.Job)) > 1 ? $" {view.Job.Id}" : "")}"))];
}
