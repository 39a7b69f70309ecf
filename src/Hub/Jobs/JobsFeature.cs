using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Jobs;

/// <summary>The jobs.</summary>
internal static class JobsFeature
{
    public static IServiceCollection AddJobs(this IServiceCollection services) => services
        .AddSingleton<JobStore>()
        .AddSingleton<JobCode>()
        .AddSingleton<JobEnvironments>()
        .AddSingleton<JobPackages>()
        .AddSingleton<JobStart>()
        .AddSingleton<JobSmoke>()
        .AddSingleton<JobBook>()
        .AddSingleton<NotebookJobs>()
        .AddHostedService(services => services.GetRequiredService<JobBook>());
}
