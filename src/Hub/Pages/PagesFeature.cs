using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
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
        .AddSingleton<NewMachinePage>()
        .AddSingleton<MachinePage>()
        .AddSingleton<MachineSettingsPage>()
        .AddSingleton<MachineGlance>()
        .AddSingleton<RecipePart>()
        .AddSingleton<DesktopPart>()
        .AddSingleton<StoragePage>()
        .AddSingleton<PointsPage>()
        .AddSingleton<ImagesPage>()
        .AddSingleton<RunsPage>()
        .AddSingleton<JobsPage>()
        .AddSingleton<NewJobPage>()
        .AddSingleton<JobPage>()
        .AddSingleton<JobComparePage>()
        .AddSingleton<TrialsPart>()
        .AddSingleton<ArtifactsPart>()
        .AddSingleton<MetricCharts>()
        .AddSingleton<CostsPage>()
        .AddSingleton<EventsPage>()
        .AddSingleton<AuditPage>()
        .AddSingleton<DoctorPage>()
        .AddSingleton<LiveFeed>()
        .AddSingleton<IMachineObserver>(services => services.GetRequiredService<LiveFeed>())
        .AddSingleton<IJobObserver>(services => services.GetRequiredService<LiveFeed>())
        .AddSingleton<MachineActions>()
        .AddSingleton<KeysPart>()
        .AddSingleton<AccountPage>()
        .AddSingleton<PeoplePage>();

    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        Get<MachinesPage>("/", page => page.ShowAsync);
        Get<NewMachinePage>("/machines/new", page => page.ShowAsync);
        Post<NewMachinePage>("/machines", page => page.CreateAsync);
        Get<MachinePage>("/machines/{name}", page => page.ShowAsync);
        Post<MachinePage>("/machines/{name}/keep", page => page.KeepAsync);
        Post<MachinePage>("/machines/{name}/extend", page => page.ExtendAsync);
        Get<DesktopPart>("/machines/{name}/desktop.png", page => page.PictureAsync);
        Post<MachinePage>("/machines/{name}/ports/share", page => page.ShareAsync);
        Post<MachinePage>("/machines/{name}/ports/unshare", page => page.UnshareAsync);
        Post<MachineActions>("/machines/{name}/start", page => page.StartAsync);
        Get<MachineActions>("/machines/{name}/stop", page => page.AskStopAsync);
        Post<MachineActions>("/machines/{name}/stop", page => page.StopAsync);
        Post<RecipePart>("/machines/{name}/recipe/record", page => page.RecordAsync);
        Post<RecipePart>("/machines/{name}/recipe/build", page => page.BuildAsync);
        Get<PointsPage>("/machines/{name}/points", page => page.ShowAsync);
        Post<PointsPage>("/machines/{name}/points", page => page.TakeAsync);
        Get<PointsPage>("/machines/{name}/points/{id}", page => page.CompareAsync);
        Post<PointsPage>("/machines/{name}/points/{id}/back", page => page.BackAsync);
        Get<MachineSettingsPage>("/machines/{name}/settings", page => page.ShowAsync);
        Post<MachineSettingsPage>("/machines/{name}/settings", page => page.ChangeAsync);
        Post<MachineSettingsPage>("/machines/{name}/fork", page => page.ForkAsync);
        Post<MachineSettingsPage>("/machines/{name}/delete", page => page.DeleteAsync);
        Get<StoragePage>("/storage", page => page.ShowAsync);
        Post<StoragePage>("/storage/measure", page => page.MeasureAsync);
        Get<ImagesPage>("/images", page => page.ShowAsync);
        Post<ImagesPage>("/images/push", page => page.PushAsync);
        Post<ImagesPage>("/images/prune", page => page.PruneAsync);
        Post<ImagesPage>("/images/remove", page => page.RemoveAsync);
        Get<AccountPage>("/account", page => page.ShowAsync);
        Post<AccountPage>("/account/password", page => page.ChangePasswordAsync);
        Post<AccountPage>("/account/sessions/end", page => page.EndSessionAsync);
        Post<AccountPage>("/account/tokens", page => page.CreateTokenAsync);
        Post<AccountPage>("/account/tokens/revoke", page => page.RevokeTokenAsync);
        Post<AccountPage>("/account/webhook", page => page.SetWebhookAsync);
        Post<AccountPage>("/account/secrets", page => page.SetSecretAsync);
        Post<AccountPage>("/account/secrets/remove", page => page.RemoveSecretAsync);
        Post<AccountPage>("/account/keys", page => page.AddKeyAsync);
        Post<AccountPage>("/account/keys/remove", page => page.RemoveKeyAsync);
        Post<AccountPage>("/account/home-keys", page => page.AddHomeKeyAsync);
        Post<AccountPage>("/account/home-keys/test", page => page.TestHomeKeyAsync);
        Get<PeoplePage>("/people", page => page.ShowAsync);
        Post<PeoplePage>("/people/invite", page => page.InviteAsync);
        Post<PeoplePage>("/people/role", page => page.ChangeRoleAsync);
        Post<PeoplePage>("/people/remove", page => page.RemoveAsync);
        Post<PeoplePage>("/people/withdraw", page => page.WithdrawAsync);
        Post<PeoplePage>("/people/budget", page => page.SetBudgetAsync);
        Get<AuditPage>("/people/log", page => page.ShowAsync);
        Get<RunsPage>("/runs", page => page.ShowAsync);
        Get<JobsPage>("/jobs", page => page.ShowAsync);
        Get<NewJobPage>("/jobs/new", page => page.ShowAsync);
        Post<NewJobPage>("/jobs", page => page.SubmitAsync);
        Get<JobComparePage>("/jobs/compare", page => page.ShowAsync);
        Get<JobComparePage>("/jobs/compare.csv", page => page.CsvAsync);
        Get<JobPage>("/jobs/{id}", page => page.ShowAsync);
        Get<JobComparePage>("/jobs/{id}/parts.csv", page => page.PartsCsvAsync);
        Post<JobsPage>("/jobs/{id}/cancel", page => page.CancelAsync);
        Post<JobsPage>("/jobs/{id}/hold", page => page.HoldAsync);
        Post<JobsPage>("/jobs/{id}/release", page => page.ReleaseAsync);
        Post<JobsPage>("/jobs/{id}/retry", page => page.RetryAsync);
        Get<CostsPage>("/costs", page => page.ShowAsync);
        Get<EventsPage>("/events", page => page.ShowAsync);
        Get<DoctorPage>("/doctor", page => page.ShowAsync);
        Post<DoctorPage>("/doctor/hook", page => page.ApproveAsync);
        Get<LiveFeed>("/live", feed => feed.ListenAsync);
        Get<LiveFeed>("/live.js", feed => feed.ScriptAsync);
        endpoints.Map("/{**path}", NothingAsync).WithOrder(int.MaxValue);

        void Get<TPage>(string path, Func<TPage, RequestDelegate> show) where TPage : notnull => endpoints.MapMethods(path, ["GET", "HEAD"], context => show(context.RequestServices.GetRequiredService<TPage>())(context));
        void Post<TPage>(string path, Func<TPage, RequestDelegate> take) where TPage : notnull => endpoints.MapMethods(path, ["POST"], context => take(context.RequestServices.GetRequiredService<TPage>())(context));
    }

    /// <summary>What no other endpoint answers.</summary>
    private static Task NothingAsync(HttpContext context)
    {
        var fault = new HubFault("not-found", "There is nothing at this address.");
        return context.Request.IsNavigation() && !context.Request.Path.StartsWithSegments("/api") ? HubPage.WriteFaultAsync(context, fault) : FaultAnswer.WriteAsync(context, fault);
    }
}
