namespace Holdfast.Kernels.Wire;

/// <summary>
/// Runs asynchronous code on one thread of its own, on which it may block. For what receives floods: a blocking receive costs one wake-up of
/// one thread, and none while nobody receives. An asynchronous one wakes the poller and a worker for every piece that arrives, wanted or not.
/// </summary>
internal sealed class OwnThread : SynchronizationContext
{
    private const int StackBytes = 256 << 10;

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = [];
    private bool _ended;

    /// <summary>Starts the thread; the task ends as that of <paramref name="run"/> does.</summary>
    public static Task RunAsync(string name, Func<Task> run)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => ended.SetFromTask(new OwnThread().Run(run)), StackBytes) { IsBackground = true, Name = name }.Start();
        return ended.Task;
    }

    /// <inheritdoc />
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posted)
        {
            if (!_ended)
            {
                _posted.Enqueue((d, state));
                Monitor.Pulse(_posted);
                return;
            }
        }

        // What outlives the thread goes on elsewhere.
        base.Post(d, state);
    }

    private Task Run(Func<Task> run)
    {
        SetSynchronizationContext(this);
        var running = run();
        running.ContinueWith((_, _) => Wake(), null, TaskScheduler.Default);
        while (Next(running) is var (callback, state)) callback(state);
        return running;
    }

    private (SendOrPostCallback Callback, object? State)? Next(Task running)
    {
        lock (_posted)
        {
            while (_posted.Count == 0)
            {
                _ended = running.IsCompleted;
                if (_ended) return null;
                Monitor.Wait(_posted);
            }

            return _posted.Dequeue();
        }
    }

    private void Wake()
    {
        lock (_posted) Monitor.Pulse(_posted);
    }
}
