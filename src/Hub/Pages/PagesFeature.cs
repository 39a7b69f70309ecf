using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Pages;

/// <summary>The plain pages of the hub.</summary>
internal static class PagesFeature
{
    public static IServiceCollection AddPages(this IServiceCollection services) => services;

    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
    }
}
