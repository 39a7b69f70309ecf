namespace Holdfast.Notebooks.Python;

/// <summary><c>name?</c>, <c>name??</c>, <c>name*?</c> and <c>%magic?</c> at the end of a statement, of which nothing else is left.</summary>
/// <param name="Line">Where the statement begins.</param>
/// <param name="Column">Behind its indent.</param>
/// <param name="LastLine">The line of the question mark.</param>
internal sealed record HelpQuestion(int Line, int Column, int LastLine) : IPythonSyntax(Line, Column)
{
    public static IPythonSyntax? Find(List<PythonToken> tokens)
    {
        // The last token is the line's end. One that ends nothing can stand there too, as in IPython.
        if (tokens.Count <= 2 || tokens[^2].Text != "?") return null;
        var begin = tokens[Begin(tokens)];
        return new HelpQuestion(begin.Line, begin.Column, tokens[^2].Line);
    }

    /// <summary>The call that shows help: pinfo, pinfo2 for two question marks, psearch for a name with an asterisk.</summary>
    public static string Call(string target, string marks) =>
        EscapedLine.Magic($"{(marks == "??" ? "pinfo2" : target.Contains('*') ? "psearch" : "pinfo")} {target}");

    public override bool Replace(List<string> lines)
    {
        var content = string.Concat(lines[Line..(LastLine + 1)])[Column..];
        if (Target(content) is not { } target) return false;
        return Put(lines, Call(target.Name, target.Marks), LastLine);
    }

    /// <summary>The dotted name right before the one or two question marks at the end, from as far left as it can begin, and up to two percent signs.</summary>
    private static (string Name, string Marks)? Target(string content)
    {
        var text = content.AsSpan(0, content.EndsWith('\n') ? content.Length - 1 : content.Length);
        var name = text.TrimEnd('?');
        if (text.Length - name.Length is 0 or > 2) return null;

        var part = name.Length;
        var begin = -1;
        while (true)
        {
            var end = part;
            part = BeginOfPart(name, end);
            var first = part;
            while (first < end && PythonText.IsDigit(name[first])) first++;
            if (first == end) break;
            begin = first;
            if (first > part || part == 0 || name[part - 1] != '.') break;
            part--;
        }

        if (begin < 0) return null;
        for (var percents = 0; begin == part && begin > 0 && percents < 2 && name[begin - 1] == '%'; percents++) part = --begin;
        return (name[begin..].ToString(), text[name.Length..].ToString());
    }

    private static int BeginOfPart(ReadOnlySpan<char> name, int end)
    {
        var at = end;
        while (at > 0)
        {
            var before = at >= 2 && char.IsSurrogatePair(name[at - 2], name[at - 1]) ? 2 : 1;
            if (name[at - 1] != '*' && PythonText.WordLength(name, at - before) == 0) break;
            at -= before;
        }

        return at;
    }
}
