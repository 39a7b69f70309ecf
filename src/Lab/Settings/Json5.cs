using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Holdfast.Lab.Settings;

/// <summary>
/// Reads JSON5 (json5.org), which is what people write into settings: comments, trailing commas, single quotes, bare keys, hexadecimal
/// numbers. The result is plain JSON.
/// </summary>
internal ref struct Json5
{
    private const int Deepest = 64;

    private readonly ReadOnlySpan<char> _text;
    private readonly Utf8JsonWriter _json;
    private int _at;
    private int _depth;

    private Json5(ReadOnlySpan<char> text, Utf8JsonWriter json)
    {
        _text = text;
        _json = json;
    }

    /// <summary>The text as JSON in UTF-8; or what is wrong, with line and column.</summary>
    public static (ReadOnlyMemory<byte>? Json, string? Fault) Convert(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 16);
        using var json = new Utf8JsonWriter(buffer);
        var reader = new Json5(text, json);
        var fault = reader.Value() ?? reader.End();
        if (fault is not null)
            return (null, $"{fault} (line {text.AsSpan(0, reader._at).Count('\n') + 1}, column {reader._at - text.LastIndexOf('\n', Math.Max(0, reader._at - 1))})");
        json.Flush();
        return (buffer.WrittenMemory, null);
    }

    private readonly char Next => _at < _text.Length ? _text[_at] : '\0';

    private string? End()
    {
        return Space() ?? (_at < _text.Length ? "something follows the value" : null);
    }

    /// <summary>Skips white space and comments.</summary>
    private string? Space()
    {
        while (_at < _text.Length)
        {
            var rest = _text[_at..];
            if (char.IsWhiteSpace(rest[0]) || rest[0] == '\ufeff')
                _at++;
            else if (rest.StartsWith("//"))
                _at += rest.IndexOfAny('\n', '\r') is var line and >= 0 ? line : rest.Length;
            else if (rest.StartsWith("/*"))
            {
                if (rest[2..].IndexOf("*/") is not (var end and >= 0))
                    return "a comment is not closed";
                _at += end + 4;
            }
            else
                break;
        }
        return null;
    }

    private string? Value()
    {
        if (Space() is { } fault)
            return fault;
        switch (Next)
        {
            case '{' or '[':
                if (++_depth > Deepest)
                    return "the nesting is too deep";
                var inner = Next == '{' ? Object() : Array();
                _depth--;
                return inner;
            case '"' or '\'':
                if (Quoted(out var text) is { } bad)
                    return bad;
                _json.WriteStringValue(text);
                return null;
            default:
                return Bare();
        }
    }

    private string? Object()
    {
        _at++;
        _json.WriteStartObject();
        while (true)
        {
            if (Space() is { } fault)
                return fault;
            if (Next == '}')
                break;
            if (Key(out var key) is { } badKey)
                return badKey;
            if (Space() is { } gap)
                return gap;
            if (Next != ':')
                return "':' is expected after a name";
            _at++;
            _json.WritePropertyName(key);
            if (Value() is { } bad)
                return bad;
            if (Separator('}') is { } missing)
                return missing;
        }
        _at++;
        _json.WriteEndObject();
        return null;
    }

    private string? Array()
    {
        _at++;
        _json.WriteStartArray();
        while (true)
        {
            if (Space() is { } fault)
                return fault;
            if (Next == ']')
                break;
            if (Value() is { } bad)
                return bad;
            if (Separator(']') is { } missing)
                return missing;
        }
        _at++;
        _json.WriteEndArray();
        return null;
    }

    private string? Separator(char close)
    {
        if (Space() is { } fault)
            return fault;
        if (Next == ',')
            _at++;
        else if (Next != close)
            return $"',' or '{close}' is expected";
        return null;
    }

    private string? Key(out string key)
    {
        if (Next is '"' or '\'')
            return Quoted(out key);
        var start = _at;
        while (char.IsLetterOrDigit(Next) || Next is '_' or '$')
            _at++;
        key = _text[start.._at].ToString();
        return key.Length == 0 || char.IsDigit(key[0]) ? "a name is expected" : null;
    }

    private string? Quoted(out string text)
    {
        var quote = Next;
        _at++;
        var built = new StringBuilder();
        text = "";
        while (Next != quote)
        {
            if (_at >= _text.Length || Next is '\n' or '\r')
                return "a string is not closed";
            if (Next != '\\')
                built.Append(_text[_at++]);
            else if (Escape(built) is { } fault)
                return fault;
        }
        _at++;
        text = built.ToString();
        return null;
    }

    private string? Escape(StringBuilder into)
    {
        _at++;
        var kind = Next;
        _at++;
        switch (kind)
        {
            case 'x' or 'u':
                var digits = kind == 'x' ? 2 : 4;
                if (_at + digits > _text.Length || !ushort.TryParse(_text.Slice(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                    return "an escape is not complete";
                _at += digits;
                into.Append((char)code);
                return null;
            case '\r':
                if (Next == '\n')
                    _at++;
                return null;
            case '\n':
                return null;
            default:
                into.Append(kind switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', 'v' => '\v', '0' => '\0', _ => kind });
                return null;
        }
    }

    private string? Bare()
    {
        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(Next) && Next is not (',' or ']' or '}' or '{' or '[' or ':' or '"' or '\'' or '/'))
            _at++;
        var word = _text[start.._at];
        var number = word.TrimStart('+');
        if (word is "true" or "false")
            _json.WriteBooleanValue(word is "true");
        else if (word is "null")
            _json.WriteNullValue();
        else if (number.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(number[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            _json.WriteNumberValue(hex);
        else if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            _json.WriteNumberValue(whole);
        else if (double.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
            _json.WriteNumberValue(real);
        else
        {
            _at = start;
            return word.IsEmpty ? "a value is expected" : $"'{word}' is no value";
        }
        return null;
    }
}
