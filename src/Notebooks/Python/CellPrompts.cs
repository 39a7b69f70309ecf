namespace Holdfast.Notebooks.Python;

/// <summary>Takes away what people paste along with code, in IPython's order.</summary>
internal static class CellPrompts
{
    /// <summary>The lines without blank lines at the top, without the first line's indent, without <c>&gt;&gt;&gt;</c> and <c>In [1]:</c> prompts.</summary>
    public static List<string> Remove(List<string> lines)
    {
        if (lines.FindIndex(line => !PythonText.IsSpace(line)) is > 0 and var first) lines = lines[first..];
        RemoveIndent(lines);
        RemovePrompts(lines, ClassicFirst, Classic);
        RemovePrompts(lines, Numbered, Numbered);
        return lines;
    }

    private static void RemoveIndent(List<string> lines)
    {
        var indent = lines[0][..^lines[0].AsSpan().TrimStart(" \t").Length];
        if (indent.Length == 0) return;
        for (var line = 0; line < lines.Count; line++)
        {
            if (lines[line].StartsWith(indent, StringComparison.Ordinal)) lines[line] = lines[line][indent.Length..];
        }
    }

    /// <summary>A prompt in the first or second line takes the prompts off all lines. The measures give a prompt's length, 0 for none.</summary>
    private static void RemovePrompts(List<string> lines, Func<string, int> first, Func<string, int> measure)
    {
        if (first(lines[0]) == 0 && (lines.Count == 1 || measure(lines[1]) == 0)) return;
        for (var line = 0; line < lines.Count; line++) lines[line] = lines[line][measure(lines[line])..];
    }

    private static int ClassicFirst(string line) => line.StartsWith(">>>", StringComparison.Ordinal) ? Classic(line) : 0;

    /// <summary>The prompts of Python: three characters and a blank, or nothing behind.</summary>
    private static int Classic(string line)
    {
        if (!line.StartsWith(">>>", StringComparison.Ordinal) && !line.StartsWith("...", StringComparison.Ordinal)) return 0;
        return line.AsSpan(3) switch
        {
            [' ', ..] => 4,
            [] or ['\n'] => 3,
            _ => 0,
        };
    }

    /// <summary>The prompts of IPython: <c>In [1]: </c>, with the vi mode before it, and <c>...: </c> on further lines.</summary>
    private static int Numbered(string line)
    {
        var at = 0;
        while (at < line.Length && PythonText.IsSpace(line[at])) at++;
        var dots = at;
        while (dots < line.Length && line[dots] == '.') dots++;
        if (dots - at >= 3 && dots < line.Length && line[dots] == ':') return dots + (line.AsSpan(dots + 1).StartsWith(" ") ? 2 : 1);

        at = line.StartsWith("[nav] ", StringComparison.Ordinal) || line.StartsWith("[ins] ", StringComparison.Ordinal) ? 6 : line.StartsWith(' ') ? 1 : 0;
        if (!line.AsSpan(at).StartsWith("In [")) return 0;
        var digits = at += 4;
        while (digits < line.Length && PythonText.IsDigit(line[digits])) digits++;
        return digits > at && line.AsSpan(digits).StartsWith("]: ") ? digits + 3 : 0;
    }
}
