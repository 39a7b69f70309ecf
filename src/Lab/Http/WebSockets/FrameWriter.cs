using System.Buffers;

namespace Holdfast.Lab.Http.WebSockets;

/// <summary>
/// Writes server frames to a stream, gathering small ones. Safe for concurrent calls: whole frames take turns.
/// Nothing is held back for a slow peer but one buffer; the caller waits instead. A writer with nothing to send has none.
/// </summary>
internal sealed class FrameWriter(Stream stream) : IDisposable
{
    private const int BufferSize = 64 << 10;
    private const int LargestCopied = BufferSize / 4;

    private byte[] _buffer = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _length;
    private bool _closed;

    /// <summary>Adds a frame; it is on its way when the buffer is full or after <see cref="FlushAsync"/>. Nothing is written after a close frame.</summary>
    /// <param name="kind">What the frame carries.</param>
    /// <param name="payload">Its payload; not used any more when this completes.</param>
    /// <param name="flush">Whether to send it and everything before it at once.</param>
    /// <param name="cancellationToken">Leaves the stream in the middle of a frame: only for a socket that ends.</param>
    public async ValueTask WriteAsync(FrameKind kind, ReadOnlyMemory<byte> payload, bool flush, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_closed)
                return;
            _closed = kind == FrameKind.Close;
            var copied = payload.Length <= LargestCopied;
            if (_length + FrameHeader.LongestWritten + (copied ? payload.Length : 0) > BufferSize)
                await DrainAsync(cancellationToken);
            if (_length == 0)
                _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            _length += FrameHeader.Write(_buffer.AsSpan(_length), kind, payload.Length);
            if (copied)
            {
                payload.Span.CopyTo(_buffer.AsSpan(_length));
                _length += payload.Length;
            }
            else
            {
                await DrainAsync(cancellationToken);
                await stream.WriteAsync(payload, cancellationToken);
            }
            if (flush)
                await DrainAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends what was gathered.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await DrainAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        if (_length == 0)
            return;
        await stream.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }
}
