using System.Buffers.Text;
using System.Text;

namespace Holdfast.Cli.Outputs;

/// <summary>
/// The escapes of a JSON string (RFC 8259 section 7). Unlike <see cref="System.Text.Json.Utf8JsonReader.CopyString(Span{byte})"/> it takes what Python sends:
/// half a surrogate pair becomes U+FFFD, bytes that are not UTF-8 stay as they are.
/// </summary>
internal static class JsonEscapes
{
    /// <summary>Decodes what stands between the quotes of a string that has been read as JSON; the text is never longer. Gives its length.</summary>
    public static int Decode(ReadOnlySpan<byte> json, Span<byte> text)
    {
        var length = 0;
        while (json.IndexOf((byte)'\\') is >= 0 and var escape)
        {
            json[..escape].CopyTo(text[length..]);
            length += escape;
            json = json[escape..];
            if (json[1] == 'u')
            {
                length += Character(ref json).EncodeToUtf8(text[length..]);
                continue;
            }

            text[length++] = json[1] switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                var same => same,
            };
            json = json[2..];
        }

        json.CopyTo(text[length..]);
        return length + json.Length;
    }

    private static Rune Character(ref ReadOnlySpan<byte> json)
    {
        var first = Unit(json);
        json = json[6..];
        if (Rune.TryCreate(first, out var rune)) return rune;
        if (!json.StartsWith("\\u"u8) || !Rune.TryCreate(first, Unit(json), out rune)) return Rune.ReplacementChar;
        json = json[6..];
        return rune;
    }

    private static char Unit(ReadOnlySpan<byte> escape)
    {
        _ = Utf8Parser.TryParse(escape[2..6], out ushort unit, out _, 'X');
        return (char)unit;
    }
}
