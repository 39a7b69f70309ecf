using System.Buffers.Binary;

namespace Holdfast.Lab.Http.WebSockets;

/// <summary>What a frame carries (RFC 6455 §5.2).</summary>
internal enum FrameKind : byte
{
    /// <summary>The next part of a message.</summary>
    Continuation = 0,
    /// <summary>UTF-8 text.</summary>
    Text = 1,
    /// <summary>Bytes.</summary>
    Binary = 2,
    /// <summary>The end.</summary>
    Close = 8,
    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 9,
    /// <summary>Answers a ping.</summary>
    Pong = 10,
}

/// <summary>How reading the head of a frame went.</summary>
internal enum HeaderOutcome
{
    /// <summary>The header is whole and allowed.</summary>
    Complete,
    /// <summary>More bytes are needed.</summary>
    Partial,
    /// <summary>A client may not send this.</summary>
    Invalid,
}

/// <summary>The head of one frame, as a client sends it and as a server writes it (RFC 6455 §5.2).</summary>
/// <param name="Kind">What it carries.</param>
/// <param name="Final">Whether the message ends with it.</param>
/// <param name="Length">Payload length in bytes.</param>
/// <param name="Mask">The masking key as it lies in memory.</param>
/// <param name="Size">Bytes of the header itself.</param>
internal readonly record struct FrameHeader(FrameKind Kind, bool Final, long Length, uint Mask, int Size)
{
    /// <summary>The longest header a server writes.</summary>
    public const int LongestWritten = 10;
    /// <summary>The longest header a client sends.</summary>
    public const int LongestRead = 14;

    /// <summary>Reads a client's header: masked, no extension bits, shortest length encoding, control frames whole and at most 125 bytes.</summary>
    public static HeaderOutcome TryRead(ReadOnlySpan<byte> data, out FrameHeader header)
    {
        header = default;
        if (data.Length < 2)
            return HeaderOutcome.Partial;
        var kind = (FrameKind)(data[0] & 0x0F);
        var final = (data[0] & 0x80) != 0;
        if ((data[0] & 0x70) != 0 || (data[1] & 0x80) == 0 || !Enum.IsDefined(kind))
            return HeaderOutcome.Invalid;
        long length = data[1] & 0x7F;
        if (kind >= FrameKind.Close && (!final || length > 125))
            return HeaderOutcome.Invalid;
        var size = length switch { 126 => 8, 127 => 14, _ => 6 };
        if (data.Length < size)
            return HeaderOutcome.Partial;
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
            if (length < 126)
                return HeaderOutcome.Invalid;
        }
        else if (length == 127)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(data[2..]);
            if (length <= ushort.MaxValue)
                return HeaderOutcome.Invalid;
        }
        header = new FrameHeader(kind, final, length, BitConverter.ToUInt32(data[(size - 4)..]), size);
        return HeaderOutcome.Complete;
    }

    /// <summary>Writes a server's header of a whole message or control frame and returns its size.</summary>
    public static int Write(Span<byte> destination, FrameKind kind, long length)
    {
        destination[0] = (byte)(0x80 | (byte)kind);
        if (length < 126)
        {
            destination[1] = (byte)length;
            return 2;
        }
        if (length <= ushort.MaxValue)
        {
            destination[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            return 4;
        }
        destination[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(destination[2..], length);
        return 10;
    }
}
