using System.Buffers.Binary;
using System.Globalization;

namespace Holdfast.Journal;

/// <summary>The first 48 bytes of a segment; docs/journal.md draws them.</summary>
/// <param name="Version">The format's version.</param>
/// <param name="Mark">A random number that every record of this segment bears, so that bytes of another file are never taken for one.</param>
/// <param name="First">The number of the first record.</param>
/// <param name="Created">Microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Boot">Which start of the computer wrote it; 0 when unknown.</param>
internal sealed record SegmentHeader(uint Version, uint Mark, long First, long Created, ulong Boot)
{
    public const int Size = 48;
    public const uint CurrentVersion = 1;
    public const string Extension = ".hfj";

    private static ReadOnlySpan<byte> Magic => "HFJRNL\r\n"u8;

    public static string FileName(long first) => first.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>The first number that a file name tells, or null when it is not a segment's name.</summary>
    public static long? FirstOf(ReadOnlySpan<char> name) =>
        name.Length == 20 + Extension.Length && name.EndsWith(Extension, StringComparison.Ordinal)
        && long.TryParse(name[..20], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > 0 ? first : null;

    public void Write(Span<byte> to)
    {
        to[..Size].Clear();
        Magic.CopyTo(to);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], Mark);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], First);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Created);
        BinaryPrimitives.WriteUInt64LittleEndian(to[32..], Boot);
        BinaryPrimitives.WriteUInt32LittleEndian(to[44..], Crc32C.Of(to[..44]));
    }

    /// <summary>The header, or null when these bytes are not one.</summary>
    public static SegmentHeader? Read(ReadOnlySpan<byte> from)
    {
        if (from.Length < Size || !from.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(from[44..]) != Crc32C.Of(from[..44])) return null;
        return new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[32..]));
    }
}
