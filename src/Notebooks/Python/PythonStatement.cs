namespace Holdfast.Notebooks.Python;

/// <summary>A statement that stands at the left edge of a source, as much of it as its first logical line says: of a def its head, not its body.</summary>
/// <param name="Tokens">Without line ends, comments and indents; never empty.</param>
/// <param name="Decorators">The decorators before a def or class, each without its @.</param>
/// <param name="Comment">The comment behind it on its last line, with its #; null when there is none.</param>
internal sealed record PythonStatement(IReadOnlyList<PythonToken> Tokens, IReadOnlyList<IReadOnlyList<PythonToken>> Decorators, string? Comment)
{
    private readonly List<string> _members = [];

    /// <summary>The name that a def or class defines; null for another statement.</summary>
    public string? Defines => NameOf(Tokens);

    /// <summary>The defs and classes right in a class; empty for another statement.</summary>
    public IReadOnlyList<string> Members => _members;

    /// <summary>The parts of an assignment; null for another statement.</summary>
    public PythonAssignment? Assignment => HasBody(Tokens[0]) ? null : PythonAssignment.Of(Tokens);

    /// <summary>The statements of a source, in order.</summary>
    public static List<PythonStatement> TopLevel(IReadOnlyList<string> lines)
    {
        var statements = new List<PythonStatement>();
        var decorators = new List<IReadOnlyList<PythonToken>>();
        var depth = 0;
        foreach (var line in PythonTokenizer.LogicalLines(lines))
        {
            foreach (var token in line) depth += token.Kind == TokenKind.Indent ? 1 : token.Kind == TokenKind.Dedent ? -1 : 0;
            var tokens = line.Where(token => token.Kind is TokenKind.Name or TokenKind.Number or TokenKind.String or TokenKind.Operator || (token.Kind == TokenKind.Error && !PythonText.IsSpace(token.Text))).ToList();
            if (depth == 1 && statements is [.., var outer] && outer.Tokens[0].IsName("class") && tokens.Count > 0 && NameOf(tokens) is { } member) outer._members.Add(member);
            if (depth > 0 || tokens.Count == 0) continue;
            if (tokens[0].Is("@"))
            {
                decorators.Add(tokens[1..]);
                continue;
            }

            var comment = line.LastOrDefault(token => token.Kind == TokenKind.Comment && token.Line == tokens[^1].EndLine);
            // What follows the colon of a def or an if on its line is its body.
            foreach (var one in HasBody(tokens[0]) ? [tokens] : Split(tokens)) statements.Add(new PythonStatement(one, decorators, comment.Text));
            decorators = [];
        }

        return statements;
    }

    /// <summary>Tokens between the separators that stand outside brackets; empty parts are left out.</summary>
    public static List<List<PythonToken>> Split(IEnumerable<PythonToken> tokens, string separator = ";")
    {
        var parts = new List<List<PythonToken>> { new() };
        var depth = 0;
        foreach (var token in tokens)
        {
            if (depth == 0 && token.Is(separator))
            {
                parts.Add([]);
                continue;
            }

            if (token.Text is "(" or "[" or "{") depth++;
            else if (token.Text is ")" or "]" or "}") depth--;
            parts[^1].Add(token);
        }

        parts.RemoveAll(part => part.Count == 0);
        return parts;
    }

    private static string? NameOf(IReadOnlyList<PythonToken> tokens)
    {
        var at = tokens[0].IsName("async") ? 1 : 0;
        return tokens.Count > at + 1 && (tokens[at].IsName("def") || tokens[at].IsName("class")) && tokens[at + 1].Kind == TokenKind.Name ? tokens[at + 1].Text : null;
    }

    private static bool HasBody(PythonToken first) => first.Kind == TokenKind.Name
        && first.Text is "def" or "class" or "async" or "if" or "elif" or "else" or "for" or "while" or "try" or "except" or "finally" or "with";
}
