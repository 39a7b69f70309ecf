using System.Buffers;
using System.Text;

namespace Holdfast.Notebooks.Json;

/// <summary>Writes characters into JSON strings as Python's json module does, with or without ensure_ascii.</summary>
internal static class JsonStrings
{
    // 0xED begins the surrogates that stand alone: they have no UTF-8 and stay escapes.
    private static readonly SearchValues<byte> RawStops = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\', 0xED]);

    private static readonly SearchValues<byte> AsciiStops = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x81)).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>Writes UTF-8 as the inside of a string. It must not be cut inside a character.</summary>
    public static void Write(ByteSink sink, ReadOnlySpan<byte> utf8, bool ascii)
    {
        while (true)
        {
            var stop = utf8.IndexOfAny(ascii ? AsciiStops : RawStops);
            if (stop < 0)
            {
                sink.Write(utf8);
                return;
            }
            sink.Write(utf8[..stop]);
            utf8 = utf8[stop..];
            utf8 = utf8[Escape(sink, utf8, ascii)..];
        }
    }

    /// <summary>A .NET string as a JSON string with quotes; surrogates that stand alone become escapes.</summary>
    public static byte[] Quote(string text)
    {
        var quoted = new ArrayBufferWriter<byte>(text.Length + 16);
        var sink = new ByteSink(bytes => quoted.Write(bytes));
        Span<byte> utf8 = stackalloc byte[4];
        sink.Write((byte)'"');
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var good = Rune.DecodeFromUtf16(rest, out var rune, out var used) == OperationStatus.Done;
            Write(sink, utf8[..JsonText.Encode(good ? rune.Value : rest[0], utf8)], ascii: false);
            rest = rest[used..];
        }
        sink.Write((byte)'"');
        sink.Flush();
        return quoted.WrittenSpan.ToArray();
    }

    private static int Escape(ByteSink sink, ReadOnlySpan<byte> utf8, bool ascii)
    {
        if (utf8[0] < 0x80)
        {
            Control(sink, utf8[0]);
            return 1;
        }
        if (JsonText.IsSurrogate(utf8))
        {
            Unit(sink, ((utf8[0] & 0xF) << 12) | ((utf8[1] & 0x3F) << 6) | (utf8[2] & 0x3F));
            return 3;
        }
        Rune.DecodeFromUtf8(utf8, out var rune, out var used);
        if (!ascii)
        {
            sink.Write(utf8[..used]);
            return used;
        }
        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
            Unit(sink, unit);
        return used;
    }

    private static void Control(ByteSink sink, byte value)
    {
        var letter = value switch
        {
            (byte)'"' => '"',
            (byte)'\\' => '\\',
            (byte)'\n' => 'n',
            (byte)'\r' => 'r',
            (byte)'\t' => 't',
            (byte)'\f' => 'f',
            (byte)'\b' => 'b',
            _ => '\0',
        };
        if (letter == '\0')
        {
            Unit(sink, value);
            return;
        }
        sink.Write((byte)'\\');
        sink.Write((byte)letter);
    }

    private static void Unit(ByteSink sink, int value)
    {
        sink.Write("\\u"u8);
        for (var shift = 12; shift >= 0; shift -= 4)
            sink.Write("0123456789abcdef"u8[(value >> shift) & 0xF]);
    }
}
