using System.Text;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Costs;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What machines and storage cost.</summary>
internal static class CostsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/costs", (HttpContext context, CostReports reports, TimeProvider time, string? month, string? currency) =>
                CostMonth.Read(month, time.GetUtcNow()) is { Fault: null, Value: var read } ? Answer.Json(reports.Of(context.Caller(), read, currency), HubJson.Default.CostReport) : NoMonth(month, time))
            .WithTags("costs").WithSummary("What a month (2026-11, of UTC; default this one) has cost, and will: everybody for an administrator, for a member their own. 'currency' is another than the settings'.")
            .Produces<CostReport>().WithFaults(400);
        api.MapGet("/costs.csv", (HttpContext context, CostReports reports, HubSettings settings, TimeProvider time, string? month, string? currency) =>
                CostMonth.Read(month, time.GetUtcNow()) is { Fault: null, Value: var read }
                    ? TypedResults.Text(CostCsv.Of(reports, context.Caller(), read, time.GetUtcNow(), currency ?? settings.Currency), "text/csv", Encoding.UTF8)
                    : NoMonth(month, time))
            .WithTags("costs").WithSummary("The same as lines for a spreadsheet: each run of a machine, each volume, with six digits, and their sums.").Produces<string>(StatusCodes.Status200OK, "text/csv").WithFaults(400);
    }

    private static IResult NoMonth(string? month, TimeProvider time) => Answer.Fault(CostMonth.Read(month, time.GetUtcNow()).Fault!);
}
