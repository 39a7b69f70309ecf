namespace Holdfast.Lab.Bench.Figures;

/// <summary>Watches how far the PSS of processes grows while something runs.</summary>
internal sealed class PeakMemory : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<int> _processes;
    private readonly Task _watching;

    public PeakMemory(IReadOnlyList<int> processes)
    {
        _processes = processes;
        Start = Peak = ProcessUse.Pss(processes);
        _watching = WatchAsync();
    }

    /// <summary>PSS at the start, in MiB.</summary>
    public double Start { get; }

    /// <summary>The most that was seen, in MiB.</summary>
    public double Peak { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Look);
        while (await timer.WaitForNextTickAsync(_stop.Token)) Peak = Math.Max(Peak, ProcessUse.Pss(_processes));
    }
}
