using System.IO.Compression;

namespace Holdfast.History.Storing;

/// <summary>Brotli, where it makes a chunk smaller; a chunk as long as it was is stored as it was.</summary>
internal static class Packing
{
    /// <summary>Twice as fast as the next step, and a tenth larger.</summary>
    private const int Quality = 4;
    private const int Window = 18;

    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        var packed = new byte[bytes.Length];
        return BrotliEncoder.TryCompress(bytes, packed, out var length, Quality, Window) && length < bytes.Length ? packed[..length] : bytes.ToArray();
    }

    /// <summary>Fills <paramref name="target"/>; false when the chunk is damaged.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> target)
    {
        if (packed.Length != target.Length)
            return BrotliDecoder.TryDecompress(packed, target, out var length) && length == target.Length;
        packed.CopyTo(target);
        return true;
    }
}
