using System.Collections.Concurrent;

namespace Holdfast.Engines.Host;

/// <summary>Who waits for the end of processes that are not this one's children: one small thread for each process, however many wait for it.</summary>
internal sealed class ProcessEnds
{
    private readonly ConcurrentDictionary<ProcessMark, Lazy<Task>> _ends = new();

    /// <summary>Completes when that process has ended.</summary>
    public Task Of(ProcessMark process) => _ends.GetOrAdd(process, static (process, ends) => new Lazy<Task>(() => ends.Watch(process)), this).Value;

    private Task Watch(ProcessMark process)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var descriptor = Native.OpenProcess(process.Id);
        // Looked at after it was opened: from here on the descriptor is that process or none.
        if (descriptor < 0 || !process.IsAlive)
        {
            if (descriptor >= 0) _ = Native.Close(descriptor);
            _ends.TryRemove(process, out _);
            ended.SetResult();
            return ended.Task;
        }

        new Thread(() =>
        {
            var poll = new Native.PollFd { Fd = descriptor, Events = 1 };
            while (Native.Poll(ref poll, 1, -1) < 0)
            {
            }

            _ = Native.Close(descriptor);
            _ends.TryRemove(process, out _);
            ended.SetResult();
        }, 128 << 10)
        { IsBackground = true, Name = $"end of {process.Id}" }.Start();
        return ended.Task;
    }
}
