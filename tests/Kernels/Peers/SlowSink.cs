using System.Diagnostics;
using System.Security.Cryptography;

namespace Holdfast.Kernels.Tests.Peers;

/// <summary>Counts instead of keeping, and is slow by working: every message costs about the time given.</summary>
internal sealed class SlowSink(TimeSpan perMessage) : IKernelSink
{
    private readonly byte[] _work = new byte[16 * 1024];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _undrained;

    public int Displays { get; private set; }
    public byte[] LastDisplay { get; private set; } = [];
    public long StreamBytes { get; private set; }
    public int Refused { get; private set; }
    /// <summary>The request whose idle completes <see cref="Idle"/>.</summary>
    public string? Awaited { get; set; }
    public Task Idle => _idle.Task;

    public void OnMessage(KernelChannel channel, in KernelMessage message)
    {
        if (channel != KernelChannel.IOPub) return;
        _undrained++;
        _ = MessageHeader.TryParse(message.Header.Span, out var header);
        if (header.MessageType == "display_data")
        {
            Displays++;
            LastDisplay = message.Content.ToArray();
        }

        if (header.MessageType == "stream") StreamBytes += message.Content.Length;
        if (header.MessageType != "status" || !message.Content.Span.SequenceEqual("{\"execution_state\": \"idle\"}"u8)) return;
        _ = MessageHeader.TryParse(message.ParentHeader.Span, out var parent);
        if (parent.MessageId == Awaited) _idle.TrySetResult();
    }

    public ValueTask OnDrainedAsync(KernelChannel channel)
    {
        if (channel != KernelChannel.IOPub) return ValueTask.CompletedTask;
        for (var until = Stopwatch.GetTimestamp() + (long)(_undrained * perMessage.TotalSeconds * Stopwatch.Frequency); Stopwatch.GetTimestamp() < until;)
            SHA256.HashData(_work);
        _undrained = 0;
        return ValueTask.CompletedTask;
    }

    public void OnRefused(KernelChannel channel, string reason) => Refused++;
}
