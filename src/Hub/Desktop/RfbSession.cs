using System.Buffers.Binary;
using System.Net.Sockets;

namespace Holdfast.Hub.Desktop;

/// <summary>A connection to a desktop that only looks (RFC 6143, version 3.8, security type None). What the other side says is checked: it is the machine's.</summary>
internal sealed class RfbSession
{
    private const byte SetPixelFormat = 0, SetEncodings = 2, UpdateRequest = 3;
    private const byte Update = 0, ColourMap = 1, Bell = 2, CutText = 3;
    private const int LongestText = 1 << 20, PixelSize = 4, MostPixels = 64 << 20;
    private readonly NetworkStream _stream;

    private RfbSession(NetworkStream stream, int width, int height) => (_stream, Width, Height) = (stream, width, height);

    /// <summary>In pixels.</summary>
    public int Width { get; }

    /// <summary>In pixels.</summary>
    public int Height { get; }

    /// <summary>Says hello (RFC 6143, 7.1 to 7.3).</summary>
    /// <exception cref="IOException">Nobody answers as they should.</exception>
    public static async Task<RfbSession> OpenAsync(Socket socket, CancellationToken cancellationToken)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        if (!(await ReadAsync(stream, 12, cancellationToken)).AsSpan().StartsWith("RFB 003.00"u8)) throw new IOException("What answers is no desktop.");
        await stream.WriteAsync("RFB 003.008\n"u8.ToArray(), cancellationToken);
        var kinds = await ReadAsync(stream, (await ReadAsync(stream, 1, cancellationToken))[0], cancellationToken);
        if (!kinds.Contains((byte)1)) throw new IOException("The desktop wants a password.");
        await stream.WriteAsync(new byte[] { 1 }, cancellationToken);
        if (BinaryPrimitives.ReadUInt32BigEndian(await ReadAsync(stream, 4, cancellationToken)) != 0) throw new IOException("The desktop lets nobody in.");
        // Shared: nobody is thrown out for it.
        await stream.WriteAsync(new byte[] { 1 }, cancellationToken);
        var said = await ReadAsync(stream, 24, cancellationToken);
        await SkipAsync(stream, BinaryPrimitives.ReadUInt32BigEndian(said.AsSpan(20)), cancellationToken);
        return new RfbSession(stream, BinaryPrimitives.ReadUInt16BigEndian(said), BinaryPrimitives.ReadUInt16BigEndian(said.AsSpan(2)));
    }

    /// <summary>Takes a picture, a row of a rectangle at a time.</summary>
    /// <param name="row">Gets column and line of its first pixel, and pixels of four bytes: blue, green, red, nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The other side does not do as it should.</exception>
    public async Task ReadPictureAsync(Action<int, int, ReadOnlySpan<byte>> row, CancellationToken cancellationToken)
    {
        if ((long)Width * Height is 0 or > MostPixels) throw new IOException("Nobody can look at a desktop of this size.");
        var wish = new byte[20 + 8 + 10];
        wish[0] = SetPixelFormat;
        // 32 bits, 24 of them colour, little-endian, true colour; red, green, blue to 255, shifted by 16, 8, 0.
        ((ReadOnlySpan<byte>)[32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0]).CopyTo(wish.AsSpan(4));
        // One encoding, 0: as they are.
        (wish[20], wish[23]) = (SetEncodings, 1);
        wish[28] = UpdateRequest;
        BinaryPrimitives.WriteUInt16BigEndian(wish.AsSpan(34), (ushort)Width);
        BinaryPrimitives.WriteUInt16BigEndian(wish.AsSpan(36), (ushort)Height);
        await _stream.WriteAsync(wish, cancellationToken);
        for (var left = (long)Width * Height; left > 0;)
        {
            switch ((await ReadAsync(_stream, 1, cancellationToken))[0])
            {
                case Update:
                    left -= await ReadRectanglesAsync(row, cancellationToken);
                    break;
                case ColourMap:
                    await SkipAsync(_stream, 6 * BinaryPrimitives.ReadUInt16BigEndian((await ReadAsync(_stream, 5, cancellationToken)).AsSpan(3)), cancellationToken);
                    break;
                case Bell:
                    break;
                case CutText:
                    await SkipAsync(_stream, BinaryPrimitives.ReadUInt32BigEndian((await ReadAsync(_stream, 7, cancellationToken)).AsSpan(3)), cancellationToken);
                    break;
                default:
                    throw new IOException("The desktop says what nobody has asked for.");
            }
        }
    }

    /// <summary>The pixels that have come.</summary>
    private async Task<long> ReadRectanglesAsync(Action<int, int, ReadOnlySpan<byte>> row, CancellationToken cancellationToken)
    {
        var pixels = 0L;
        for (int left = BinaryPrimitives.ReadUInt16BigEndian((await ReadAsync(_stream, 3, cancellationToken)).AsSpan(1)); left > 0; left--)
        {
            var head = await ReadAsync(_stream, 12, cancellationToken);
            var (x, y, width, height) = (At(0), At(2), At(4), At(6));
            if (x + width > Width || y + height > Height || BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(8)) != 0) throw new IOException("The desktop draws beside itself.");
            var line = new byte[width * PixelSize];
            for (var at = 0; at < height; at++)
            {
                await _stream.ReadExactlyAsync(line, cancellationToken);
                row(x, y + at, line);
            }
            pixels += (long)width * height;

            int At(int place) => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(place));
        }
        return pixels;
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private static Task<byte[]> SkipAsync(NetworkStream stream, uint length, CancellationToken cancellationToken) =>
        length > LongestText ? throw new IOException("The desktop says more than anybody reads.") : ReadAsync(stream, (int)length, cancellationToken);

    private static Task<byte[]> SkipAsync(NetworkStream stream, int length, CancellationToken cancellationToken) => SkipAsync(stream, (uint)length, cancellationToken);
}
