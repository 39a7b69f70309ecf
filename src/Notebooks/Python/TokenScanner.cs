namespace Holdfast.Notebooks.Python;

/// <summary>Finds the token at a place of one line, in the order in which the PseudoToken expression of Python 3.11's tokenize module tries its parts.</summary>
internal static class TokenScanner
{
    /// <summary>What stands at a place behind its white space.</summary>
    public enum Found
    {
        /// <summary>No token begins here.</summary>
        Nothing,

        /// <summary>White space up to the line's end.</summary>
        EndOfLine,

        /// <summary>A backslash and the line's end.</summary>
        Continuation,
        LineEnd,
        Comment,
        Number,
        Operator,
        Name,
        String,

        /// <summary>Prefix and three quotes; the string goes on.</summary>
        TripleQuote,

        /// <summary>A string in single quotes up to a backslash at the line's end.</summary>
        OpenString,
    }

    private static readonly string[] Operators =
    [
        "**=", "//=", ">>=", "<<=", "...", "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=", "<<", "<=", "==", ">=", ">>", "@=", "^=", "|=",
        "%", "&", "(", ")", "*", "+", ",", "-", ".", "/", ":", ";", "<", "=", ">", "@", "[", "]", "^", "{", "|", "}", "~",
    ];

    /// <summary>Looks at a line from a place on; gives the token's start and end.</summary>
    public static Found Next(string line, int at, out int start, out int end)
    {
        while (at < line.Length && line[at] is ' ' or '\f' or '\t') at++;
        start = end = at;
        if (at == line.Length) return Found.EndOfLine;
        var c = line[at];
        if (c == '\\' && LineEnd(line, at + 1) is > 0 and var backslash)
        {
            end = at + 1 + backslash;
            return Found.Continuation;
        }

        if (c == '#')
        {
            end = line.AsSpan(at).IndexOfAny('\r', '\n') is >= 0 and var length ? at + length : line.Length;
            return Found.Comment;
        }

        var quote = at + PrefixLength(line, at);
        if (quote < line.Length && line.AsSpan(quote) is ['\'', '\'', '\'', ..] or ['"', '"', '"', ..])
        {
            end = quote + 3;
            return Found.TripleQuote;
        }

        if (NumberEnd(line, at) is > 0 and var number)
        {
            end = number;
            return Found.Number;
        }

        if (LineEnd(line, at) is > 0 and var ending)
        {
            end = at + ending;
            return Found.LineEnd;
        }

        if (OperatorLength(line, at) is > 0 and var operation)
        {
            end = at + operation;
            return Found.Operator;
        }

        if (StringEnd(line, quote) is > 0 and var closing)
        {
            end = closing;
            return line[closing - 1] == '\n' ? Found.OpenString : Found.String;
        }

        while (end < line.Length && PythonText.WordLength(line, end) is > 0 and var word) end += word;
        if (end == start) return Found.Nothing;
        return PythonText.BeginsName(line, start) ? Found.Name : Found.Operator;
    }

    /// <summary>How many characters of a string's prefix (b, r, u, f, br, fr in any order and case) stand before a quote here; 0 when there is no quote behind.</summary>
    public static int PrefixLength(string line, int at)
    {
        for (var length = 0; length <= 2 && at + length < line.Length; length++)
        {
            if (line[at + length] is '\'' or '"') return IsPrefix(line.AsSpan(at, length)) ? length : 0;
        }

        return 0;
    }

    /// <summary>The place behind the quotes that end a string, or -1. A backslash takes the next character with it, though not a line feed.</summary>
    public static int ClosingEnd(string line, int at, ReadOnlySpan<char> quotes)
    {
        while (at < line.Length)
        {
            if (line[at] == '\\')
            {
                if (at + 1 >= line.Length || line[at + 1] == '\n') return -1;
                at += 2;
            }
            else if (line.AsSpan(at).StartsWith(quotes))
            {
                return at + quotes.Length;
            }
            else
            {
                at++;
            }
        }

        return -1;
    }

