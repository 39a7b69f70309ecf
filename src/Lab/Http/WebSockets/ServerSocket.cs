using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Holdfast.Lab.Http.WebSockets;

/// <summary>
/// The server's end of a WebSocket over an upgraded stream. Unlike the platform's it shows pongs, whose payload is how a page says what
/// it has. One receive at a time; sends may come from anywhere. No extensions (compression is declined).
/// </summary>
internal sealed class ServerSocket : IDisposable
{
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly CancellationTokenSource _ended;
    private readonly Lock _closing = new();
    private bool _closeSent;
    private bool _disposed;

    /// <summary>Wraps an upgraded stream. <paramref name="connection"/> ends when the connection does.</summary>
    public ServerSocket(Stream stream, CancellationToken connection)
    {
        _reader = new FrameReader(stream);
        _writer = new FrameWriter(stream);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(connection);
        Ended = _ended.Token;
    }

    /// <summary>The longest message taken, in bytes. Default 128 MiB (a file uploaded through a widget is one message).</summary>
    public long LongestMessage { get; init; } = 128L << 20;

    /// <summary>How long a peer has to answer a close frame. Default 5 s.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Called with the payload of every pong, by the receiver.</summary>
    public Action<ReadOnlyMemory<byte>>? OnPong { get; set; }

    /// <summary>Called for every frame that arrives, by the receiver.</summary>
    public Action? OnHeard { get; set; }

    /// <summary>Cancelled when nothing can be sent or received any more.</summary>
    public CancellationToken Ended { get; }

    /// <summary>
    /// The next message, or null when the socket is closed, by whichever side. Answers pings and close frames, and closes with the fitting
    /// code when the peer breaks the protocol.
    /// </summary>
    public async ValueTask<SocketMessage?> ReceiveAsync()
    {
        try
        {
            var (message, fault) = await ReadMessageAsync();
            if (fault is not null)
            {
                await CloseAsync(fault.Code, fault.Reason);
                await _reader.DiscardAsync(Ended);
            }
            if (message is null)
                Abort();
            return message;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Abort();
            return null;
        }
    }

    /// <summary>Whether a call failed because the socket, or the connection under it, has ended: what sends must expect at any time.</summary>
    public static bool IsEnd(Exception exception) => exception is IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>Sends a message; small ones wait for the next flush unless <paramref name="flush"/>. Does nothing after a close.</summary>
    public ValueTask SendAsync(bool isText, ReadOnlyMemory<byte> data, bool flush) =>
        _writer.WriteAsync(isText ? FrameKind.Text : FrameKind.Binary, data, flush, Ended);

    /// <summary>Sends what waits.</summary>
    public ValueTask FlushAsync() => _writer.FlushAsync(Ended);

    /// <summary>Sends a ping with at most 125 bytes of payload, and what waits.</summary>
    public ValueTask PingAsync(ReadOnlyMemory<byte> payload) => _writer.WriteAsync(FrameKind.Ping, payload, true, Ended);

    /// <summary>Says goodbye, once. The receiver ends when the peer answers, or after <see cref="CloseLimit"/>.</summary>
    public async ValueTask CloseAsync(ushort code, string reason)
    {
        lock (_closing)
        {
            if (_closeSent || _disposed)
                return;
            _closeSent = true;
            // Before the write: a peer that reads no more must not keep its socket open.
            _ended.CancelAfter(CloseLimit);
        }
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        try
        {
            await _writer.WriteAsync(FrameKind.Close, payload, true, Ended);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Abort();
        }
    }

    /// <summary>Ends without a goodbye.</summary>
    public void Abort()
    {
        lock (_closing)
        {
            if (_disposed)
                return;
        }
        _ended.Cancel();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Abort();
        lock (_closing)
            _disposed = true;
        _ended.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    private async ValueTask<(SocketMessage?, SocketFault?)> ReadMessageAsync()
    {
        _reader.Clear();
        FrameKind? message = null;
        long length = 0;
        while (true)
        {
            if (await _reader.ReadHeaderAsync(Ended) is not { } header)
                return (null, new(CloseCode.ProtocolError, "A frame is not as RFC 6455 wants it from a client."));
            if (header.Size == 0)
                return (null, null);
            OnHeard?.Invoke();
            if (header.Kind >= FrameKind.Close)
            {
                if (!await ReadControlAsync(header))
                    return (null, null);
                continue;
            }
            if (header.Kind == FrameKind.Continuation == message is null)
                return (null, new(CloseCode.ProtocolError, "The parts of a message are out of order."));
            message ??= header.Kind;
            length += header.Length;
            if (length > LongestMessage)
                return (null, new(CloseCode.TooBig, $"A message is longer than {LongestMessage} bytes."));
            if (!await _reader.ReadPayloadAsync(header, Ended))
                return (null, null);
            if (!header.Final)
                continue;
            if (message == FrameKind.Text && !Utf8.IsValid(_reader.Payload.Span))
                return (null, new(CloseCode.InvalidPayload, "A text message is not UTF-8."));
            return (new SocketMessage(message == FrameKind.Text, _reader.Payload), null);
        }
    }

    private async ValueTask<bool> ReadControlAsync(FrameHeader header)
    {
        var payload = new byte[header.Length];
        if (!await _reader.ReadAsideAsync(header, payload, Ended))
            return false;
        switch (header.Kind)
        {
            case FrameKind.Ping:
                await _writer.WriteAsync(FrameKind.Pong, payload, true, Ended);
                return true;
            case FrameKind.Pong:
                OnPong?.Invoke(payload);
                return true;
            default:
                var code = payload.Length switch
                {
                    0 => CloseCode.Normal,
                    1 => CloseCode.ProtocolError,
                    _ => BinaryPrimitives.ReadUInt16BigEndian(payload),
                };
                if (!CloseCode.MayBeSent(code))
                    code = CloseCode.ProtocolError;
                await CloseAsync(code, "");
                return false;
        }
    }
}
