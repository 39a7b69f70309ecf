using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Machines;

/// <summary>The machines.</summary>
internal static class MachinesFeature
{
    public static IServiceCollection AddMachines(this IServiceCollection services) => services.AddSingleton<Fleet>();
}
