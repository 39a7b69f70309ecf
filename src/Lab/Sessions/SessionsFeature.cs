using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Sessions;

/// <summary>Sessions: documents bound to kernels.</summary>
internal static class SessionsFeature
{
    public static IServiceCollection AddSessions(this IServiceCollection services) => services;

    public static void MapSessions(this IEndpointRouteBuilder endpoints)
    {
    }
}
