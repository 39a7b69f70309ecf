using Holdfast.Hub.Hooks;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Machines;

/// <summary>The machines.</summary>
internal static class MachinesFeature
{
    public static IServiceCollection AddMachines(this IServiceCollection services) => services
        .AddSingleton<MachineStore>()
        .AddSingleton<GpuInventory>()
        .AddSingleton<MachineHooks>()
        .AddSingleton<MachineStart>()
        .AddSingleton<HookApprovals>()
        .AddSingleton<HomeSnapshots>()
        .AddSingleton<Fleet>()
        .AddHostedService(services => services.GetRequiredService<Fleet>());
}
