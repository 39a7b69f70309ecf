namespace Holdfast.Notebooks.Python;

/// <summary><c>a = %magic arguments</c></summary>
internal sealed record MagicAssignment(int Line, int Column) : IPythonSyntax(Line, Column)
{
    public static IPythonSyntax? Find(List<PythonToken> tokens)
    {
        var assign = AssignmentOf(tokens);
        if (assign < 0 || assign + 2 >= tokens.Count || tokens[assign + 1].Text != "%" || tokens[assign + 2].Kind != TokenKind.Name) return null;
        return new MagicAssignment(tokens[assign + 1].Line, tokens[assign + 1].Column);
    }

    public override bool Replace(List<string> lines)
    {
        var (text, last) = Continued(lines);
        return Put(lines, EscapedLine.Magic(text[1..]), last);
    }
}

/// <summary><c>a = !command</c></summary>
internal sealed record SystemAssignment(int Line, int Column) : IPythonSyntax(Line, Column)
{
    public static IPythonSyntax? Find(List<PythonToken> tokens, List<string> lines)
    {
        var assign = AssignmentOf(tokens);
        if (assign < 0 || PythonText.TrimStart(lines[tokens[assign].Line]).StartsWith("=")) return null;
        foreach (var token in tokens.Skip(assign + 1).TakeWhile(token => token.Kind == TokenKind.Error))
        {
            if (token.Text == "!") return new SystemAssignment(token.Line, token.Column);
            if (!PythonText.IsSpace(token.Text)) break;
        }

        return null;
    }

    public override bool Replace(List<string> lines)
    {
        var (text, last) = Continued(lines);
        return Put(lines, $"get_ipython().getoutput({PythonText.Quote(text[1..])})", last);
    }
}
