using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Costs;

/// <summary>Keeps the costs up: each minute, and once before the machines are taken up by a hub that has come back.</summary>
internal sealed class CostClock(RunMeter runs, StorageMeter storage, BudgetWatch budgets, TimeProvider time, ILogger<CostClock> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Each tenth minute budgets are looked at: that adds up everybody's month.</summary>
    private const int BudgetsEvery = 10;

    /// <summary>An engine that does not answer must not keep the hub from starting.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        await KeepUpAsync(() => runs.LookAsync(patience.Token), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var minute = 1; !stoppingToken.IsCancellationRequested; minute++)
        {
            var isBudgets = minute % BudgetsEvery == 0;
            await KeepUpAsync(async () =>
            {
                await Task.Delay(Every, time, stoppingToken);
                await runs.LookAsync(stoppingToken);
                storage.Look();
                if (isBudgets) budgets.Look();
            }, stoppingToken);
        }
    }

    private async Task KeepUpAsync(Func<Task> work, CancellationToken stopping)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The hub stops.
        }
        catch (Exception fault)
        {
            CostsLog.NotKeptUp(log, fault);
        }
    }
}
