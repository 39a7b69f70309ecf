using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.People;

/// <summary>Who may use this hub: passwords, sessions, tokens, one-time links; the audit log.</summary>
internal static class PeopleFeature
{
    public static IServiceCollection AddPeople(this IServiceCollection services) => services
        .AddSingleton<AuditLog>()
        .AddSingleton<HubHosts>()
        .AddSingleton<HubKey>()
        .AddSingleton<Passwords>()
        .AddSingleton<KnownLogins>()
        .AddSingleton<Sessions>()
        .AddSingleton<Tokens>()
        .AddSingleton<Persons>()
        .AddSingleton<OneTimeLinks>()
        .AddSingleton<FirstAdministrator>()
        .AddSingleton<LocalToken>()
        .AddSingleton<Logins>()
        .AddSingleton<LoginLimiter>()
        .AddSingleton<SecretStore>()
        .AddSingleton<LoginPage>()
        .AddSingleton<LinkPage>();

    /// <summary>Finds out who asks (see <see cref="Caller"/>), and refuses who may not.</summary>
    public static void UsePeople(this IApplicationBuilder app) => app.UseMiddleware<Gate>();

    public static void MapPeople(this IEndpointRouteBuilder endpoints)
    {
        var login = endpoints.ServiceProvider.GetRequiredService<LoginPage>();
        var link = endpoints.ServiceProvider.GetRequiredService<LinkPage>();
        endpoints.MapMethods("/login", ["GET", "HEAD"], LoginPage.ShowAsync).AllowEveryone();
        endpoints.MapMethods("/login", ["POST"], login.SubmitAsync).AllowEveryone();
        endpoints.MapMethods("/logout", ["POST"], login.LogoutAsync).AllowEveryone();
        foreach (var path in new[] { "/setup", "/invite" })
        {
            endpoints.MapMethods(path, ["GET", "HEAD"], link.ShowAsync).AllowEveryone();
            endpoints.MapMethods(path, ["POST"], link.SubmitAsync).AllowEveryone();
        }
    }
}
