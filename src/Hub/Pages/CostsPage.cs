using System.Globalization;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/costs</c>: what a month has cost and will, by day, machine, volume and person.</summary>
internal sealed class CostsPage(CostReports reports, TimeProvider time)
{
    public Task ShowAsync(HttpContext context)
    {
        var now = time.GetUtcNow();
        var asked = context.Request.Query["month"].ToString();
        var month = CostMonth.Read(asked.Length == 0 ? null : asked, now);
        return month.Fault is { } fault ? HubPage.WriteFaultAsync(context, fault) : WriteAsync(context, month.Value, now);
    }

    private Task WriteAsync(HttpContext context, CostMonth month, DateTimeOffset now)
    {
        var caller = context.Caller();
        var report = reports.Of(caller, month);
        var isNow = month.End > now;
        string Money(decimal amount) => Words.Money(amount, report.Currency);
        string Axis(double amount) => amount.ToString(amount is > 0 and < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture);
        return HubPage.WriteAsync(context, "Costs", $"""
            <div class="head"><h1>Costs <span class="tag">{month.From.ToString("MMMM yyyy", CultureInfo.InvariantCulture)}</span></h1><div class="do">
            <a class="button" rel="prev" href="/costs?month={Month(month.From.AddMonths(-1))}" aria-label="The month before">‹</a>{Html.If(!isNow, $"""<a class="button" rel="next" href="/costs?month={Month(month.End)}" aria-label="The month after">›</a>""")}
            <a class="button" href="/api/v1/costs.csv?month={month.ToString()}" download="costs-{month.ToString()}.csv">CSV</a></div></div>
            {Warning(report)}
            <dl class="figures"><div><dt>{(isNow ? "So far" : "The month")}</dt><dd>{Money(report.Total)}<small>machines {Money(report.Running)}, storage {Money(report.Storage)}</small></dd></div>
            {Html.If(isNow, $"""<div><dt>Now</dt><dd>{Words.Price(report.RatePerHour, report.Currency)}<small>an hour</small></dd></div><div><dt>Forecast</dt><dd>{Money(report.Forecast)}<small>at the pace of the last 7 days</small></dd></div><div><dt>If all runs on</dt><dd>{Money(report.ForecastIfAllRunsOn)}<small>to the end of the month</small></dd></div>""")}</dl>
            {Html.If(report.Budget is not null, $"""<section><header><h2>{(caller.IsAdmin ? "The hub's budget" : "Your budget")}</h2><span class="n">{report.Budget?.Percent ?? 0} % of {Money(report.Budget?.Amount ?? 0)}</span></header>{Bars.Of((report.Budget?.Percent ?? 0) / 100.0, Colour(report.Budget), "meter")}</section>""")}
            {(report.Total == 0 && report.Machines.Count == 0
                ? (Html)$"""<section class="empty">{Icons.Costs}<h2>Nothing has cost anything</h2><p>Prices of machine types and of storage stand in hub.yaml; what runs and what is stored is counted from then on.</p></section>"""
                : $"""
                    <section>{Bars.Columns("By day", "", ["cost"], [.. Days(report, month)], Axis)}</section>
                    <section><h2>Machines and jobs</h2>{Table(["Machine", "Owner", "Type", "Ran", ""], report.Machines.Count == 0 ? [] : report.Machines.Select(machine => Line(report.Machines.Max(other => other.Cost), machine.Cost,
                        $"{machine.Name}{Html.If(machine.Runs, Html.Trusted(" <span class=\"state running\">running</span>"))}", $"{machine.Owner}", $"{string.Join(", ", machine.Types)}", $"{Words.Span(machine.Time)}")))}</section>
                    <section><h2>Storage</h2>{Table(["Volume", "Owner", "Held", "", ""], report.Volumes.Select(volume => Line(report.Volumes.Max(other => other.Cost), volume.Cost, $"{volume.Name}", $"{volume.Owner ?? "the team"}", $"{volume.GbMonths.ToString("0.###", CultureInfo.InvariantCulture)} GB-months", Html.Empty)))}</section>
                    {Html.If(caller.IsAdmin, $"""<section><h2>People</h2>{Table(["Person", "Budget", "", "", ""], report.People.Select(person => Line(report.People.Max(other => other.Cost), person.Cost, $"{person.Name ?? "the team's storage"}", Budget(person.Budget), Html.Empty, Html.Empty)))}</section>""")}
                    """)}
            {Html.If(report.OtherCurrencies.Count > 0, $"""<p class="hint">This month has costs in {string.Join(", ", report.OtherCurrencies)} as well, from before the currency was changed: holdfast cost shows them.</p>""")}
            """);

        Html Line(decimal most, decimal cost, Html name, Html owner, Html what, Html time) =>
            $"""<tr><td>{name}</td><td>{owner}</td><td>{what}</td><td class="n">{time}</td><td>{Bars.Of(most == 0 ? 0 : (double)(cost / most))}</td><td class="n">{Money(cost)}</td></tr>""";

        Html Budget(BudgetState? budget) => budget is null ? Html.Empty : (Html)$"""{Bars.Of(budget.Percent / 100.0, Colour(budget))}<span class="hint">{budget.Percent} % of {Money(budget.Amount)}</span>""";

        Html Warning(CostReport of) => of.Budget?.State switch
        {
            "over" => $"""<p class="wrong" role="status">The budget of {Money(of.Budget.Amount)} is used up. Nothing is stopped because of it.</p>""",
            "near" => $"""<p class="warn" role="status">{of.Budget.Percent} % of the budget of {Money(of.Budget.Amount)} are used.</p>""",
            "forecast" => $"""<p class="warn" role="status">At this pace the month ends above the budget of {Money(of.Budget.Amount)}.</p>""",
            _ => Html.Empty,
        };
    }

    private static string Colour(BudgetState? budget) => budget?.State switch { "over" => "cbad", "near" or "forecast" => "cwait", _ => "c1" };

    private static Html Table(IReadOnlyList<string> heads, IEnumerable<Html> rows) => rows.ToArray() is { Length: > 0 } all
        ? (Html)$"""<div class="scroll" tabindex="0"><table class="same"><thead><tr>{heads.Select(head => (Html)$"""<th scope="col"{Html.If(head == "Ran", Html.Trusted(" class=\"n\""))}>{head}</th>""")}<th scope="col" class="n">Cost</th></tr></thead><tbody>{all}</tbody></table></div>"""
        : Html.Trusted("<p class=\"hint\">Nothing.</p>");

    /// <summary>Every day of the month, those to come too: the picture does not change its shape.</summary>
    private static IEnumerable<(string, IReadOnlyList<double>)> Days(CostReport report, CostMonth month)
    {
        var costs = report.Days.ToDictionary(day => day.Day, day => (double)day.Cost);
        for (var day = DateOnly.FromDateTime(month.From.UtcDateTime); day < DateOnly.FromDateTime(month.End.UtcDateTime); day = day.AddDays(1))
            yield return (day.ToString("d MMM", CultureInfo.InvariantCulture), [costs.GetValueOrDefault(day)]);
    }

    private static string Month(DateTimeOffset time) => time.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
