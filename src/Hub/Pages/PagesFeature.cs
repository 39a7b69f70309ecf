using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Pages;

/// <summary>The plain pages of the hub.</summary>
internal static class PagesFeature
{
    public static IServiceCollection AddPages(this IServiceCollection services) => services
        .AddSingleton<MachinesPage>()
        .AddSingleton<MachinePage>()
        .AddSingleton<MachineActions>()
        .AddSingleton<AccountPage>()
        .AddSingleton<PeoplePage>();

    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        var machines = endpoints.ServiceProvider.GetRequiredService<MachinesPage>();
        Get("/", machines.ShowAsync);
        Post("/machines", machines.CreateAsync);
        Get("/machines/{name}", endpoints.ServiceProvider.GetRequiredService<MachinePage>().ShowAsync);
        var actions = endpoints.ServiceProvider.GetRequiredService<MachineActions>();
        Post("/machines/{name}/start", actions.StartAsync);
        Get("/machines/{name}/stop", actions.AskStopAsync);
        Post("/machines/{name}/stop", actions.StopAsync);
        var account = endpoints.ServiceProvider.GetRequiredService<AccountPage>();
        Get("/account", account.ShowAsync);
        Post("/account/password", account.ChangePasswordAsync);
        Post("/account/sessions/end", account.EndSessionAsync);
        Post("/account/tokens", account.CreateTokenAsync);
        Post("/account/tokens/revoke", account.RevokeTokenAsync);
        Post("/account/secrets", account.SetSecretAsync);
        Post("/account/secrets/remove", account.RemoveSecretAsync);
        var people = endpoints.ServiceProvider.GetRequiredService<PeoplePage>();
        Get("/people", people.ShowAsync);
        Post("/people/invite", people.InviteAsync);
        Post("/people/role", people.ChangeRoleAsync);
        Post("/people/remove", people.RemoveAsync);
        endpoints.Map("/{**path}", NothingAsync).WithOrder(int.MaxValue);

        void Get(string path, RequestDelegate show) => endpoints.MapMethods(path, ["GET", "HEAD"], show);
        void Post(string path, RequestDelegate take) => endpoints.MapMethods(path, ["POST"], take);
    }

    /// <summary>What no other endpoint answers.</summary>
    private static Task NothingAsync(HttpContext context)
    {
        var fault = new HubFault("not-found", "There is nothing at this address.");
        return context.Request.IsNavigation() && !context.Request.Path.StartsWithSegments("/api") ? HubPage.WriteFaultAsync(context, fault) : FaultAnswer.WriteAsync(context, fault);
    }
}
