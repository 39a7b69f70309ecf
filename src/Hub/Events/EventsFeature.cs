using Holdfast.Hub.Machines;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Events;

/// <summary>What happened.</summary>
internal static class EventsFeature
{
    public static IServiceCollection AddEvents(this IServiceCollection services) => services
        .AddSingleton<EventLog>()
        .AddSingleton<IMachineObserver, MachineEvents>()
        .AddHostedService<HubEvents>();
}
