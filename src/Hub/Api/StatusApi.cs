using System.Reflection;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.People;
using Holdfast.Hub.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>The hub itself, and who asks.</summary>
internal static class StatusApi
{
    private static readonly string Version = typeof(StatusApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/status", async (HttpContext context, EngineChecks checks) =>
                Answer.Json(new HubStatus(Version, await checks.LookAsync(context.RequestAborted)), HubJson.Default.HubStatus))
            .WithTags("hub").WithSummary("The hub's version and engines.").Produces<HubStatus>();
        api.MapGet("/types", (HubSettings settings) => Answer.Json(new TypeList(settings.Currency, settings.Types), HubJson.Default.TypeList))
            .WithTags("hub").WithSummary("The machine types and their prices.").Produces<TypeList>();
        api.MapGet("/stores", async (HttpContext context, StoreClients stores) =>
                Answer.Json(await Task.WhenAll(stores.All.Select(store => LookAsync(stores, store, context.Caller().Name, context.RequestAborted))), HubJson.Default.StoreViewArray))
            .WithTags("hub").WithSummary("The stores for outputs of jobs, each asked for an answer to the caller's key.").Produces<StoreView[]>();
        api.MapGet("/me", (HttpContext context) => Answer.Json(context.Caller(), HubJson.Default.Caller))
            .WithTags("people").WithSummary("Who asks.").Produces<Caller>();
    }

    /// <summary>Asks a store with somebody's key.</summary>
    public static async Task<StoreView> LookAsync(StoreClients stores, ObjectStore store, string person, CancellationToken cancellationToken)
    {
        var found = stores.Of(store.Name, person);
        return new StoreView(store.Name, store.Place, (found.Ok ? await found.Value.LookAsync(cancellationToken) : found.Fault)?.Message);
    }
}
