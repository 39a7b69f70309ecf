namespace Holdfast.Notebooks.Python;

/// <summary>
/// The tokens of Python source as the tokenize module of Python 3.11 gives them, from which IPython 8 works. Source that is not Python has tokens too,
/// up to the place where tokenize would fail: a string or bracket that is never closed, a dedent to no level.
/// </summary>
/// <param name="lines">The lines with their ends, as <see cref="PythonText.Lines"/> gives them.</param>
internal sealed class PythonTokenizer(IReadOnlyList<string> lines)
{
    private readonly List<PythonToken> _tokens = [];
    private readonly List<int> _indents = [0];
    private int _line;
    private int _depth;
    private bool _continued;
    private OpenString? _open;

    // A string in single quotes goes on only behind a backslash. As in tokenize this stays on when such a string is broken off, for the next one in three quotes too.
    private bool _needsBackslash;

    /// <summary>A string that goes on in the next line.</summary>
    private sealed record OpenString(int Line, int Column, string Quotes);

    /// <summary>All tokens of a source.</summary>
    public static List<PythonToken> Tokens(IReadOnlyList<string> lines) => new PythonTokenizer(lines).Run();

    /// <summary>
    /// The tokens of each logical line, its end included. A blank line and a comment are lines of their own; line breaks inside brackets end none.
    /// </summary>
    public static List<List<PythonToken>> LogicalLines(IReadOnlyList<string> lines)
    {
        var logical = new List<List<PythonToken>> { new() };
        var depth = 0;
        foreach (var token in Tokens(lines))
        {
            logical[^1].Add(token);
            if (token.Kind == TokenKind.NewLine || (token.Kind == TokenKind.LineBreak && depth == 0)) logical.Add([]);
            else if (token.Text is "(" or "[" or "{") depth++;
            else if (token.Text is ")" or "]" or "}" && depth > 0) depth--;
        }

        if (logical[^1].Count == 0) logical.RemoveAt(logical.Count - 1);
        return logical;
    }

    private List<PythonToken> Run()
    {
        var whole = true;
        while (whole && _line < lines.Count)
        {
            var line = lines[_line];
            var at = 0;
            if (_open is not null)
            {
                at = GoOnWithString(line);
                if (at < 0)
                {
                    _line++;
                    continue;
                }
            }
            else if (_depth == 0 && !_continued)
            {
                at = BeginStatement(line, out whole, out var isBlank);
                // A line of nothing but blanks, with no end, ends it all: the last line, or one cut off by a form feed.
                if (isBlank) return End(_line);
                if (at < 0)
                {
                    _line++;
                    continue;
                }
            }

            _continued = false;
            if (whole) RestOfLine(line, at);
            _line++;
        }

        return whole && _open is null && _depth == 0 && !_continued ? End(_line) : _tokens;
    }

    private List<PythonToken> End(int line)
    {
        if (line > 0 && lines[line - 1] is { Length: > 0 } last && last[^1] is not ('\r' or '\n') && !PythonText.TrimStart(last).StartsWith("#"))
            Add(TokenKind.NewLine, "", line - 1, last.Length, last.Length + 1);
        for (var level = 1; level < _indents.Count; level++) Add(TokenKind.Dedent, "", line, 0, 0);
        Add(TokenKind.End, "", line, 0, 0);
        return _tokens;
    }

    /// <summary>Where the line goes on behind the string's end; -1 when the line is all string, or the string is broken off by it.</summary>
    private int GoOnWithString(string line)
    {
        var end = TokenScanner.ClosingEnd(line, 0, _open!.Quotes);
        if (end < 0 && (!_needsBackslash || line.EndsWith("\\\n", StringComparison.Ordinal) || line.EndsWith("\\\r\n", StringComparison.Ordinal))) return -1;
        var text = string.Concat(lines.Skip(_open.Line).Take(_line - _open.Line)) + (end < 0 ? line : line[..end]);
        _tokens.Add(new PythonToken(end < 0 ? TokenKind.Error : TokenKind.String, text[_open.Column..], _open.Line, _open.Column, _line, end < 0 ? line.Length : end));
        _open = null;
        if (end >= 0) _needsBackslash = false;
        return end;
    }

    /// <summary>Where the line's first token stands; -1 for a comment or an empty line. Not whole when it dedents to no level.</summary>
    private int BeginStatement(string line, out bool whole, out bool isBlank)
    {
        whole = true;
        var at = 0;
        var column = 0;
        for (; at < line.Length && line[at] is ' ' or '\t' or '\f'; at++) column = line[at] == ' ' ? column + 1 : line[at] == '\t' ? (column / 8 + 1) * 8 : 0;
        isBlank = at == line.Length;
        if (isBlank) return -1;
        if (line[at] is '#' or '\r' or '\n')
        {
            if (line[at] == '#')
            {
                var end = line.AsSpan().TrimEnd("\r\n").Length;
                Add(TokenKind.Comment, line[at..end], _line, at, end);
                at = end;
            }

            Add(TokenKind.LineBreak, line[at..], _line, at, line.Length);
            return -1;
        }

        if (column > _indents[^1])
        {
            _indents.Add(column);
            Add(TokenKind.Indent, line[..at], _line, 0, at);
        }

        while (column < _indents[^1])
        {
            whole = _indents.Contains(column);
            if (!whole) break;
            _indents.RemoveAt(_indents.Count - 1);
            Add(TokenKind.Dedent, "", _line, at, at);
        }

        return at;
    }

    private void RestOfLine(string line, int at)
    {
        while (at < line.Length)
        {
            var found = TokenScanner.Next(line, at, out var start, out var end);
            switch (found)
            {
                case TokenScanner.Found.Nothing:
                    end = at + 1;
                    Add(TokenKind.Error, line[at..end], _line, at, end);
                    break;
                case TokenScanner.Found.EndOfLine:
                    break;
                case TokenScanner.Found.Continuation:
                    _continued = true;
                    break;
                case TokenScanner.Found.TripleQuote when TokenScanner.ClosingEnd(line, end, line.AsSpan(end - 3, 3)) is > 0 and var closing:
                    end = closing;
                    Add(TokenKind.String, line[start..end], _line, start, end);
                    break;
                case TokenScanner.Found.TripleQuote:
                    _open = new OpenString(_line, start, line[(end - 3)..end]);
                    return;
                case TokenScanner.Found.OpenString:
                    _open = new OpenString(_line, start, line.Substring(start + TokenScanner.PrefixLength(line, start), 1));
                    _needsBackslash = true;
                    return;
                default:
                    AddPlain(found, line[start..end], start, end);
                    break;
            }

            at = end;
        }
    }

    private void AddPlain(TokenScanner.Found found, string text, int start, int end)
    {
        if (found == TokenScanner.Found.Operator && text is "(" or "[" or "{") _depth++;
        else if (found == TokenScanner.Found.Operator && text is ")" or "]" or "}") _depth--;
        Add(found switch
        {
            TokenScanner.Found.LineEnd => _depth > 0 ? TokenKind.LineBreak : TokenKind.NewLine,
            TokenScanner.Found.Comment => TokenKind.Comment,
            TokenScanner.Found.Number => TokenKind.Number,
            TokenScanner.Found.Name => TokenKind.Name,
            TokenScanner.Found.String => TokenKind.String,
            _ => TokenKind.Operator,
        }, text, _line, start, end);
    }

    private void Add(TokenKind kind, string text, int line, int column, int endColumn) => _tokens.Add(new PythonToken(kind, text, line, column, line, endColumn));
}
