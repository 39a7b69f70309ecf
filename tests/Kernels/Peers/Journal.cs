using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Holdfast.Kernels.Tests.Peers;

/// <summary>A message as a test keeps it.</summary>
internal sealed record Seen(KernelChannel Channel, MessageHeader Header, MessageHeader Parent, string Content, byte[][] Buffers)
{
    public JsonElement Json => JsonDocument.Parse(Content).RootElement;
}

/// <summary>A sink that keeps everything, and lets a test wait for a message.</summary>
internal sealed class Journal : IKernelSink
{
    private readonly Lock _lock = new();
    private readonly List<Seen> _seen = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Refused { get; } = [];

    public IReadOnlyList<Seen> All
    {
        get
        {
            lock (_lock) return [.. _seen];
        }
    }

    public void OnMessage(KernelChannel channel, in KernelMessage message)
    {
        if (!MessageHeader.TryParse(message.Header.Span, out var header) || !MessageHeader.TryParse(message.ParentHeader.Span, out var parent))
            throw new InvalidOperationException("A kernel's header is not JSON.");
        var seen = new Seen(channel, header, parent, Encoding.UTF8.GetString(message.Content.Span), [.. message.Buffers.Select(b => b.ToArray())]);
        lock (_lock)
        {
            _seen.Add(seen);
            Signal();
        }
    }

    public ValueTask OnDrainedAsync(KernelChannel channel) => ValueTask.CompletedTask;

    public void OnRefused(KernelChannel channel, string reason)
    {
        Refused.Enqueue(reason);
        lock (_lock) Signal();
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public Task<Seen> FirstAsync(Func<Seen, bool> wanted) => WaitAsync(() => _seen.Find(s => wanted(s)), "a message");

    public Task<string> RefusalAsync() => WaitAsync(() => Refused.TryPeek(out var reason) ? reason : null, "a refusal");

    private async Task<T> WaitAsync<T>(Func<T?> find, string what) where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (find() is { } found) return found;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                lock (_lock)
                    throw new TimeoutException($"Waited 60 s for {what}. Refused: {string.Join(' ', Refused)} Last: {string.Join('\n', _seen.TakeLast(5))}");
            }
        }
    }
}
