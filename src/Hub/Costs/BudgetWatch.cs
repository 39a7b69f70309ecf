using System.Globalization;
using Holdfast.Hub.Database;
using Holdfast.Hub.Events;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Costs;

/// <summary>Warns, by an event, once a month and budget each: when 80 % are used, when all of it is, and when the forecast is above it.</summary>
internal sealed class BudgetWatch(CostReports reports, Budgets budgets, Persons persons, HubDatabase database, HubSettings settings, EventLog events, TimeProvider time)
{
    private static readonly Caller Hub = new("", IsAdmin: true);

    /// <summary>Looks at all budgets.</summary>
    public void Look()
    {
        if (settings.MonthBudget is not null) Look(Hub, null);
        foreach (var person in persons.List().Where(person => budgets.Of(person.Name) is not null)) Look(new Caller(person.Name, IsAdmin: false), person.Name);
    }

    private void Look(Caller caller, string? person)
    {
        var report = reports.Of(caller, CostMonth.Of(time.GetUtcNow()));
        if (report.Budget is not { State: not "ok" } budget) return;
        // One that is used up was nearly used up before, and that is not said afterwards.
        string[] said = budget.State switch { "over" => ["over", "near", "forecast"], "near" => ["near", .. report.Forecast > budget.Amount ? ["forecast"] : Array.Empty<string>()], var state => [state] };
        var isNew = database.Transact(() => said.Count(kind => database.Execute("INSERT OR IGNORE INTO budget_warnings (month, person, kind, amount) VALUES ($month, $person, $kind, $amount)",
            ("$month", report.Month), ("$person", person ?? ""), ("$kind", kind), ("$amount", budget.Amount.ToString(CultureInfo.InvariantCulture))) > 0 && kind == budget.State)) > 0;
        if (isNew) events.Add($"budget.{budget.State}", null, person, Words(person is null ? "The hub" : person, report, budget));
    }

    private static string Words(string who, CostReport report, BudgetState budget)
    {
        var (used, whole) = (Money(report.Total), $"{Money(budget.Amount)} {report.Currency}");
        return budget.State == "forecast"
            ? $"{who} will have used {Money(report.Forecast)} of the {whole} for {report.Month}, if it goes on as in the last days; {used} by now."
            : string.Create(CultureInfo.InvariantCulture, $"{who} has used {budget.Percent} % of the budget for {report.Month}: {used} of {whole}. Nothing is stopped because of it.");
    }

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
