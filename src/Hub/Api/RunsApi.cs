using Holdfast.Hub.Activity;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What runs where.</summary>
internal static class RunsApi
{
    public static void Map(RouteGroupBuilder api) => api
        .MapGet("/runs", async (HttpContext context, MachineRuns runs) => Answer.Json(await runs.ReadAsync(context.Caller(), context.RequestAborted), HubJson.Default.RunList))
        .WithTags("machines").WithSummary("What runs, and ran last, in the machines that the caller may see; machines that do not answer in five seconds are named.").Produces<RunList>();
}
