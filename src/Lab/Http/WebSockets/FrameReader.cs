using System.Buffers;

namespace Holdfast.Lab.Http.WebSockets;

/// <summary>
/// Reads client frames from a stream, one after the other. A payload buffer grows with what has come, never with what a header claims;
/// a reader that waits for the next frame has no buffer at all.
/// Not safe for concurrent calls.
/// </summary>
internal sealed class FrameReader(Stream stream) : IDisposable
{
    private const int SmallestPayloadBuffer = 4 << 10;
    private const int AheadBuffer = 16 << 10;

    private byte[] _ahead = [];
    private int _start;
    private int _end;
    private byte[] _payload = [];
    private int _payloadLength;

    /// <summary>The payload gathered since <see cref="Clear"/>, unmasked; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Payload => _payload.AsMemory(0, _payloadLength);

    /// <summary>Reads the next header; a size of 0 in it means the stream has ended. Null when a client may not send it.</summary>
    public async ValueTask<FrameHeader?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (FrameHeader.TryRead(_ahead.AsSpan(_start, _end - _start), out var header))
            {
                case HeaderOutcome.Complete:
                    _start += header.Size;
                    return header;
                case HeaderOutcome.Invalid:
                    return null;
            }
            if (!await FillAsync(cancellationToken))
                return default(FrameHeader);
        }
    }

    /// <summary>Reads and forgets what still comes, so that a close frame is not lost to a reset; ends with the stream.</summary>
    public async ValueTask DiscardAsync(CancellationToken cancellationToken)
    {
        do
            _start = _end = 0;
        while (await FillAsync(cancellationToken));
    }

    /// <summary>Forgets the gathered payload.</summary>
    public void Clear()
    {
        _payloadLength = 0;
        Release(ref _payload);
    }

    /// <summary>Adds the payload of <paramref name="header"/> to what is gathered; false when the stream ended before.</summary>
    public async ValueTask<bool> ReadPayloadAsync(FrameHeader header, CancellationToken cancellationToken)
    {
        var from = _payloadLength;
        var left = header.Length;
        while (left > 0)
        {
            if (_payloadLength == _payload.Length)
                Grow();
            var room = _payload.AsMemory(_payloadLength, (int)Math.Min(left, _payload.Length - _payloadLength));
            var read = Math.Min(room.Length, _end - _start);
            if (read > 0)
            {
                _ahead.AsMemory(_start, read).CopyTo(room);
                _start += read;
            }
            else if (room.Length >= AheadBuffer)
            {
                read = await stream.ReadAsync(room, cancellationToken);
                if (read == 0)
                    return false;
            }
            else if (!await FillAsync(cancellationToken))
                return false;
            _payloadLength += read;
            left -= read;
        }
        FrameMask.Apply(_payload.AsSpan(from, _payloadLength - from), header.Mask);
        return true;
    }

    /// <summary>Reads the payload of a control frame, which may come between the parts of a message; false when the stream ended before.</summary>
    public async ValueTask<bool> ReadAsideAsync(FrameHeader header, Memory<byte> payload, CancellationToken cancellationToken)
    {
        while (_end - _start < payload.Length)
        {
            if (!await FillAsync(cancellationToken))
                return false;
        }
        _ahead.AsMemory(_start, payload.Length).CopyTo(payload);
        _start += payload.Length;
        FrameMask.Apply(payload.Span, header.Mask);
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Release(ref _ahead);
        Release(ref _payload);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            // A read into no room completes when there is something to read.
            Release(ref _ahead);
            _start = _end = 0;
            _ = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
            _ahead = ArrayPool<byte>.Shared.Rent(AheadBuffer);
        }
        _ahead.AsSpan(_start, _end - _start).CopyTo(_ahead);
        _end -= _start;
        _start = 0;
        var read = await stream.ReadAsync(_ahead.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestPayloadBuffer, 2 * _payload.Length));
        _payload.AsSpan(0, _payloadLength).CopyTo(larger);
        Release(ref _payload);
        _payload = larger;
    }

    private static void Release(ref byte[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
