using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;
using Holdfast.Hub.Pages.Charts;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary>A chart for each metric, with a line for each job; smoothing and a logarithmic axis by plain links.</summary>
internal sealed class MetricCharts(MetricsReader reader)
{
    private const int Usual = 8;
    private static readonly (string Name, double Weight)[] Smoothings = [("as logged", 0), ("smooth", 0.6), ("smoother", 0.9)];

    /// <summary>The section; empty when nothing was logged.</summary>
    /// <param name="context">Asks with <c>smooth</c>, <c>log</c> and <c>all</c>.</param>
    /// <param name="jobs">Up to twelve, with what each is called.</param>
    /// <param name="links">What stands in the section's head besides.</param>
    public Html Draw(HttpContext context, IReadOnlyList<(string Name, JobRecord Job)> jobs, Html links)
    {
        var read = jobs.Select(each => (each.Name, Series: reader.Read(each.Job, null, context.RequestAborted).Series.ToDictionary(series => series.Name))).ToList();
        var names = read.SelectMany(each => each.Series.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0) return Html.Empty;
        var query = context.Request.Query;
        var smooth = Smoothings.FirstOrDefault(each => each.Name == query["smooth"]).Weight;
        var (isLog, isAll) = (query["log"] == "yes", query["all"] == "yes");
        var several = read.Count > 1;
        return $"""
            <section><header><h2>Metrics</h2><nav class="do" aria-label="Curves">{Smoothings.Select(each => Choice(each.Name, "smooth", each.Weight == 0 ? null : each.Name, each.Weight == smooth))}{Choice("log axis", "log", isLog ? null : "yes", isLog)}{links}</nav></header>
            {Html.If(several, StepChart.Key([.. read.Select(each => each.Name)]))}
            <div class="charts">{names.Take(isAll ? names.Count : Usual).Select(Chart)}</div>
            {Html.If(names.Count > Usual && !isAll, $"""<p><a class="button slim" href="{Address(context, "all", "yes")}">All {names.Count} metrics</a></p>""")}</section>
            """;

        Html Chart(string name) => StepChart.Draw(name, several ? "" : Now(read[0].Series[name]),
            [.. read.Select(each => new StepSeries(each.Name, each.Series.GetValueOrDefault(name)?.Points.Select(point => (point.X, point.Value)).OrderBy(point => point.X).ToList() ?? []))], isLog, smooth, showsKey: false);

        Html Choice(string text, string field, string? value, bool isChosen) =>
            $"""<a class="button slim" href="{Address(context, field, value)}"{Html.If(isChosen, Html.Trusted(" aria-current=\"true\""))}>{text}</a>""";
    }

    private static string Now(MetricSeries series) => series.Last is { } last
        ? $"{Ticks.Word(last.Value)} at {Ticks.Word(last.X)}; lowest {Ticks.Word(series.Min!.Value.Value)}, highest {Ticks.Word(series.Max!.Value.Value)}"
        : "no finite value";

    /// <summary>This page with another value of a field; null for without it.</summary>
    private static string Address(HttpContext context, string field, string? value)
    {
        var fields = context.Request.Query.Where(each => each.Key != field).SelectMany(each => each.Value.Select(one => (each.Key, Value: one ?? "")));
        if (value is not null) fields = fields.Append((field, value));
        var query = string.Join('&', fields.Select(each => $"{Uri.EscapeDataString(each.Key)}={Uri.EscapeDataString(each.Value)}"));
        return query.Length == 0 ? context.Request.Path.Value! : $"{context.Request.Path}?{query}";
    }
}
