using System.CommandLine;
using System.Globalization;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Costs;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast cost</c>: what a month costs.</summary>
internal static class CostVerb
{
    private const int WidestBar = 30;
    private static readonly string[] Ways = ["machine", "person", "volume", "day"];

    public static Command Create()
    {
        var month = new Option<string?>("--month") { Description = "The month, of UTC, as 2026-11. Default this one.", HelpName = "MONTH" };
        var by = new Option<string>("--by")
        {
            Description = "machine, person, volume or day. Default machine.",
            HelpName = "WHAT",
            DefaultValueFactory = _ => Ways[0],
            CustomParser = result =>
            {
                var way = result.Tokens[0].Value;
                if (!Ways.Contains(way)) result.AddError($"--by is machine, person, volume or day, not '{way}'.");
                return way;
            },
        };
        by.CompletionSources.Add(Ways);
        var currency = new Option<string?>("--currency") { Description = "Of costs from before hub.yaml had another currency.", HelpName = "NAME" };
        var csv = new Option<bool>("--csv") { Description = "Print lines for a spreadsheet: each run, each volume, and their sums." };
        var format = Output.Format();
        return Asking.Verb("cost", "Show what machines and storage cost in a month, so far and to its end: everybody's for administrators, else yours.", async (parse, hub, cancellationToken) =>
        {
            var query = string.Join('&', new[] { ("month", parse.GetValue(month)), ("currency", parse.GetValue(currency)) }.Where(part => part.Item2 is not null).Select(part => $"{part.Item1}={Uri.EscapeDataString(part.Item2!)}"));
            var reply = await hub.GetAsync($"{(parse.GetValue(csv) ? "costs.csv" : "costs")}?{query}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(csv))
            {
                await using var stdout = new StandardOutput();
                await stdout.WriteAsync(reply.Body, cancellationToken);
                return 0;
            }
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            Write(reply.Read(HubJson.Default.CostReport), parse.GetValue(by)!);
            return 0;
        }, month, by, currency, csv, format);
    }

    private static void Write(CostReport report, string by)
    {
        Console.WriteLine($"Costs of {report.Month} until {report.Until.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} (UTC), in {report.Currency}");
        Console.WriteLine();
        (string[] Head, List<(string[] Cells, decimal Cost)> Rows) table = by switch
        {
            "person" => (["PERSON", "BUDGET"], [.. report.People.Select(person => (new[] { person.Name ?? "the team's storage", person.Budget is { } budget ? Of(budget) : "-" }, person.Cost))]),
            "volume" => (["VOLUME", "OWNER", "GB-MONTHS"], [.. report.Volumes.Select(volume => (new[] { volume.Name, volume.Owner ?? "the team", volume.GbMonths.ToString("0.000", CultureInfo.InvariantCulture) }, volume.Cost)), .. Rest("machines", report.Running)]),
            "day" => (["DAY"], [.. report.Days.Select(day => (new[] { day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }, day.Cost))]),
            _ => (["MACHINE", "OWNER", "TYPE", "RAN"], [.. report.Machines.Select(machine => (new[] { machine.Name, machine.Owner, string.Join(", ", machine.Types), Duration.Of(machine.Time) + (machine.Runs ? ", runs" : "") }, machine.Cost)), .. Rest("storage", report.Storage)]),
        };
        if (table.Rows.Count == 0) Console.WriteLine("Nothing has cost anything.");
        else
        {
            var (most, width) = (table.Rows.Max(row => row.Cost), table.Rows.Max(row => Money(row.Cost).Length));
            Output.Table([.. table.Head, "COST".PadLeft(width), ""],
                [.. table.Rows.Select(row => (string[])[.. row.Cells, .. Enumerable.Repeat("", table.Head.Length - row.Cells.Length), Money(row.Cost).PadLeft(width), Bar(row.Cost, most)])]);
        }
        Console.WriteLine();
        Console.WriteLine($"Total     {Money(report.Total)}: machines {Money(report.Running)}, storage {Money(report.Storage)}");
        if (report.Until < NextMonth(report.Month))
        {
            Console.WriteLine($"Forecast  {Money(report.Forecast)} if it goes on as in the last days, {Money(report.ForecastIfAllRunsOn)} if all that runs now runs on ({report.RatePerHour.ToString("0.00##", CultureInfo.InvariantCulture)} an hour)");
        }
        if (report.Budget is { } whole) Console.WriteLine($"Budget    {Of(whole)}");
        if (report.OtherCurrencies.Count > 0) Console.WriteLine($"There are costs in {string.Join(" and ", report.OtherCurrencies)}, too: --currency shows them.");
    }

    /// <summary>What the rows do not have, so that they add up to the total.</summary>
    private static IEnumerable<(string[], decimal)> Rest(string name, decimal cost) => cost > 0 ? [([name], cost)] : [];

    private static string Of(BudgetState budget)
    {
        var text = $"{Money(budget.Amount)}, {budget.Percent.ToString(CultureInfo.InvariantCulture)} % used";
        return budget.State switch { "over" => Output.Paint(text, 31), "near" => Output.Paint(text, 33), "forecast" => Output.Paint($"{text}; the forecast is above it", 33), _ => text };
    }

    private static string Bar(decimal cost, decimal most) => Console.IsOutputRedirected || most == 0 ? "" : new string('█', (int)Math.Ceiling(cost / most * WidestBar));

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    private static DateTimeOffset NextMonth(string month) => DateTimeOffset.ParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).AddMonths(1);
}
