using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Http;

/// <summary>
/// Bytes in borrowed memory: notebooks of many megabytes come and go with every save, and must not leave as much garbage. Nothing may hold
/// on to <see cref="Memory"/> after the dispose.
/// </summary>
internal sealed class PooledBytes : IDisposable
{
    private const int FirstLength = 1 << 14;
    /// <summary>Arrays up to this length wait in the pool for the next request; larger ones are given back.</summary>
    private const int LargestKept = 1 << 20;

    private byte[] _array;
    private int _length;

    private PooledBytes(long expected) => _array = Obtain(expected);

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, _length);

    /// <summary>The whole body of a request; empty when there is none.</summary>
    public static async Task<PooledBytes> OfBodyAsync(HttpContext context)
    {
        var bytes = new PooledBytes((context.Request.ContentLength ?? 0) + 1);
        try
        {
            while (await context.Request.Body.ReadAsync(bytes.Room, context.RequestAborted) is var read and > 0)
                bytes.Take(read);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>The whole content of a file.</summary>
    public static PooledBytes OfFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        // One more than expected, so that the read that finds the end needs no larger array.
        var bytes = new PooledBytes(file.Length + 1);
        try
        {
            while (file.Read(bytes.Room.Span) is var read and > 0)
                bytes.Take(read);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Release(_array);
        _array = [];
        _length = 0;
    }

    private Memory<byte> Room => _array.AsMemory(_length);

    private void Take(int read)
    {
        _length += read;
        if (_length < _array.Length)
            return;
        var larger = Obtain(_array.Length * 2L);
        _array.CopyTo(larger, 0);
        Release(_array);
        _array = larger;
    }

    private static byte[] Obtain(long length) => length > LargestKept
        ? GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, length))
        : ArrayPool<byte>.Shared.Rent((int)Math.Max(length, FirstLength));

    private static void Release(byte[] array)
    {
        if (array.Length <= LargestKept)
            ArrayPool<byte>.Shared.Return(array);
    }
}
