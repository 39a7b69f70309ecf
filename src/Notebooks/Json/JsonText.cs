using System.Buffers.Text;
using System.Text;

namespace Holdfast.Notebooks.Json;

/// <summary>
/// Reads the characters of a string, or of a list of strings put together, as UTF-8 in pieces, without copying what has no
/// escapes. A surrogate that stands alone (<c>\ud800</c>) comes as the three bytes that UTF-8 would have for it.
/// </summary>
internal ref struct JsonText
{
    private static readonly byte[] Ascii = [.. Enumerable.Range(0, 128).Select(value => (byte)value)];

    private readonly JsonTape _tape;
    private readonly int _end;
    private int _next;
    private ReadOnlySpan<byte> _rest;
    private byte[]? _scratch;

    public JsonText(JsonTape tape, int node)
    {
        _tape = tape;
        if (tape[node].Kind == JsonKind.Array)
        {
            _next = node + 1;
            _end = tape[node].Next;
        }
        else
        {
            _rest = tape.Inner(node);
        }
    }

    /// <summary>Whether a value is a string or a list of nothing but strings.</summary>
    public static bool Is(JsonTape tape, int node)
    {
        if (tape[node].Kind == JsonKind.String)
            return true;
        if (tape[node].Kind != JsonKind.Array)
            return false;
        for (var item = node + 1; item < tape[node].Next; item = tape[item].Next)
        {
            if (tape[item].Kind != JsonKind.String)
                return false;
        }
        return true;
    }

    /// <summary>The next piece, never empty; false at the end. A piece is good until the next call.</summary>
    public bool Read(out ReadOnlySpan<byte> piece)
    {
        while (_rest.IsEmpty)
        {
            if (_next >= _end)
            {
                piece = default;
                return false;
            }
            _rest = _tape.Inner(_next);
            _next = _tape[_next].Next;
        }
        var plain = _rest.IndexOf((byte)'\\');
        if (plain != 0)
        {
            piece = plain < 0 ? _rest : _rest[..plain];
            _rest = _rest[piece.Length..];
            return true;
        }
        piece = _rest[1] == 'u' ? Unicode() : Simple();
        return true;
    }

    public static bool Same(JsonText a, JsonText b)
    {
        ReadOnlySpan<byte> left = default, right = default;
        while (true)
        {
            var more = !left.IsEmpty || a.Read(out left);
            if (more != (!right.IsEmpty || b.Read(out right)))
                return false;
            if (!more)
                return true;
            var common = Math.Min(left.Length, right.Length);
            if (!left[..common].SequenceEqual(right[..common]))
                return false;
            left = left[common..];
            right = right[common..];
        }
    }

    public static byte[] Decode(JsonTape tape, int node)
    {
        var bytes = new List<byte>();
        var text = new JsonText(tape, node);
        while (text.Read(out var piece))
            bytes.AddRange(piece);
        return [.. bytes];
    }

    public static string ToString(JsonTape tape, int node)
    {
        var builder = new StringBuilder();
        var text = new JsonText(tape, node);
        while (text.Read(out var piece))
        {
            if (IsSurrogate(piece))
                builder.Append((char)(((piece[0] & 0xF) << 12) | ((piece[1] & 0x3F) << 6) | (piece[2] & 0x3F)));
            else
                builder.Append(Encoding.UTF8.GetString(piece));
        }
        return builder.ToString();
    }

    /// <summary>Whether UTF-8 begins with the three bytes of a surrogate that stands alone.</summary>
    public static bool IsSurrogate(ReadOnlySpan<byte> utf8) => utf8.Length >= 3 && utf8[0] == 0xED && utf8[1] >= 0xA0;

    private ReadOnlySpan<byte> Simple()
    {
        var value = _rest[1] switch
        {
            (byte)'n' => '\n',
            (byte)'t' => '\t',
            (byte)'r' => '\r',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            var same => (char)same,
        };
        _rest = _rest[2..];
        return Ascii.AsSpan(value, 1);
    }

    private ReadOnlySpan<byte> Unicode()
    {
        int value = Hex(_rest);
        _rest = _rest[6..];
        if (value < 0x80)
            return Ascii.AsSpan(value, 1);
        if (char.IsHighSurrogate((char)value) && _rest.StartsWith("\\u"u8) && Hex(_rest) is var low && char.IsLowSurrogate((char)low))
        {
            value = char.ConvertToUtf32((char)value, (char)low);
            _rest = _rest[6..];
        }
        _scratch ??= new byte[4];
        return _scratch.AsSpan(0, Encode(value, _scratch));
    }

    /// <summary>UTF-8 of a code point, surrogates included, which <see cref="Rune"/> refuses.</summary>
    public static int Encode(int value, Span<byte> target)
    {
        if (Rune.TryCreate(value, out var rune))
            return rune.EncodeToUtf8(target);
        target[0] = (byte)(0xE0 | (value >> 12));
        target[1] = (byte)(0x80 | ((value >> 6) & 0x3F));
        target[2] = (byte)(0x80 | (value & 0x3F));
        return 3;
    }

    // The scanner has seen to the four digits.
    private static ushort Hex(ReadOnlySpan<byte> escape) =>
        Utf8Parser.TryParse(escape.Slice(2, 4), out ushort value, out _, 'x') ? value : (ushort)0;
}
