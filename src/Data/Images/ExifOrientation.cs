using System.Buffers.Binary;

namespace Holdfast.Data.Images;

/// <summary>How a camera was held (Exif 2.32, tag 0x0112): 1 upright, 2 to 8 mirrored or turned. A file without it, or with one that cannot be read, is upright.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112, Upright = 1;

    /// <summary>Whether rows and columns change places.</summary>
    public static bool Swaps(int orientation) => orientation >= 5;

    /// <summary>Of a JPEG: in its first segment APP1 that holds Exif.</summary>
    public static int OfJpeg(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 4 <= file.Length && file[at] == 0xFF;)
        {
            var marker = file[at + 1];
            // A fill byte; the start of the scan, behind which no segment is looked for.
            if (marker == 0xFF) { at++; continue; }
            if (marker is 0xDA or 0xD9) break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length) break;
            var segment = file.Slice(at + 4, length - 2);
            if (marker == 0xE1 && segment.StartsWith("Exif\0\0"u8)) return OfTiff(segment[6..]);
            at += 2 + length;
        }

        return Upright;
    }

    /// <summary>Of a PNG: in its chunk eXIf.</summary>
    public static int OfPng(ReadOnlySpan<byte> file)
    {
        for (var at = Png.Signature.Length; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12) break;
            if (file.Slice(at + 4, 4).SequenceEqual("eXIf"u8)) return OfTiff(file.Slice(at + 8, (int)length));
            at += 12 + (int)length;
        }

        return Upright;
    }

    /// <summary>Turns an image of three bytes a pixel upright. <paramref name="height"/> and <paramref name="width"/> are those of <paramref name="to"/>.</summary>
    public static void Apply(int orientation, ReadOnlySpan<byte> from, Span<byte> to, int height, int width)
    {
        var fromWidth = Swaps(orientation) ? height : width;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (row, column) = orientation switch
                {
                    2 => (y, width - 1 - x),
                    3 => (height - 1 - y, width - 1 - x),
                    4 => (height - 1 - y, x),
                    5 => (x, y),
                    6 => (width - 1 - x, y),
                    7 => (width - 1 - x, height - 1 - y),
                    8 => (x, height - 1 - y),
                    _ => (y, x),
                };
                from.Slice((row * fromWidth + column) * 3, 3).CopyTo(to[((y * width + x) * 3)..]);
            }
        }
    }

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return Upright;
        var isLittle = tiff.StartsWith("II"u8);
        if (!isLittle && !tiff.StartsWith("MM"u8)) return Upright;
        var directory = Number32(tiff[4..], isLittle);
        if (directory > tiff.Length - 2) return Upright;
        var entries = tiff[(int)directory..];
        var count = Number16(entries, isLittle);
        for (var entry = 0; entry < count && 2 + (entry + 1) * 12 <= entries.Length; entry++)
        {
            var field = entries.Slice(2 + entry * 12, 12);
            if (Number16(field, isLittle) == Tag) return Number16(field[8..], isLittle) is >= 1 and <= 8 and var orientation ? orientation : Upright;
        }

        return Upright;
    }

    private static int Number16(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Number32(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
