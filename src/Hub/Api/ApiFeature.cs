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
        .AddSingleton<EngineChecks>()
        .AddSingleton<MachineViews>()
        .AddSingleton<JobViews>()
        .AddSingleton<Volumes>();

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(Root).AddEndpointFilter<ApiFilter>();
        StatusApi.Map(api);
        MachinesApi.Map(api);
        MachineRunApi.Map(api);
        MachineOutputApi.Map(api);
        PortsApi.Map(api);
        DesktopApi.Map(api);
        SshApi.Map(api);
        MoshApi.Map(api);
        ActivityApi.Map(api);
        RunsApi.Map(api);
        JobsApi.Map(api);
        JobOutputApi.Map(api);
        LossApi.Map(api);
        RecipesApi.Map(api);
        PointsApi.Map(api);
        ImagesApi.Map(api);
        StorageApi.Map(api);
        HooksApi.Map(api);
        OwnApi.Map(api);
        PeopleApi.Map(api);
        CostsApi.Map(api);
        EventsApi.Map(api);
        endpoints.MapGet($"{Root}/openapi.json", DescribeAsync).ExcludeFromDescription();
        api.MapFallback("{**path}", (HttpContext context) => Answer.Fault(Fallback(context.Request))).ExcludeFromDescription();
    }

    private static async Task DescribeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await using var description = typeof(ApiFeature).Assembly.GetManifestResourceStream("openapi.json")!;
        await description.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>Also a body of another kind comes here: endpoints that take JSON are for requests with JSON alone.</summary>
    private static HubFault Fallback(HttpRequest request) => request.ContentType is not null && !request.HasJsonContentType()
        ? Body.NotJson
        : new HubFault("not-found", $"The API has no {request.Method} {request.Path}; {Root}/openapi.json says what it has.");
}
