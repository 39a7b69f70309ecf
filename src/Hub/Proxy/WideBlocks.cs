using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Holdfast.Hub.Proxy;

/// <summary>
/// The memory of Kestrel's connections, in blocks of 128 KiB instead of 4: it asks the system once for each block, and what goes through this hub is large. A connection
/// that is silent holds none.
/// </summary>
internal sealed class WideBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>So many are kept for the next ones; what more a crowd has needed is given back.</summary>
    private const int MostKept = 64;

    private readonly ConcurrentQueue<byte[]> _kept = new();

    public override int MaxBufferSize => RequestBody.BufferSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
        return new Block(this, _kept.TryDequeue(out var bytes) ? bytes : GC.AllocateUninitializedArray<byte>(RequestBody.BufferSize, pinned: true));
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(WideBlocks pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } done && pool._kept.Count < MostKept) pool._kept.Enqueue(done);
        }
    }
}
