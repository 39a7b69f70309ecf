using System.Globalization;
using System.Text;

namespace Holdfast.Data.Packing;

/// <summary>The header of a <c>.npy</c> file of bytes (NEP 1, version 1.0), which <c>numpy.load(mmap_mode="r")</c> opens.</summary>
internal static class NpyFile
{
    private const int Alignment = 64, Fixed = 10;

    public static byte[] Header(int count, PackShape shape)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count}, {shape.Height}, {shape.Width}, 3), }}");
        var length = (Fixed + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[length];
        ((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]).CopyTo(header);
        (header[8], header[9]) = ((byte)(length - Fixed), (byte)((length - Fixed) >> 8));
        Encoding.ASCII.GetBytes(text.PadRight(length - Fixed - 1) + "\n", header.AsSpan(Fixed));
        return header;
    }

    /// <summary>Where the images begin; null when the file is not of so many images of the shape.</summary>
    public static int? Start(Stream file, int count, PackShape shape)
    {
        var header = Header(count, shape);
        var found = new byte[header.Length];
        return file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && found.AsSpan().SequenceEqual(header)
            && file.Length == header.Length + (long)count * shape.Bytes ? header.Length : null;
    }
}
