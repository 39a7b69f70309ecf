using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Api;

/// <summary>The API, <c>/api/v1</c>, that the command line and the pages use.</summary>
internal static class ApiFeature
{
    public static IServiceCollection AddApi(this IServiceCollection services) => services;

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
    }
}
