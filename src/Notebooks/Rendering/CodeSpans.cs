namespace Holdfast.Notebooks.Rendering;

/// <summary>Where Markdown has code: fenced blocks, and spans between backticks.</summary>
internal static class CodeSpans
{
    /// <summary>The length of the code that begins at this place; 0 when none does.</summary>
    public static int LengthAt(string text, int at)
    {
        if (text[at] is not ('`' or '~')) return 0;
        var run = Run(text, at);
        if (run >= 3 && text.AsSpan(0, at)[(text.AsSpan(0, at).LastIndexOf('\n') + 1)..].Trim(" >").IsEmpty) return Fence(text, at, run);
        if (text[at] == '~') return 0;
        // The closing run is as long as the first, and no empty line stands between.
        for (var end = at + run; end < text.Length; end++)
        {
            if (text[end] == '\n' && end + 1 < text.Length && text[end + 1] == '\n') break;
            if (text[end] != '`') continue;
            var other = Run(text, end);
            if (other == run) return end + other - at;
            end += other - 1;
        }

        return run;
    }

    /// <summary>The length of a fenced block up to the end of its closing line, or of the text.</summary>
    private static int Fence(string text, int at, int run)
    {
        for (var line = text.IndexOf('\n', at); line >= 0; line = text.IndexOf('\n', line + 1))
        {
            var begin = line + 1;
            while (begin < text.Length && text[begin] is ' ' or '>') begin++;
            if (begin < text.Length && text[begin] == text[at] && Run(text, begin) is var other && other >= run) return begin + other - at;
        }

        return text.Length - at;
    }

    private static int Run(string text, int at)
    {
        var end = at;
        while (end < text.Length && text[end] == text[at]) end++;
        return end - at;
    }
}
