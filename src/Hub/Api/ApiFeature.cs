using Holdfast.Hub.Api.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Api;

/// <summary>The API, <c>/api/v1</c>, that the command line and the pages use.</summary>
internal static class ApiFeature
{
    public const string Root = "/api/v1";

    public static IServiceCollection AddApi(this IServiceCollection services) => services
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HubJson.Default))
        .AddHubDocument()
        .AddSingleton<EngineChecks>()
        .AddSingleton<MachineViews>()
        .AddSingleton<Volumes>();

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(Root).AddEndpointFilter<ApiFilter>();
        StatusApi.Map(api);
        MachinesApi.Map(api);
        MachineRunApi.Map(api);
        MachineOutputApi.Map(api);
        LossApi.Map(api);
        StorageApi.Map(api);
        HooksApi.Map(api);
        OwnApi.Map(api);
        PeopleApi.Map(api);
        endpoints.MapHubDocument();
        api.MapFallback("{**path}", (HttpContext context) => Answer.Fault(new HubFault("not-found", $"The API has no {context.Request.Method} {context.Request.Path}; {Root}/openapi.json says what it has.")))
            .ExcludeFromDescription();
    }
}
