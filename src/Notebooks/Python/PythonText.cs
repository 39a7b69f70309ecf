using System.Globalization;
using System.Text;

namespace Holdfast.Notebooks.Python;

/// <summary>Text as Python's str sees it, where .NET's char and string say something else.</summary>
internal static class PythonText
{
    /// <summary>str.isspace of one character.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>str.isspace: not empty, and nothing but white space.</summary>
    public static bool IsSpace(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!IsSpace(c)) return false;
        }

        return text.Length > 0;
    }

    /// <summary>\d of Python's re: a decimal digit of any script.</summary>
    public static bool IsDigit(char c) => char.IsDigit(c);

    /// <summary>How many chars the \w at this place takes: 1, 2 for a surrogate pair, 0 when there is none. Unlike .NET's \w it takes no combining marks.</summary>
    public static int WordLength(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        if (c < 0x80) return char.IsAsciiLetterOrDigit(c) || c == '_' ? 1 : 0;
        if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) != System.Buffers.OperationStatus.Done) return 0;
        return IsWord(Rune.GetUnicodeCategory(rune)) ? length : 0;
    }

    /// <summary>Whether the character at this place may begin a name.</summary>
    public static bool BeginsName(ReadOnlySpan<char> text, int at) =>
        WordLength(text, at) > 0 && !char.IsAsciiDigit(text[at])
        && (text[at] < 0x80 || CharUnicodeInfo.GetUnicodeCategory(CodePoint(text, at)) is not (UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber));

    /// <summary>str.splitlines(keepends=True).</summary>
    public static List<string> Lines(string text)
    {
        var lines = new List<string>();
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029')) continue;
            if (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n') at++;
            lines.Add(text[start..(at + 1)]);
            start = at + 1;
        }

        if (start < text.Length) lines.Add(text[start..]);
        return lines;
    }

    /// <summary>str.rstrip().</summary>
    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && IsSpace(text[^1])) text = text[..^1];
        return text;
    }

    /// <summary>str.lstrip().</summary>
    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && IsSpace(text[0])) text = text[1..];
        return text;
    }

    /// <summary>str.split(): the words between white space.</summary>
    public static List<string> Words(ReadOnlySpan<char> text)
    {
        var words = new List<string>();
        while (!(text = TrimStart(text)).IsEmpty)
        {
            var end = 0;
            while (end < text.Length && !IsSpace(text[end])) end++;
            words.Add(text[..end].ToString());
            text = text[end..];
        }

        return words;
    }

    /// <summary>str.partition(' '), without the blank: what stands before the first blank, and what behind it.</summary>
    public static (string Before, string After) Partition(string text) =>
        text.IndexOf(' ') is >= 0 and var blank ? (text[..blank], text[(blank + 1)..]) : (text, "");

    /// <summary>repr() of a str: single quotes unless it holds some and no double ones; what cannot be printed is escaped.</summary>
    public static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (c == quote || c == '\\') quoted.Append('\\').Append(c);
            else if (c is >= ' ' and < '\x7f') quoted.Append(c);
            else if (c is '\n' or '\r' or '\t') quoted.Append('\\').Append(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
            else at += AppendOther(quoted, text, at) - 1;
        }

        return quoted.Append(quote).ToString();
    }

    private static int AppendOther(StringBuilder quoted, string text, int at)
    {
        var code = CodePoint(text, at);
        var length = code > 0xffff ? 2 : 1;
        if (IsPrintable(CharUnicodeInfo.GetUnicodeCategory(code))) quoted.Append(text, at, length);
        else if (code < 0x100) quoted.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}");
        else if (code < 0x10000) quoted.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");
        else quoted.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}");
        return length;
    }

    private static int CodePoint(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

    private static bool IsWord(UnicodeCategory category) => category is <= UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsPrintable(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
