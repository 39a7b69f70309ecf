using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.People;

/// <summary>Who may use this hub: passwords, sessions, tokens, one-time links; the audit log.</summary>
internal static class PeopleFeature
{
    public static IServiceCollection AddPeople(this IServiceCollection services) => services;

    /// <summary>Finds out who asks (see <see cref="Caller"/>), and refuses who may not.</summary>
    public static void UsePeople(this IApplicationBuilder app)
    {
    }

    public static void MapPeople(this IEndpointRouteBuilder endpoints)
    {
    }
}
