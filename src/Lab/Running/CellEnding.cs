using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Lab.Recording;

namespace Holdfast.Lab.Running;

/// <summary>Reads from a kernel's records how one execution ends. Not safe for concurrent calls.</summary>
internal sealed class CellEnding(string messageId)
{
    private bool _hasReply;
    private bool _hasIdle;
    private CellEnd _end;
    private long? _count;
    private string? _error;
    private IReadOnlyList<string>? _traceback;

    /// <summary>Whether nothing more is to be expected.</summary>
    public bool IsOver => (_hasReply && _hasIdle) || _end == CellEnd.Died;

    /// <summary>What is known of the end.</summary>
    public CellResult Result(DateTimeOffset began, DateTimeOffset ended) => new(_end, began, ended, _count, _error, _traceback);

    /// <summary>The kernel is gone.</summary>
    public void Die(string? lastWords) => (_end, _error) = (CellEnd.Died, lastWords ?? "The kernel was shut down.");

    /// <summary>Takes the next record of the kernel's.</summary>
    public void Take(in JournalRecord record)
    {
        if (record.Kind == RecordKind.Event)
        {
            if (KeeperEvent.NameOf(record.Payload.Span) is "restarting" or "dead" or "shutdown")
                Die(MessageJson.Text(record.Payload.Span, "reason"u8));
        }
        else if (record.Kind == RecordKind.FromKernel && WebSocketV1.TryRead(record.Payload, out var channel, out var message, out _)
            && MessageHeader.TryParse(message.ParentHeader.Span, out var parent) && parent.MessageId == messageId && MessageHeader.TryParse(message.Header.Span, out var header))
            Take(channel, header.MessageType, message.Content.Span);
    }

    private void Take(KernelChannel channel, string type, ReadOnlySpan<byte> content)
    {
        if (channel == KernelChannel.IOPub && type == "status")
            _hasIdle |= MessageJson.TextIs(content, "execution_state"u8, "idle"u8);
        else if (channel == KernelChannel.IOPub && type == "error")
            ReadError(content);
        else if (channel == KernelChannel.Shell && type == "execute_reply")
        {
            _hasReply = true;
            _count = MessageJson.Number(content, "execution_count"u8);
            if (MessageJson.TextIs(content, "status"u8, "ok"u8))
                return;
            _end = CellEnd.Failed;
            if (_error is null)
                ReadError(content);
        }
    }

    private void ReadError(ReadOnlySpan<byte> content)
    {
        var (name, value) = (MessageJson.Text(content, "ename"u8), MessageJson.Text(content, "evalue"u8));
        _error = string.IsNullOrEmpty(value) ? name ?? "The kernel gave no reason." : $"{name}: {value}";
        if (!MessageJson.TryFind(content, "traceback"u8, out var reader) || reader.TokenType != JsonTokenType.StartArray)
            return;
        var lines = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            lines.Add(MessageJson.TextAt(ref reader) ?? "");
        _traceback = lines;
    }
}
