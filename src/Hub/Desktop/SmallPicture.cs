using System.Buffers.Binary;
using System.IO.Compression;

namespace Holdfast.Hub.Desktop;

/// <summary>A picture made smaller while it comes: each of its pixels is the mean of those that fall into it.</summary>
internal sealed class SmallPicture
{
    private const int Colours = 3, PixelSize = 4;
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(number => Enumerable.Range(0, 8).Aggregate((uint)number, (value, _) => (value & 1) == 0 ? value >> 1 : 0xedb88320 ^ value >> 1))];
    private readonly int _fromWidth, _fromHeight, _width, _height;
    private readonly long[] _sums;
    private readonly int[] _counts;

    /// <param name="width">Of what comes.</param>
    /// <param name="height">Of what comes.</param>
    /// <param name="most">How wide and high it is to be at most.</param>
    public SmallPicture(int width, int height, int most)
    {
        (_fromWidth, _fromHeight) = (width, height);
        var scale = Math.Min(1.0, (double)most / Math.Max(width, height));
        (_width, _height) = (Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)));
        (_sums, _counts) = (new long[_width * _height * Colours], new int[_width * _height]);
    }

    /// <summary>Takes pixels of a row (see <see cref="RfbSession.ReadPictureAsync"/>).</summary>
    public void Add(int x, int y, ReadOnlySpan<byte> pixels)
    {
        var line = (int)((long)y * _height / _fromHeight) * _width;
        for (var at = 0; at < pixels.Length; at += PixelSize, x++)
        {
            var to = line + (int)((long)x * _width / _fromWidth);
            _counts[to]++;
            for (var colour = 0; colour < Colours; colour++) _sums[to * Colours + colour] += pixels[at + 2 - colour];
        }
    }

    /// <summary>The picture as PNG (ISO/IEC 15948): 8 bits for each of red, green and blue.</summary>
    public byte[] ToPng()
    {
        using var rows = new MemoryStream();
        using (var packed = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            var line = new byte[1 + _width * Colours];
            for (var y = 0; y < _height; y++)
            {
                // Filter 1: what differs from the pixel at the left.
                line[0] = 1;
                for (var x = _width - 1; x >= 0; x--)
                {
                    for (var colour = 0; colour < Colours; colour++) line[1 + x * Colours + colour] = (byte)(Mean(x, y, colour) - (x == 0 ? 0 : Mean(x - 1, y, colour)));
                }
                packed.Write(line);
            }
        }
        using var png = new MemoryStream();
        png.Write([0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n']);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, _width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), _height);
        (head[8], head[9]) = (8, 2);
        Write(png, "IHDR"u8, head);
        Write(png, "IDAT"u8, rows.ToArray());
        Write(png, "IEND"u8, []);
        return png.ToArray();
    }

    private int Mean(int x, int y, int colour) => _counts[y * _width + x] is > 0 and var count ? (int)(_sums[(y * _width + x) * Colours + colour] / count) : 0;

    private static void Write(MemoryStream png, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        png.Write(kind);
        png.Write(content);
        var sum = uint.MaxValue;
        foreach (var value in kind) sum = Table[(byte)(sum ^ value)] ^ sum >> 8;
        foreach (var value in content) sum = Table[(byte)(sum ^ value)] ^ sum >> 8;
        BinaryPrimitives.WriteUInt32BigEndian(number, ~sum);
        png.Write(number);
    }
}
