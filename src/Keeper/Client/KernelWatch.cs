namespace Holdfast.Keeper.Client;

/// <summary>Follows how far a kernel's journal is visible. The records themselves are read from its files.</summary>
public sealed class KernelWatch
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _visible;
    private bool _gone;

    internal KernelWatch()
    {
    }

    /// <summary>The number of the last visible record as far as known here.</summary>
    public long Visible => Volatile.Read(ref _visible);

    /// <summary>Waits until <see cref="Visible"/> is greater than <paramref name="sequence"/> and returns it; -1 when the kernel is gone.</summary>
    public async ValueTask<long> WaitAsync(long sequence, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_visible > sequence) return _visible;
                if (_gone) return -1;
                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The watch of what is not there.</summary>
    internal static KernelWatch OfNone()
    {
        var watch = new KernelWatch();
        watch.End();
        return watch;
    }

    internal void Advance(long visible)
    {
        lock (_gate)
        {
            if (visible <= _visible) return;
            Volatile.Write(ref _visible, visible);
            Pulse();
        }
    }

    internal void End()
    {
        lock (_gate)
        {
            _gone = true;
            Pulse();
        }
    }

    private void Pulse()
    {
        _moved.TrySetResult();
        _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
