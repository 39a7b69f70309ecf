using System.Globalization;
using Holdfast.Hub.Database;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Costs;

/// <summary>What people may cost a month: what <c>hub.yaml</c> says for each, or what an administrator has set for one. They warn; nothing is stopped because of them.</summary>
internal sealed class Budgets(HubDatabase database, HubSettings settings, Persons persons, AuditLog audit)
{
    /// <summary>From how much on it is nearly used up.</summary>
    public const decimal NearlyAll = 0.8m;

    private const decimal Largest = 1_000_000_000;

    /// <summary>Somebody's; null when they have none.</summary>
    public decimal? Of(string person) =>
        database.Value("SELECT amount FROM budgets WHERE person = $person", ("$person", person)) is string own ? decimal.Parse(own, CultureInfo.InvariantCulture) : settings.PersonBudget;

    /// <summary>Those that an administrator has set, by name.</summary>
    public IReadOnlyList<(string Person, decimal Amount)> Own() => database.Query(
        "SELECT person, amount FROM budgets ORDER BY person", row => (row.GetString(0), decimal.Parse(row.GetString(1), CultureInfo.InvariantCulture)));

    /// <summary>Sets somebody's.</summary>
    /// <param name="caller">An administrator.</param>
    /// <param name="person">Whose.</param>
    /// <param name="amount">For a month; null for what <c>hub.yaml</c> says.</param>
    public HubResult<PersonBudget> Set(Caller caller, string person, decimal? amount)
    {
        if (!caller.IsAdmin) return Persons.NotYours;
        if (amount is < 0 or > Largest) return new HubFault("bad-request", "A budget is an amount of money for a month, 0 or more.");
        if (persons.Find(person) is null) return new HubFault("not-found", $"There is nobody named {person}.");
        if (amount is null) database.Execute("DELETE FROM budgets WHERE person = $person", ("$person", person));
        else database.Execute("INSERT OR REPLACE INTO budgets (person, amount) VALUES ($person, $amount)", ("$person", person), ("$amount", Text(amount.Value)));
        audit.Write(caller.Name, "person.budget", person, amount is null ? "default" : Text(amount.Value));
        return new PersonBudget(person, Of(person), amount is not null);
    }

    /// <summary>How a budget stands; null when there is none.</summary>
    public static BudgetState? State(decimal? amount, decimal accrued, decimal forecast) => amount is not { } budget ? null
        : new BudgetState(budget, Kind(budget, accrued, forecast), budget == 0 ? accrued > 0 ? 100 : 0 : (int)Math.Min(accrued / budget * 100, int.MaxValue));

    private static string Kind(decimal budget, decimal accrued, decimal forecast) =>
        accrued == 0 ? forecast > budget ? "forecast" : "ok" : accrued >= budget ? "over" : accrued >= budget * NearlyAll ? "near" : forecast > budget ? "forecast" : "ok";

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What somebody may cost.</summary>
/// <param name="Person">Their login name.</param>
/// <param name="Amount">For a month; null when they have no budget.</param>
/// <param name="IsOwn">Whether an administrator has set it for them, and not <c>hub.yaml</c> for everybody.</param>
public sealed record PersonBudget(string Person, decimal? Amount, bool IsOwn);
