using System.Collections.Frozen;
using System.Text;
using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Rendering;

/// <summary>Python as IPython reads it, in the classes of <c>notebook.css</c>. Source that is no Python stays whole; from the place on where its tokens end it is plain.</summary>
internal static class PythonHtml
{
    // A cell that is all magics is a shell script; further lines are plain, not wrong.
    private const int MostMagics = 60;

    private static readonly FrozenSet<string> Keywords = Words("and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield");
    private static readonly FrozenSet<string> Constants = Words("None True False NotImplemented Ellipsis");
    private static readonly FrozenSet<string> Builtins = Words("""
        abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr
        globals hasattr hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed round
        set setattr slice sorted staticmethod str sum super tuple type vars zip __import__ Exception BaseException ValueError TypeError KeyError IndexError AttributeError RuntimeError
        StopIteration OSError ImportError NameError NotImplementedError ZeroDivisionError AssertionError FileNotFoundError KeyboardInterrupt
        """);

    // Magics of a whole cell whose body is Python all the same.
    private static readonly FrozenSet<string> PythonMagics = Words("time timeit capture prun memit mprun lprun python python3 pypy cython px");

    public static void Append(StringBuilder html, string source)
    {
        if (source.StartsWith("%%", StringComparison.Ordinal))
        {
            var end = source.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var line ? line : source.Length;
            Span(html, "meta", source.AsSpan(0, end));
            if (PythonMagics.Contains(PythonText.Words(source.AsSpan(2, end - 2)).FirstOrDefault() ?? "")) Python(html, source[end..]);
            else html.AppendText(source.AsSpan(end));
            return;
        }

        Python(html, source);
    }

    private static void Python(StringBuilder html, string source)
    {
        var lines = PythonText.Lines(source);
        var masked = Masked(lines, out var magics);
        var (line, column) = (0, 0);
        var before = default(PythonToken);
        foreach (var token in PythonTokenizer.Tokens(masked))
        {
            if (token.Text.Length == 0 || token.Line < line || (token.Line == line && token.Column < column) || token.Line >= lines.Count) continue;
            Plain(html, lines, ref line, ref column, token.Line, token.Column);
            var text = Between(lines, token.Line, token.Column, token.EndLine, token.EndColumn);
            if (magics.Contains(token.Line) && token.Kind == TokenKind.Comment) Span(html, "meta", text);
            else Span(html, ClassOf(token, before), text);
            (line, column) = (token.EndLine, token.EndColumn);
            if (token.Kind is not (TokenKind.Comment or TokenKind.LineBreak)) before = token;
        }

        Plain(html, lines, ref line, ref column, lines.Count, 0);
    }

    /// <summary>The lines with a comment in the place of each magic, shell command and question, as long as it was: what stands behind them has tokens then.</summary>
    private static List<string> Masked(List<string> lines, out HashSet<int> magics)
    {
        var masked = new List<string>(lines);
        magics = [];
        while (magics.Count < MostMagics)
        {
            IPythonSyntax? found = null;
            foreach (var logical in PythonTokenizer.LogicalLines(masked))
            {
                found = EscapedLine.Find(logical) ?? HelpQuestion.Find(logical);
                if (found is not null) break;
            }

            if (found is null || found.Line >= masked.Count || !magics.Add(found.Line)) break;
            var text = masked[found.Line];
            var end = text.AsSpan().TrimEnd("\r\n").Length;
            masked[found.Line] = string.Concat(text.AsSpan(0, found.Column), new string('#', Math.Max(0, end - found.Column)), text.AsSpan(end));
        }

        return masked;
    }

    private static string? ClassOf(PythonToken token, PythonToken before) => token.Kind switch
    {
        TokenKind.Comment => "comment",
        TokenKind.String => "string",
        TokenKind.Number => "number",
        TokenKind.Operator when token.Text == "@" && before.Kind is TokenKind.NewLine or TokenKind.Indent or TokenKind.Dedent or default(TokenKind) => "meta",
        TokenKind.Operator when token.Text is "(" or ")" or "[" or "]" or "{" or "}" or "," or ":" or ";" or "." => null,
        TokenKind.Operator => "operator",
        TokenKind.Name when before.Is(".") => "property",
        TokenKind.Name when before.IsName("def") || before.IsName("class") => "def",
        TokenKind.Name when Keywords.Contains(token.Text) => "keyword",
        TokenKind.Name when Constants.Contains(token.Text) => "atom",
        TokenKind.Name when Builtins.Contains(token.Text) => "builtin",
        _ => null,
    };

    private static void Span(StringBuilder html, string? name, ReadOnlySpan<char> text)
    {
        if (name is null)
        {
            html.AppendText(text);
            return;
        }

        html.Append("<span class=\"cm-").Append(name).Append("\">").AppendText(text).Append("</span>");
    }

    private static void Plain(StringBuilder html, List<string> lines, ref int line, ref int column, int toLine, int toColumn)
    {
        html.AppendText(Between(lines, line, column, toLine, toColumn));
        (line, column) = (toLine, toColumn);
    }

    private static string Between(List<string> lines, int line, int column, int endLine, int endColumn)
    {
        if (line >= lines.Count) return "";
        if (line == endLine) return lines[line][Math.Min(column, lines[line].Length)..Math.Min(endColumn, lines[line].Length)];
        var text = new StringBuilder().Append(lines[line].AsSpan(Math.Min(column, lines[line].Length)));
        for (var between = line + 1; between < endLine && between < lines.Count; between++) text.Append(lines[between]);
        if (endLine < lines.Count) text.Append(lines[endLine].AsSpan(0, Math.Min(endColumn, lines[endLine].Length)));
        return text.ToString();
    }

    private static FrozenSet<string> Words(string words) => words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
