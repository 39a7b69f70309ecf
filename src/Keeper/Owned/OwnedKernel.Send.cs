using System.Text;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Keeper.Owned;

/// <summary>From clients to the kernel: recorded first, then sent.</summary>
internal sealed partial class OwnedKernel
{
    /// <summary>Records a message and queues it. Waits while the kernel does not take what was sent before, or the disk is full.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!WebSocketV1.TryRead(message, out var channel, out var parts, out var reason))
        {
            KeeperLog.RequestRefused(_log, Id, reason);
            return;
        }

        Volatile.Write(ref _lastActivity, _time.GetUtcNow().UtcTicks);
        lock (_journalGate)
        {
            NameGap();
            if (channel == KernelChannel.Stdin) AppendWithoutAnswer(parts);
            else _journal.Append(RecordKind.ToKernel, message.Span);
        }

        await FlushAsync();
        await _outgoing.Writer.WriteAsync(new Outgoing(message.ToArray(), _run), cancellationToken);
    }

    /// <summary>That an answer was given is recorded, what it was is not: it may be a password, and what a program shows of it is output.</summary>
    private void AppendWithoutAnswer(in KernelMessage reply)
    {
        var kept = reply with { Content = "{\"value\":\"\"}"u8.ToArray() };
        WebSocketV1.Write(KernelChannel.Stdin, kept, _journal.Reserve(RecordKind.ToKernel, WebSocketV1.Measure(KernelChannel.Stdin, kept), out _));
    }

    private async Task SendQueuedAsync()
    {
        await foreach (var (bytes, run) in _outgoing.Reader.ReadAllAsync())
        {
            // Meant for a process that has been replaced: the new one must not execute it.
            if (run is null || run != _run || !WebSocketV1.TryRead(bytes, out var channel, out var message, out _)) continue;
            try
            {
                await _connection.SendAsync(channel, message, run.Ended.Token);
            }
            catch (OperationCanceledException)
            {
                // The process ended first; the record of the request stays.
            }
        }
    }

    private ValueTask AskAsync(string messageType, string content, CancellationToken cancellationToken)
    {
        var header = MessageHeader.Create(messageType, OwnSession, "holdfast", _time.GetUtcNow(), out _);
        return _connection.SendAsync(KernelChannel.Control,
            new KernelMessage(header, "{}"u8.ToArray(), "{}"u8.ToArray(), Encoding.UTF8.GetBytes(content), []), cancellationToken);
    }
}