    private static int OperatorLength(string line, int at)
    {
        if (PythonText.WordLength(line, at) > 0) return 0;
        foreach (var text in Operators)
        {
            if (line.AsSpan(at).StartsWith(text)) return text.Length;
        }

        return 0;
    }

    private static bool IsPrefix(ReadOnlySpan<char> prefix) => prefix.Length switch
    {
        0 => true,
        1 => (prefix[0] | 0x20) is 'b' or 'r' or 'u' or 'f',
        _ => ((prefix[0] | 0x20) == 'r' && (prefix[1] | 0x20) is 'b' or 'f') || ((prefix[1] | 0x20) == 'r' && (prefix[0] | 0x20) is 'b' or 'f'),
    };

    /// <summary>How long the line end \n or \r\n here is, 0 when there is none.</summary>
    private static int LineEnd(string line, int at) => line.AsSpan(at) switch
    {
        ['\n', ..] => 1,
        ['\r', '\n', ..] => 2,
        _ => 0,
    };

    /// <summary>The end of a string in single quotes whose quote stands here: behind its other quote, or behind a backslash and the line's end. 0 when it has none.</summary>
    private static int StringEnd(string line, int quote)
    {
        if (quote >= line.Length || line[quote] is not ('\'' or '"')) return 0;
        for (var at = quote + 1; at < line.Length; at++)
        {
            if (line[at] == line[quote]) return at + 1;
            if (line[at] == '\n') return 0;
            if (line[at] != '\\') continue;
            if (LineEnd(line, at + 1) is > 0 and var ending) return at + 1 + ending;
            at++;
        }

        return 0;
    }

    private static int NumberEnd(string line, int at)
    {
        var c = line[at];
        var hasPoint = c == '.';
        if (hasPoint ? at + 1 >= line.Length || !char.IsAsciiDigit(line[at + 1]) : !char.IsAsciiDigit(c)) return 0;
        var end = Digits(line, hasPoint ? at + 1 : at, char.IsAsciiDigit);
        if (!hasPoint && end < line.Length && line[end] == '.')
        {
            hasPoint = true;
            end = end + 1 < line.Length && char.IsAsciiDigit(line[end + 1]) ? Digits(line, end + 1, char.IsAsciiDigit) : end + 1;
        }

        var exponent = Exponent(line, end);
        if (exponent > 0) end = exponent;
        if (end < line.Length && (line[end] | 0x20) == 'j') return end + 1;
        return hasPoint || exponent > 0 ? end : Integer(line, at);
    }

    private static int Exponent(string line, int at)
    {
        if (at >= line.Length || (line[at] | 0x20) != 'e') return 0;
        if (++at < line.Length && line[at] is '+' or '-') at++;
        return at < line.Length && char.IsAsciiDigit(line[at]) ? Digits(line, at, char.IsAsciiDigit) : 0;
    }

    private static int Integer(string line, int at)
    {
        if (line[at] != '0') return Digits(line, at, char.IsAsciiDigit);
        if (at + 1 < line.Length)
        {
            Func<char, bool>? isDigit = (line[at + 1] | 0x20) switch
            {
                'x' => char.IsAsciiHexDigit,
                'b' => digit => digit is '0' or '1',
                'o' => digit => digit is >= '0' and <= '7',
                _ => null,
            };
            if (isDigit is not null && Group(line, at + 2, isDigit) > 0) return Digits(line, at + 2, isDigit);
        }

        return Digits(line, at, digit => digit == '0');
    }

    /// <summary>The end of digits that may have one underscore before each.</summary>
    private static int Digits(string line, int at, Func<char, bool> isDigit)
    {
        while (Group(line, at, isDigit) is > 0 and var length) at += length;
        return at;
    }

    private static int Group(string line, int at, Func<char, bool> isDigit)
    {
        if (at < line.Length && isDigit(line[at])) return 1;
        return at + 1 < line.Length && line[at] == '_' && isDigit(line[at + 1]) ? 2 : 0;
    }
}
