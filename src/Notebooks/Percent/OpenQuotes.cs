namespace Holdfast.Notebooks.Percent;

/// <summary>Follows a script line by line and knows whether the next line begins inside a string in three quotes. It looks at signs alone, so that it also works on what is no valid program.</summary>
internal struct OpenQuotes(PercentLanguage language)
{
    private char _quote;

    /// <summary>Whether the next line begins inside a string.</summary>
    public readonly bool IsOpen => _quote != '\0';

    public void Read(ReadOnlySpan<char> line)
    {
        if (!language.HasLongStrings) return;
        for (var at = 0; at < line.Length; at++)
        {
            var sign = line[at];
            if (sign == '\\') at++;
            else if (IsOpen) at = End(line, at);
            else if (sign == '#') return;
            else if (sign is '"' or '\'') at = Begin(line, at);
        }
    }

    private static bool IsThree(ReadOnlySpan<char> line, int at, char quote) => at + 2 < line.Length && line[at] == quote && line[at + 1] == quote && line[at + 2] == quote;

    private int End(ReadOnlySpan<char> line, int at)
    {
        if (!IsThree(line, at, _quote)) return at;
        _quote = '\0';
        return at + 2;
    }

    private int Begin(ReadOnlySpan<char> line, int at)
    {
        var quote = line[at];
        if (IsThree(line, at, quote))
        {
            _quote = quote;
            return at + 2;
        }

        // A string in single quotes ends with its line at the latest.
        for (at++; at < line.Length && line[at] != quote; at++)
        {
            if (line[at] == '\\') at++;
        }

        return at;
    }
}
