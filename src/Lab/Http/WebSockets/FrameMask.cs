using System.Numerics;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Http.WebSockets;

/// <summary>Masking of client frames (RFC 6455 §5.3): XOR with a repeating key of four bytes.</summary>
internal static class FrameMask
{
    /// <summary>Masks or unmasks <paramref name="data"/>, the start of a frame's payload, in place.</summary>
    /// <param name="data">The payload.</param>
    /// <param name="mask">The key as its four bytes lie in memory.</param>
    public static void Apply(Span<byte> data, uint mask)
    {
        if (mask == 0)
            return;
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(data);
        var key = Vector.AsVectorByte(new Vector<uint>(mask));
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] ^= key;
        var rest = data[(vectors.Length * Vector<byte>.Count)..];
        Span<byte> bytes = stackalloc byte[4];
        BitConverter.TryWriteBytes(bytes, mask);
        for (var i = 0; i < rest.Length; i++)
            rest[i] ^= bytes[i & 3];
    }
}
