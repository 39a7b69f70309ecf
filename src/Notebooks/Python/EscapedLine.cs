namespace Holdfast.Notebooks.Python;

/// <summary>A statement that begins with one of IPython's escapes: <c>%magic</c>, <c>!command</c>, <c>!!command</c>, <c>?name</c>, <c>,f a b</c>, <c>;f a b</c>, <c>/f a b</c>.</summary>
internal sealed record EscapedLine(int Line, int Column) : IPythonSyntax(Line, Column)
{
    public static IPythonSyntax? Find(List<PythonToken> tokens)
    {
        var begin = Begin(tokens);
        if (begin == tokens.Count || tokens[begin].Text is not ("!" or "?" or "%" or "," or ";" or "/")) return null;
        return new EscapedLine(tokens[begin].Line, tokens[begin].Column);
    }

    /// <summary>The call of a magic: <c>name arguments</c> without its percent sign.</summary>
    public static string Magic(string content)
    {
        var (name, arguments) = PythonText.Partition(content);
        return $"get_ipython().run_line_magic({PythonText.Quote(name)}, {PythonText.Quote(arguments)})";
    }

    public override bool Replace(List<string> lines)
    {
        var (text, last) = Continued(lines);
        return Put(lines, Call(text), last);
    }

    private static string Call(string text)
    {
        if (text.StartsWith("!!", StringComparison.Ordinal)) return $"get_ipython().getoutput({PythonText.Quote(text[2..])})";
        if (text.StartsWith("??", StringComparison.Ordinal)) return Question(text[2..], "??");
        var content = text[1..];
        return text[0] switch
        {
            '!' => $"get_ipython().system({PythonText.Quote(content)})",
            '?' => Question(content, "?"),
            '%' => Magic(content),
            ',' => QuoteEach(content),
            ';' => QuoteAll(content),
            _ => CallWith(content),
        };
    }

    private static string Question(string content, string marks) => content.Length == 0 ? "get_ipython().show_usage()" : HelpQuestion.Call(content, marks);

    private static string QuoteEach(string content)
    {
        var (name, arguments) = PythonText.Partition(content);
        return $"{name}(\"{string.Join("\", \"", PythonText.Words(arguments))}\")";
    }

    private static string QuoteAll(string content)
    {
        var (name, arguments) = PythonText.Partition(content);
        return $"{name}(\"{arguments}\")";
    }

    private static string CallWith(string content)
    {
        var (name, arguments) = PythonText.Partition(content);
        return $"{name}({string.Join(", ", PythonText.Words(arguments))})";
    }
}
