using Holdfast.Hub.Machines;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Costs;

/// <summary>What machines and storage cost.</summary>
internal static class CostsFeature
{
    /// <summary>To be added before the machines: their runs are looked at before they are taken up.</summary>
    public static IServiceCollection AddCosts(this IServiceCollection services) => services
        .AddSingleton<CostLedger>()
        .AddSingleton<Budgets>()
        .AddSingleton<CostReports>()
        .AddSingleton<BudgetWatch>()
        .AddSingleton<RunMeter>()
        .AddSingleton<IMachineObserver>(services => services.GetRequiredService<RunMeter>())
        .AddSingleton<StorageMeter>()
        .AddHostedService<CostClock>();
}
