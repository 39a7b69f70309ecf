namespace Holdfast.Notebooks.Percent;

/// <summary>
/// Which lines of a code cell stand as comments in its script: magics, shell commands and questions, by jupytext's rules, and lines that would begin
/// another cell. A line that looks like one of them behind comment signs gets one more, so that taking one off gives it back.
/// </summary>
internal sealed class PercentMagics(PercentLanguage language, bool escaped)
{
    // Commands that IPython runs without a sign before them.
    private static readonly HashSet<string> Commands = new(
        ["cat", "cd", "cp", "mv", "rm", "rmdir", "mkdir", "copy", "ddir", "echo", "ls", "ldir", "ren"], StringComparer.Ordinal);

    /// <summary>The lines as they stand in the script.</summary>
    public List<string> Comment(IReadOnlyList<string> source, out bool endsInString) => Change(source, reading: false, plain: false, out endsInString);

    /// <summary>The lines as they stand in the cell.</summary>
    /// <param name="script">The lines of the script.</param>
    /// <param name="plain">Nobody has commented magics in it: what may be a comment of its own, as <c># copy it</c> and <c># why?</c>, stays one.</param>
    public List<string> Uncomment(IReadOnlyList<string> script, bool plain) => Change(script, reading: true, plain, out _);

    private List<string> Change(IReadOnlyList<string> lines, bool reading, bool plain, out bool endsInString)
    {
        var quotes = new OpenQuotes(language);
        var changed = new List<string>(lines.Count);
        var goesOn = false;
        foreach (var line in lines)
        {
            var isMagic = !quotes.IsOpen && escaped && (goesOn || IsMagic(line, plain));
            var isChanged = isMagic || (!quotes.IsOpen && PercentMarker.IsMarkerOrEscaped(line, language));
            // What goes on behind a backslash is text.
            var isText = goesOn && isMagic;
            var other = !isChanged ? line : isText ? Text(line, reading) : reading ? WithoutSign(line) : WithSign(line, Indent(line));
            quotes.Read(reading ? line : other);
            goesOn = isMagic && language.IsPython && line.AsSpan().TrimEnd().EndsWith("\\");
            changed.Add(other);
        }

        endsInString = quotes.IsOpen;
        return changed;
    }

    private string Text(string line, bool reading) => reading ? CellText.Unescaped(WithoutSign(line)) : WithSign(CellText.Escaped(line), 0);

    private string WithSign(string line, int indent) => $"{line[..indent]}{language.Comment} {line[indent..]}";

    private string WithoutSign(string line)
    {
        var indent = Indent(line);
        var rest = line.AsSpan(indent);
        if (!rest.StartsWith(language.Comment)) return line;
        rest = rest[language.Comment.Length..];
        return string.Concat(line.AsSpan(0, indent), rest is [' ', ..] ? rest[1..] : rest);
    }

    private bool IsMagic(string line, bool plain)
    {
        if (language.Magic.Length == 0) return false;
        var rest = Bare(line);
        if (BeginsMagic(rest, language.Magic, 3) || (language.Name == "go" && rest is ['!', ..])) return true;
        if (!language.IsPython) return false;
        rest = rest.TrimStart();
        if (rest is ['?' or '!', ..] && rest[1..].TrimStart() is [var first, ..] && (char.IsAsciiLetter(first) || ".~$\\/{}".Contains(first))) return true;
        if (IsAssignment(rest)) return true;
        if (plain) return false;
        return IsQuestion(rest.TrimEnd()) || (Indent(line) == 0 && IsCommand(rest));
    }

    /// <summary>The line without its indent and all comment signs before it.</summary>
    private ReadOnlySpan<char> Bare(string line)
    {
        var rest = line.AsSpan(Indent(line));
        while (rest.StartsWith(language.Comment))
        {
            rest = rest[language.Comment.Length..];
            if (rest is [' ', ..]) rest = rest[1..];
        }

        return rest;
    }

    private static bool BeginsMagic(ReadOnlySpan<char> text, string sign, int most)
    {
        var count = 0;
        while (count < most && text.StartsWith(sign))
        {
            text = text[sign.Length..];
            count++;
        }

        return count > 0 && text is [var letter, ..] && char.IsAsciiLetter(letter);
    }

    private static bool IsAssignment(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '_' || (end > 0 && (char.IsAsciiDigit(text[end]) || text[end] == '$')))) end++;
        if (end == 0 || text[end..].TrimStart() is not ['=', .. var value]) return false;
        value = value.TrimStart();
        return BeginsMagic(value, "%", 3) || BeginsMagic(value, "!", 1);
    }

    private static bool IsQuestion(ReadOnlySpan<char> text) => text is [.., '?'] && text.IndexOfAny(' ', '\t') < 0;

    private static bool IsCommand(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(' ', '\t');
        if (end < 0) return Commands.Contains(text.TrimEnd().ToString());
        return Commands.Contains(text[..end].ToString()) && text[(end + 1)..] is not ['=' or ',', ..];
    }

    private static int Indent(string line) => line.Length - line.AsSpan().TrimStart().Length;
}
