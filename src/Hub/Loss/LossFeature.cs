using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Loss;

/// <summary>What a stop would destroy, and keeping it.</summary>
internal static class LossFeature
{
    public static IServiceCollection AddLoss(this IServiceCollection services) => services.AddSingleton<KeptPaths>().AddSingleton<LossLists>();
}
