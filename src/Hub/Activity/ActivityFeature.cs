using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Activity;

/// <summary>What machines do: what they use, what runs in them, when the hub stops them, and who is told.</summary>
internal static class ActivityFeature
{
    public static IServiceCollection AddActivity(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ActivityClock(provider.GetRequiredService<TimeProvider>()));
        return services
            .AddSingleton<LabCalls>()
            .AddSingleton<UsageSamples>()
            .AddSingleton<Extensions>()
            .AddSingleton<Webhooks>()
            .AddSingleton<IMachineObserver>(provider => provider.GetRequiredService<Webhooks>())
            .AddSingleton<IJobObserver>(provider => provider.GetRequiredService<Webhooks>())
            .AddSingleton<LossKeeping>()
            .AddSingleton<AutoStops>()
            .AddSingleton<RunEnds>()
            .AddSingleton<MachineRuns>()
            .AddSingleton<ActivityWatch>()
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<ActivityWatch>())
            .AddHostedService<WebhookSender>();
    }
}
