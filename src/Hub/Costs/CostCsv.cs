using System.Globalization;
using System.Text;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Costs;

/// <summary>The lines of a month for a spreadsheet (RFC 4180): one for each run of a machine or job and each volume, with six digits, and their sums, to which they add up exactly.</summary>
internal static class CostCsv
{
    private const int Digits = 6;

    public static string Of(CostReports reports, Caller caller, CostMonth month, DateTimeOffset now, string currency)
    {
        var shares = reports.Shares(caller, month.From, now < month.End ? now : month.End, currency).Shares;
        // A volume whose bytes change each hour is one line for each price.
        var lines = shares.GroupBy(share => share.Of.Bytes is null ? (share.Of.Id, "", 0m) : (0L, share.Of.Subject, share.Of.Price))
            .Select(group => (First: group.First().Of, Last: group.Last().Of, Quantity: group.Sum(share => share.Quantity), Cost: group.Sum(share => share.Cost)))
            .OrderBy(line => line.First.Bytes is not null).ToList();
        var costs = Cents.Lines([.. lines.Select(line => line.Cost)], Digits);
        var text = new StringBuilder("kind,id,name,owner,type,began,ended,quantity,unit,price,cost,currency\r\n");
        foreach (var ((first, last, quantity, _), cost) in lines.Zip(costs))
        {
            var isRun = first.Bytes is null;
            Write(first.IsJob ? "job" : isRun ? "machine" : "volume", first.Subject, last.Name, last.Owner ?? "", first.Type ?? "",
                Time(first.Began > month.From ? first.Began : month.From), last.Ended is { } end ? Time(end < month.End ? end : month.End) : "",
                Number(Cents.Round(quantity, Digits)), isRun ? "hour" : "GB-month", first.Price.ToString(CultureInfo.InvariantCulture), Number(cost), currency);
        }
        Sum("sum of machines", isRun => isRun);
        Sum("sum of volumes", isRun => !isRun);
        Sum("sum", _ => true);
        return text.ToString();

        void Sum(string name, Func<bool, bool> of) => Write(name, "", "", "", "", "", "", "", "", "", Number(lines.Zip(costs).Where(line => of(line.First.First.Bytes is null)).Sum(line => line.Second)), currency);

        void Write(params string[] cells) => text.AppendJoin(',', cells.Select(CsvText.Cell)).Append("\r\n");
    }

    private static string Number(decimal number) => number.ToString("0.000000", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
