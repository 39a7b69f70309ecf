namespace Holdfast.Notebooks.Python;

/// <summary>The kinds of tokens of Python's tokenize module.</summary>
internal enum TokenKind
{
    /// <summary>The end of a logical line.</summary>
    NewLine,

    /// <summary>A line end that ends no statement: of a blank line, of a comment, inside brackets.</summary>
    LineBreak,
    Indent,
    Dedent,
    Name,
    Number,
    String,
    Operator,
    Comment,

    /// <summary>A character that begins no token of Python, as <c>!</c>, <c>?</c> and <c>$</c>, and also a blank before one.</summary>
    Error,
    End,
}

/// <summary>One token and where it stands. Lines and columns count from 0; columns are chars.</summary>
internal readonly record struct PythonToken(TokenKind Kind, string Text, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>Whether it is this operator, or this character that Python does not know.</summary>
    public bool Is(string text) => Kind is TokenKind.Operator or TokenKind.Error && Text == text;

    /// <summary>Whether it is this name or keyword.</summary>
    public bool IsName(string text) => Kind == TokenKind.Name && Text == text;
}
