namespace Holdfast.Notebooks.Python;

/// <summary>A piece of a cell that is IPython's and not Python's.</summary>
/// <param name="Line">Where it begins, counted from 0.</param>
/// <param name="Column">Where it begins in that line, counted from 0.</param>
internal abstract record IPythonSyntax(int Line, int Column)
{
    /// <summary>Puts Python in its place; false when it is none after all.</summary>
    public abstract bool Replace(List<string> lines);

    /// <summary>The first piece of each kind, in the order in which they are tried: by place, and in one place the question first.</summary>
    public static IReadOnlyList<IPythonSyntax> Find(List<List<PythonToken>> logical, List<string> lines)
    {
        var found = new List<IPythonSyntax>(4);
        AddFirst(HelpQuestion.Find);
        AddFirst(MagicAssignment.Find);
        AddFirst(tokens => SystemAssignment.Find(tokens, lines));
        AddFirst(EscapedLine.Find);
        return found;

        void AddFirst(Func<List<PythonToken>, IPythonSyntax?> find)
        {
            if (First(logical, find) is not { } piece) return;
            // Behind those of the same place.
            var at = found.FindIndex(other => other.Line > piece.Line || (other.Line == piece.Line && other.Column > piece.Column));
            found.Insert(at < 0 ? found.Count : at, piece);
        }
    }

    /// <summary>The number of the token that assigns, the first <c>=</c> outside brackets; -1 when none does.</summary>
    protected static int AssignmentOf(List<PythonToken> tokens)
    {
        var depth = 0;
        for (var at = 0; at < tokens.Count; at++)
        {
            if (tokens[at].Text == "=" && depth == 0) return at;
            if (tokens[at].Text is "(" or "[" or "{") depth++;
            else if (tokens[at].Text is ")" or "]" or "}" && depth > 0) depth--;
        }

        return -1;
    }

    /// <summary>The first token that is no indent or dedent; the count when all are.</summary>
    protected static int Begin(List<PythonToken> tokens) => tokens.FindIndex(token => token.Kind is not (TokenKind.Indent or TokenKind.Dedent)) is >= 0 and var at ? at : tokens.Count;

    /// <summary>The text from the piece on with the lines that a backslash at the end adds to it, and the last line's number.</summary>
    protected (string Text, int LastLine) Continued(List<string> lines)
    {
        var last = Line;
        while (last < lines.Count && lines[last].EndsWith("\\\n", StringComparison.Ordinal)) last++;
        var parts = lines[Line..Math.Min(last + 1, lines.Count)];
        parts[0] = parts[0][Column..];
        for (var part = 0; part < parts.Count; part++)
        {
            var text = PythonText.TrimEnd(parts[part]);
            parts[part] = (part == parts.Count - 1 ? text : text[..^1]).ToString();
        }

        return (string.Join(' ', parts), Math.Min(last, lines.Count - 1));
    }

    /// <summary>Puts a call in the place of the piece and everything up to the end of a line.</summary>
    protected bool Put(List<string> lines, string call, int lastLine)
    {
        lines[Line] = $"{lines[Line][..Column]}{call}\n";
        lines.RemoveRange(Line + 1, lastLine - Line);
        return true;
    }

    private static IPythonSyntax? First(List<List<PythonToken>> logical, Func<List<PythonToken>, IPythonSyntax?> find)
    {
        foreach (var tokens in logical)
        {
            if (find(tokens) is { } piece) return piece;
        }

        return null;
    }
}
