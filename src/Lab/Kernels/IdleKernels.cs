using Holdfast.Keeper.Contract;
using Holdfast.Lab.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Kernels;

/// <summary>
/// Shuts down kernels that nobody has used for as long as <see cref="LabOptions.CullIdle"/> says: never one that is busy, that a page is connected to, or
/// that a run owns. What they put out stays in their journals.
/// </summary>
internal sealed class IdleKernels(LabKernels kernels, LabOptions options, TimeProvider time, ILogger<IdleKernels> log) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Shuts down those that are due now.</summary>
    public async Task SweepAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        foreach (var kernel in kernels.All.Where(kernel => IsDue(kernel, limit)).ToList())
        {
            KernelsLog.Culled(log, kernel.Id, kernel.LastActivity);
            await kernels.ShutdownAsync(kernel.Id, cancellationToken);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.CullIdle is not { } limit)
            return;
        using var timer = new PeriodicTimer(limit / 10 < LongestPause ? limit / 10 : LongestPause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await SweepAsync(limit, stoppingToken);
    }

    private bool IsDue(KernelRecord kernel, TimeSpan limit) =>
        kernel is { ExecutionState: "idle", BusySince: null }
        && time.GetUtcNow() - kernel.LastActivity > limit
        && kernels.Connections(kernel.Id) == 0
        && !kernel.Sessions.Any(session => session.Name == NotebookRun.SessionName);
}
