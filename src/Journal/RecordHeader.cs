using System.Buffers.Binary;

namespace Holdfast.Journal;

/// <summary>The 32 bytes before a record's payload; docs/journal.md draws them.</summary>
internal readonly record struct RecordHeader(int Length, long Sequence, long Timestamp, byte Kind, uint Mark)
{
    public const int Size = 32;
    public const int MaxPayload = 1 << 30;

    /// <summary>Bytes in the file: header, payload, and zeros up to a multiple of 8.</summary>
    public int Total => TotalOf(Length);

    public static int TotalOf(int length) => (Size + length + 7) & ~7;

    /// <summary>Lays header and padding around a payload that may still change; <see cref="Seal"/> makes it a record.</summary>
    public void Write(Span<byte> to)
    {
        to[..Size].Clear();
        to[(Size + Length)..Total].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Timestamp);
        to[24] = Kind;
    }

    /// <summary>Gives the record its segment's mark and its checksum.</summary>
    public static void Seal(Span<byte> record, uint mark)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[28..], mark);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Of(record[4..]));
    }

    /// <summary>Whether the checksum of this whole record is right.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record) == Crc32C.Of(record[4..]);

    public static int LengthOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record[4..]);

    public static long SequenceOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[8..]);

    /// <summary>False when these bytes cannot be a header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out RecordHeader header)
    {
        header = new RecordHeader(
            LengthOf(from),
            SequenceOf(from),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            from[24],
            BinaryPrimitives.ReadUInt32LittleEndian(from[28..]));
        return header is { Length: >= 0 and <= MaxPayload, Sequence: > 0 };
    }
}
