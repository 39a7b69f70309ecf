namespace Holdfast.Hub.Costs;

/// <summary>
/// What a month has cost so far: of everybody for an administrator, of one's own machines, home and notebooks for a member. Months and days are those of UTC. Amounts have two digits: each table of
/// lines adds up to the sum that is named with it, exactly.
/// </summary>
public sealed record CostReport
{
    /// <summary>As <c>2026-11</c>.</summary>
    public required string Month { get; init; }
    /// <summary>Until when it was counted: now, or the end of the month.</summary>
    public required DateTimeOffset Until { get; init; }
    /// <summary>Of all amounts.</summary>
    public required string Currency { get; init; }
    /// <summary>Other currencies in which the month has costs, from before <c>currency</c> in <c>hub.yaml</c> was changed; reports of their own have them.</summary>
    public required IReadOnlyList<string> OtherCurrencies { get; init; }
    /// <summary>All of it: <see cref="Running"/> and <see cref="Storage"/>.</summary>
    public required decimal Total { get; init; }
    /// <summary>Of machines and jobs that ran.</summary>
    public required decimal Running { get; init; }
    /// <summary>Of what volumes held.</summary>
    public required decimal Storage { get; init; }
    /// <summary>What an hour costs as things are, with four digits; 0 for a month that is over.</summary>
    public required decimal RatePerHour { get; init; }
    /// <summary>
    /// What the month comes to when the rest of it costs a day what the last seven days have cost on average. Of a hub (or a person) with costs for less than seven days only those count, at
    /// least one day. Of a month that is over: the total.
    /// </summary>
    public required decimal Forecast { get; init; }
    /// <summary>What the month comes to when all that runs now runs on to its end, and nothing else.</summary>
    public required decimal ForecastIfAllRunsOn { get; init; }
    /// <summary>Of the hub, or of the member who asks; null when there is none.</summary>
    public BudgetState? Budget { get; init; }
    /// <summary>By machine, and jobs by their name; adds up to <see cref="Running"/>.</summary>
    public required IReadOnlyList<MachineCost> Machines { get; init; }
    /// <summary>By volume; adds up to <see cref="Storage"/>.</summary>
    public required IReadOnlyList<VolumeCost> Volumes { get; init; }
    /// <summary>By person, with those for whom a budget was set; adds up to <see cref="Total"/>.</summary>
    public required IReadOnlyList<PersonCost> People { get; init; }
    /// <summary>By day, each day until <see cref="Until"/>; adds up to <see cref="Total"/>.</summary>
    public required IReadOnlyList<DayCost> Days { get; init; }
}

/// <summary>What a machine, or all jobs of a name and owner, have cost.</summary>
/// <param name="Id">The machine's id: a name may be used again when a machine is deleted. Of jobs <c>jobs/OWNER/NAME</c>.</param>
/// <param name="Name">Its name then; of jobs with <c> (jobs)</c> after it.</param>
/// <param name="Owner">Whose it was.</param>
/// <param name="Types">The types with which it ran.</param>
/// <param name="Time">How long it ran.</param>
/// <param name="Runs">Whether it runs now.</param>
/// <param name="Cost">The sum.</param>
public sealed record MachineCost(string Id, string Name, string Owner, IReadOnlyList<string> Types, TimeSpan Time, bool Runs, decimal Cost);

/// <summary>What a volume has cost.</summary>
/// <param name="Name"><c>storage</c>, <c>home/PERSON</c> or <c>notebooks/MACHINE</c>.</param>
/// <param name="Owner">Whose it is; null for the team's.</param>
/// <param name="GbMonths">How much it held, in GB (10⁹ bytes) through the whole month, with three digits.</param>
/// <param name="Cost">The sum.</param>
public sealed record VolumeCost(string Name, string? Owner, decimal GbMonths, decimal Cost);

/// <summary>What somebody's machines, home and notebooks have cost.</summary>
/// <param name="Name">Their login name, also of somebody who is gone; null for the team's storage.</param>
/// <param name="Cost">The sum.</param>
/// <param name="Budget">Theirs; null when they have none.</param>
public sealed record PersonCost(string? Name, decimal Cost, BudgetState? Budget);

/// <summary>What a day has cost.</summary>
/// <param name="Day">Of UTC.</param>
/// <param name="Cost">The sum.</param>
public sealed record DayCost(DateOnly Day, decimal Cost);

/// <summary>How a budget stands. Nothing is stopped because of it.</summary>
/// <param name="Amount">For the month.</param>
/// <param name="State"><c>ok</c>; <c>forecast</c>: the forecast is above it; <c>near</c>: 80 % are used; <c>over</c>: all of it is.</param>
/// <param name="Percent">How much of it is used, in whole percent, rounded down; of a budget of nothing 100 when anything was.</param>
public sealed record BudgetState(decimal Amount, string State, int Percent);

/// <summary>What a machine costs, without storage.</summary>
/// <param name="SoFar">Since its start; null while it does not run.</param>
/// <param name="Month">In this month (of UTC).</param>
public sealed record MachinePrice(decimal? SoFar, decimal Month);
