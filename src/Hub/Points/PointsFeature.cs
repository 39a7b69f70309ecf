using Holdfast.Hub.Machines;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Points;

/// <summary>Environment points: what is installed, as it was, and the way back.</summary>
internal static class PointsFeature
{
    public static IServiceCollection AddPoints(this IServiceCollection services) => services
        .AddSingleton<MachineLayers>()
        .AddSingleton<PointStore>()
        .AddSingleton<PointBounds>()
        .AddSingleton<PointTaking>()
        .AddSingleton<PointDiffs>()
        .AddSingleton<HomeBack>()
        .AddSingleton<EnvironmentPoints>()
        .AddSingleton<DeletedMachines>()
        .AddSingleton<IMachineObserver>(services => services.GetRequiredService<DeletedMachines>())
        .AddSingleton<PointWatch>()
        .AddHostedService(services => services.GetRequiredService<PointWatch>());
}
