using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Stores;

/// <summary>A piece of a file as it was when its length was taken: what is written behind it meanwhile is not in it.</summary>
internal sealed class FilePiece(SafeFileHandle file, long start, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(Span<byte> buffer) => Took(RandomAccess.Read(file, buffer[..Most(buffer.Length)], start + _position));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Took(await RandomAccess.ReadAsync(file, buffer[..Most(buffer.Length)], start + _position, cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Most(int wanted) => (int)Math.Min(wanted, length - _position);

    private int Took(int count)
    {
        if (count == 0 && _position < length) throw new EndOfStreamException("The file has become shorter.");
        _position += count;
        return count;
    }
}
