using Holdfast.Hub.Recipes;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Loss;

/// <summary>What a stop would destroy, and what keeps it: kept paths and recipes.</summary>
internal static class LossFeature
{
    public static IServiceCollection AddLoss(this IServiceCollection services) => services.AddSingleton<KeptPaths>().AddSingleton<LossLists>().AddSingleton<MachineRecipes>().AddSingleton<MachineDrift>();
}
