using System.Buffers;

namespace Holdfast.Notebooks.Json;

/// <summary>One pass over JSON text without recursion: checks the grammar of RFC 8259 and records nodes on a tape.</summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> bytes, int start, int recordDepth, JsonTape tape)
{
    /// <summary>The deepest nesting that is read. Python gives up near 1,000; real notebooks stay below 50.</summary>
    public const int MaxDepth = 512;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at = start;
    private int _depth;
    private string? _problem;

    public JsonError Run(bool toTheEnd)
    {
        // The node of each open container times two, plus one for an object; -2 and -1 where none is recorded.
        Span<int> open = stackalloc int[MaxDepth];
        if (!Value(open))
            return new JsonError(_at, _problem);
        while (_depth > 0)
        {
            if (!Follow(open))
                return new JsonError(_at, _problem);
        }
        SkipSpace();
        return toTheEnd && _at < _bytes.Length ? new JsonError(_at, "there is text after the end of the document") : default;
    }

    /// <summary>What comes after a value inside a container: a comma and the next item, or the end of the container.</summary>
    private bool Follow(scoped Span<int> open)
    {
        var container = open[_depth - 1];
        var isObject = (container & 1) != 0;
        SkipSpace();
        if (_at == _bytes.Length)
            return Fail(isObject ? "the text ends inside an object" : "the text ends inside a list");
        var next = _bytes[_at];
        if (next == (isObject ? '}' : ']'))
        {
            Close(container);
            return true;
        }
        if (next != ',')
            return Fail(isObject ? "a comma or } is missing" : "a comma or ] is missing");
        _at++;
        return isObject ? Member(open) : Value(open);
    }

    private bool Member(scoped Span<int> open)
    {
        SkipSpace();
        if (_at == _bytes.Length)
            return Fail("the text ends inside an object");
        if (_bytes[_at] != '"')
            return Fail("a key in double quotes is missing");
        if (!String(JsonKind.Key))
            return false;
        SkipSpace();
        if (_at == _bytes.Length)
            return Fail("the text ends after a key");
        if (_bytes[_at] != ':')
            return Fail("a colon after a key is missing");
        _at++;
        return Value(open);
    }

    private bool Value(scoped Span<int> open)
    {
        while (true)
        {
            SkipSpace();
            if (_at == _bytes.Length)
                return Fail("the text ends where a value should be");
            switch (_bytes[_at])
            {
                case (byte)'"':
                    return String(JsonKind.String);
                case (byte)'{':
                    if (!Open(open, JsonKind.Object))
                        return false;
                    SkipSpace();
                    if (_at == _bytes.Length || _bytes[_at] != '}')
                        return Member(open);
                    Close(open[_depth - 1]);
                    return true;
                case (byte)'[':
                    if (!Open(open, JsonKind.Array))
                        return false;
                    SkipSpace();
                    if (_at == _bytes.Length || _bytes[_at] != ']')
                        continue;
                    Close(open[_depth - 1]);
                    return true;
                case (byte)'t':
                    return Word("true"u8, JsonKind.True);
                case (byte)'f':
                    return Word("false"u8, JsonKind.False);
                case (byte)'n':
                    return Word("null"u8, JsonKind.Null);
                case (byte)'N':
                    return Word("NaN"u8, JsonKind.NotFinite);
                case (byte)'I':
                    return Word("Infinity"u8, JsonKind.NotFinite);
                case (byte)'-' when _bytes[_at..].StartsWith("-I"u8):
                    return Word("-Infinity"u8, JsonKind.NotFinite);
                default:
                    return Number();
            }
        }
    }

    private bool Open(scoped Span<int> open, JsonKind kind)
    {
        if (_depth == MaxDepth)
            return Fail($"it is nested deeper than {MaxDepth} levels");
        var node = _depth <= recordDepth ? tape.Add(new JsonNode(_at, 0, 0, kind, false)) : -1;
        open[_depth++] = (node * 2) + (kind == JsonKind.Object ? 1 : 0);
        _at++;
        return true;
    }

    private void Close(int container)
    {
        _depth--;
        _at++;
        if (container >= 0)
            tape.Close(container >> 1, _at);
    }

    private bool String(JsonKind kind)
    {
        var from = _at++;
        var escaped = false;
        while (true)
        {
            var stop = _bytes[_at..].IndexOfAny(StringStops);
            if (stop < 0)
            {
                _at = _bytes.Length;
                return Fail("the text ends inside a string");
            }
            _at += stop;
            if (_bytes[_at] == '"')
                break;
            if (_bytes[_at] != '\\')
                return Fail("a string holds a line break or control character; it must be written as an escape");
            escaped = true;
            if (!Escape())
                return false;
        }
        _at++;
        Record(from, kind, escaped);
        return true;
    }

    private bool Escape()
    {
        if (_at + 1 == _bytes.Length)
            return Fail("the text ends inside a string");
        switch (_bytes[_at + 1])
        {
            case (byte)'n' or (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'r' or (byte)'t':
                _at += 2;
                return true;
            case (byte)'u':
                for (var digit = 2; digit < 6; digit++)
                {
                    if (_at + digit >= _bytes.Length)
                        return Fail("the text ends inside a string");
                    if (!char.IsAsciiHexDigit((char)_bytes[_at + digit]))
                        return Fail("\\u needs four hexadecimal digits");
                }
                _at += 6;
                return true;
            default:
                return Fail("a backslash in a string is followed by a character that JSON does not know");
        }
    }

    private bool Word(ReadOnlySpan<byte> word, JsonKind kind)
    {
        var rest = _bytes[_at..];
        if (!rest.StartsWith(word))
            return Fail(rest.Length < word.Length && word.StartsWith(rest) ? "the text ends inside a word" : "a value is missing");
        var from = _at;
        _at += word.Length;
        Record(from, kind, false);
        return true;
    }

    private bool Number()
    {
        var from = _at;
        if (_bytes[_at] == '-')
            _at++;
        if (_at < _bytes.Length && _bytes[_at] == '0')
            _at++;
        else if (!Digits())
            return Fail(_at == from ? "a value is missing" : "a number has no digits");
        if (_at < _bytes.Length && _bytes[_at] == '.')
        {
            _at++;
            if (!Digits())
                return Fail("a number has no digits after its point");
        }
        if (_at < _bytes.Length && (_bytes[_at] | 0x20) == 'e')
        {
            _at++;
            if (_at < _bytes.Length && _bytes[_at] is (byte)'+' or (byte)'-')
                _at++;
            if (!Digits())
                return Fail("a number has no digits in its exponent");
        }
        Record(from, JsonKind.Number, false);
        return true;
    }

    private bool Digits()
    {
        var from = _at;
        while (_at < _bytes.Length && char.IsAsciiDigit((char)_bytes[_at]))
            _at++;
        return _at > from;
    }

    private readonly void Record(int from, JsonKind kind, bool escaped)
    {
        if (_depth <= recordDepth)
            tape.Add(new JsonNode(from, _at, tape.Nodes.Length + 1, kind, escaped));
    }

    private void SkipSpace()
    {
        while (_at < _bytes.Length && _bytes[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            _at++;
    }

    private bool Fail(string problem)
    {
        _problem = problem;
        return false;
    }
}
