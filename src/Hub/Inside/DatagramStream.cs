using System.Buffers.Binary;
using System.Net.Sockets;

namespace Holdfast.Hub.Inside;

/// <summary>Datagrams on a stream: before each its length, two bytes, the higher one first.</summary>
internal static class DatagramStream
{
    /// <summary>So many bytes stand before each.</summary>
    public const int Head = 2;

    /// <summary>Holds any datagram that IP can carry, and what stands before it.</summary>
    public const int BufferSize = Head + ushort.MaxValue;

    /// <summary>Writes a datagram that lies <see cref="Head"/> bytes behind the beginning of a buffer.</summary>
    public static async ValueTask WriteAsync(Socket stream, Memory<byte> buffer, int length, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer.Span, (ushort)length);
        for (var sent = 0; sent < Head + length;) sent += await stream.SendAsync(buffer[sent..(Head + length)], cancellationToken);
    }

    /// <summary>Reads the next one into a buffer of <see cref="BufferSize"/>; its length, -1 at the end.</summary>
    public static async ValueTask<int> ReadAsync(Socket stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!await FillAsync(stream, buffer[..Head], cancellationToken)) return -1;
        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer.Span);
        return await FillAsync(stream, buffer[..length], cancellationToken) ? length : -1;
    }

    private static async ValueTask<bool> FillAsync(Socket stream, Memory<byte> part, CancellationToken cancellationToken)
    {
        while (part.Length > 0)
        {
            if (await stream.ReceiveAsync(part, cancellationToken) is not (> 0 and var count)) return false;
            part = part[count..];
        }
        return true;
    }
}
