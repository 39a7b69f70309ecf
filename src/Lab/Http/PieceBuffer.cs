using System.Buffers;
using System.IO.Pipelines;

namespace Holdfast.Lab.Http;

/// <summary>
/// Takes what is written in one go and gives it to a client at the client's pace, in pieces that are small enough to be cheap. The
/// server's own buffers would hold all of it until the first flush.
/// </summary>
internal sealed class PieceBuffer : IBufferWriter<byte>, IDisposable
{
    private const int PieceLength = 1 << 16;

    private readonly List<(byte[] Array, int Length)> _full = [];
    private byte[] _array = ArrayPool<byte>.Shared.Rent(PieceLength);
    private int _length;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_array.Length - _length < Math.Max(1, sizeHint))
        {
            _full.Add((_array, _length));
            _array = ArrayPool<byte>.Shared.Rent(Math.Max(PieceLength, sizeHint));
            _length = 0;
        }
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Sends everything; a piece's memory is free again when it is sent.</summary>
    public async Task SendAsync(PipeWriter to, CancellationToken cancellationToken)
    {
        for (var piece = 0; piece < _full.Count; piece++)
        {
            var (array, length) = _full[piece];
            await to.WriteAsync(array.AsMemory(0, length), cancellationToken);
            _full[piece] = ([], 0);
            ArrayPool<byte>.Shared.Return(array);
        }
        await to.WriteAsync(_array.AsMemory(0, _length), cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (array, _) in _full)
            if (array.Length > 0)
                ArrayPool<byte>.Shared.Return(array);
        ArrayPool<byte>.Shared.Return(_array);
        _full.Clear();
        _array = [];
    }
}
