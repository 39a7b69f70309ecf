using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Access;

/// <summary>Who may use this lab: token, password, cookies, and the checks against other sites' pages.</summary>
internal static class AccessFeature
{
    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton<Credentials>()
        .AddSingleton<Origins>()
        .AddSingleton<LoginLimiter>()
        .AddSingleton<LoginPage>();

    public static void UseAccess(this IApplicationBuilder app) => app.UseMiddleware<Gate>();

    public static void MapAccess(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/login", ["GET", "HEAD"], context => PageOf(context).ShowAsync(context)).AllowEveryone();
        endpoints.MapMethods("/login", ["POST"], context => PageOf(context).SubmitAsync(context)).AllowEveryone();
        endpoints.MapMethods(CspReport.Route, ["POST"], CspReport.TakeAsync);
        endpoints.MapMethods("/logout", ["GET", "POST"], LoginPage.LogoutAsync).AllowEveryone();
    }

    private static LoginPage PageOf(HttpContext context) => context.RequestServices.GetRequiredService<LoginPage>();

    public static TBuilder AllowEveryone<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(OpenToEveryone.Instance);
}
