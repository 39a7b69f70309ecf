using Amazon.S3;
using Amazon.S3.Model;

namespace Holdfast.Hub.Stores;

/// <summary>An object, read from wherever it is asked for, without being held in memory or on the disk. Only asynchronously.</summary>
internal sealed class StoredStream(IAmazonS3 client, string bucket, string key, string tag, long length) : Stream
{
    private GetObjectResponse? _answer;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value == _position) return;
            Close(ref _answer);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length) return 0;
        // One that was written anew meanwhile is another one.
        _answer ??= await client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key, EtagToMatch = tag, ByteRange = new ByteRange(_position, length - 1) }, cancellationToken);
        var count = await _answer.ResponseStream.ReadAsync(buffer, cancellationToken);
        if (count == 0 && buffer.Length > 0) throw new IOException($"The store has sent less of {key} than there is.");
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A store is not waited for.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Close(ref _answer);
        base.Dispose(disposing);
    }

    private static void Close(ref GetObjectResponse? answer)
    {
        answer?.Dispose();
        answer = null;
    }
}
