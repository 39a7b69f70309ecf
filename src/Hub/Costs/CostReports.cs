using Holdfast.Hub.People;

namespace Holdfast.Hub.Costs;

/// <summary>What machines and storage cost, accrued and forecast: see <see cref="CostReport"/>.</summary>
internal sealed class CostReports(CostLedger ledger, Budgets budgets, HubSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1), Window = TimeSpan.FromDays(7);

    /// <summary>A month.</summary>
    /// <param name="caller">An administrator sees all, a member their own.</param>
    /// <param name="month">Which.</param>
    /// <param name="currency">In which currency; null for the settings'.</param>
    public CostReport Of(Caller caller, CostMonth month, string? currency = null)
    {
        var now = time.GetUtcNow();
        var until = now < month.End ? now : month.End;
        var (shares, others) = Shares(caller, month.From, until, currency);
        var (running, storage) = (shares.Where(share => share.Of.Bytes is null).ToList(), shares.Where(share => share.Of.Bytes is not null).ToList());
        var total = shares.Sum(share => share.Cost);
        var (rate, forecast) = until == now ? (RateOf(caller, now, currency), total + MeanADay(caller, now, currency) * ((month.End - now).Ticks / (decimal)Day.Ticks)) : (0, total);
        var parts = Cents.Lines([Sum(running), Sum(storage)]);
        return new CostReport
        {
            Month = month.ToString(),
            Until = until,
            Currency = currency ?? settings.Currency,
            OtherCurrencies = others,
            Total = Cents.Round(total),
            Running = parts[0],
            Storage = parts[1],
            RatePerHour = Cents.Round(rate, 4),
            Forecast = Cents.Round(forecast),
            ForecastIfAllRunsOn = Cents.Round(total + (until == now ? Shares(caller, now, month.End, currency).Shares.Where(share => share.Of.Ended is null).Sum(share => share.Cost) : 0)),
            Budget = Budgets.State(caller.IsAdmin ? settings.MonthBudget : budgets.Of(caller.Name), total, forecast),
            // Of a thousand trials nobody wants a line each: jobs of a name are one.
            Machines = [.. Group(running, share => share.Of.IsJob ? $"jobs/{share.Of.Owner}/{share.Of.Name}" : share.Of.Subject, parts[0]).OrderByDescending(line => line.Cost).ThenBy(line => line.Last.Name, StringComparer.Ordinal)
                .Select(line => new MachineCost(line.Key, line.Last.IsJob ? $"{line.Last.Name} (jobs)" : line.Last.Name, line.Last.Owner ?? "", [.. line.Shares.Select(share => share.Of.Type!).Distinct()],
                    TimeSpan.FromMilliseconds((long)Math.Round(line.Quantity * 3_600_000)), line.Shares.Any(share => share.Of.Ended is null), line.Cost))],
            Volumes = [.. Group(storage, share => share.Of.Subject, parts[1]).OrderByDescending(line => line.Cost).ThenBy(line => line.Last.Name, StringComparer.Ordinal)
                .Select(line => new VolumeCost(line.Last.Name, line.Last.Owner, Cents.Round(line.Quantity, 3), line.Cost))],
            People = [.. PeopleOf(caller, shares)],
            Days = [.. Days(shares, month, until)],
        };
    }

    /// <summary>What a machine costs, since its start and in this month.</summary>
    /// <param name="machine">Its id.</param>
    public MachinePrice Of(string machine)
    {
        var now = time.GetUtcNow();
        var month = CostMonth.Of(now).From;
        var charges = ledger.Of(machine, month).Where(charge => charge.Currency == settings.Currency).ToList();
        decimal? soFar = charges.SingleOrDefault(charge => charge.Ended is null) is { } run ? Cents.Round(Sum(run.Shares(run.Began, now))) : null;
        return new MachinePrice(soFar, Cents.Round(Sum(charges.SelectMany(charge => charge.Shares(month, now)))));
    }

    /// <summary>What a job has cost, all of it.</summary>
    /// <param name="job">Its id.</param>
    public decimal AllOf(string job) => Cents.Round(Sum(ledger.Of(job, DateTimeOffset.UnixEpoch).Where(charge => charge.Currency == settings.Currency).SelectMany(charge => charge.Shares(charge.Began, time.GetUtcNow()))));

    /// <summary>The shares that somebody may see, and the currencies of those that are left out because they are in others.</summary>
    public (IReadOnlyList<Share> Shares, IReadOnlyList<string> OtherCurrencies) Shares(Caller caller, DateTimeOffset from, DateTimeOffset until, string? currency = null)
    {
        var charges = ledger.Between(from, until, OwnerOf(caller));
        var wanted = currency ?? settings.Currency;
        return ([.. charges.Where(charge => charge.Currency == wanted).SelectMany(charge => charge.Shares(from, until))],
            [.. charges.Select(charge => charge.Currency).Where(other => other != wanted).Distinct().Order(StringComparer.Ordinal)]);
    }

    private decimal RateOf(Caller caller, DateTimeOffset now, string? currency) =>
        Sum(Shares(caller, now, now + TimeSpan.FromHours(1), currency).Shares.Where(share => share.Of.Ended is null));

    private decimal MeanADay(Caller caller, DateTimeOffset now, string? currency)
    {
        var known = now - (ledger.First(OwnerOf(caller)) ?? now);
        var window = known < Day ? Day : known > Window ? Window : known;
        return Sum(Shares(caller, now - window, now, currency).Shares) * Day.Ticks / window.Ticks;
    }

    private IEnumerable<PersonCost> PeopleOf(Caller caller, IReadOnlyList<Share> shares)
    {
        var lines = Group(shares, share => share.Of.Owner ?? "", null);
        // No forecast for each: with a hub of many people that would be a report for each.
        foreach (var line in lines.OrderByDescending(line => line.Cost).ThenBy(line => line.Key, StringComparer.Ordinal))
            yield return line.Key.Length == 0 ? new PersonCost(null, line.Cost, null) : new PersonCost(line.Key, line.Cost, Budgets.State(budgets.Of(line.Key), Sum(line.Shares), 0));
        foreach (var (person, amount) in caller.IsAdmin ? budgets.Own() : [])
            if (lines.All(line => line.Key != person)) yield return new PersonCost(person, 0, Budgets.State(amount, 0, 0));
    }

    private static IEnumerable<DayCost> Days(IReadOnlyList<Share> shares, CostMonth month, DateTimeOffset until)
    {
        var byDay = shares.ToLookup(share => share.Day, share => share.Cost);
        var first = DateOnly.FromDateTime(month.From.UtcDateTime);
        var days = Enumerable.Range(0, (int)Math.Ceiling((until - month.From) / Day)).Select(first.AddDays).ToList();
        return days.Zip(Cents.Lines([.. days.Select(day => byDay[day].Sum())]), (day, cost) => new DayCost(day, cost));
    }

    private static List<Line> Group(IReadOnlyList<Share> shares, Func<Share, string> key, decimal? total)
    {
        var groups = shares.GroupBy(key).ToList();
        return [.. groups.Zip(Cents.Lines([.. groups.Select(Sum)], total: total), (group, cost) => new Line(group.Key, [.. group], cost))];
    }

    private static decimal Sum(IEnumerable<Share> shares) => shares.Sum(share => share.Cost);

    private static string? OwnerOf(Caller caller) => caller.IsAdmin ? null : caller.Name;

    /// <summary>What has the same key.</summary>
    private sealed record Line(string Key, IReadOnlyList<Share> Shares, decimal Cost)
    {
        public Charge Last => Shares[^1].Of;

        public decimal Quantity => Shares.Sum(share => share.Quantity);
    }
}
