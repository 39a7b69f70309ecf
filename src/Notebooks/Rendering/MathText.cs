using System.Globalization;
using System.Text;

namespace Holdfast.Notebooks.Rendering;

/// <summary>A formula.</summary>
/// <param name="Source">As it stands in the text, delimiters included.</param>
/// <param name="Tex">Without delimiters; an environment keeps its own.</param>
/// <param name="IsDisplay">Whether it has lines of its own.</param>
internal sealed record Formula(string Source, string Tex, bool IsDisplay)
{
    public string Html => $"<code class=\"math{(IsDisplay ? " display" : "")}\">{Rendering.Html.Text(Tex)}</code>";
}

/// <summary>
/// Takes formulas out of Markdown before it is read, and puts them back afterwards, as JupyterLab does (rendermime, latex.ts): <c>$…$</c>, <c>$$…$$</c>, <c>\\(…\\)</c>,
/// <c>\\[…\\]</c> and <c>\begin{x}…\end{x}</c>, none in code, none over an empty line, with their braces in balance.
/// </summary>
internal static class MathText
{
    // Of the private use area; between them stands the number of a formula.
    private const char Begin = '\uE000', End = '\uE001';

    public static (string Text, IReadOnlyList<Formula> Formulas) Take(string markdown)
    {
        if (markdown.AsSpan().IndexOfAny('$', '\\') < 0) return (markdown, []);
        var formulas = new List<Formula>();
        // For a delimiter that was looked for in vain, up to where there is none: it is not looked for again.
        var nowhere = new Dictionary<string, int>();
        var text = new StringBuilder(markdown.Length);
        for (var at = 0; at < markdown.Length;)
        {
            var length = CodeSpans.LengthAt(markdown, at);
            if (length == 0 && Delimiters(markdown.AsSpan(at)) is { } delimiters && EndOf(markdown, at + delimiters.Begin.Length, delimiters.End, nowhere) is > 0 and var end)
            {
                text.Append(Begin).Append(formulas.Count).Append(End);
                formulas.Add(Of(markdown[at..end], delimiters));
                at = end;
                continue;
            }

            // An escaped character begins nothing.
            if (length == 0) length = markdown[at] == '\\' && at + 1 < markdown.Length && markdown[at + 1] is '$' or '\\' or '`' ? 2 : 1;
            text.Append(markdown, at, length);
            at += length;
        }

        return (text.ToString(), formulas);
    }

    /// <summary>Puts formulas into HTML: as elements where text is, as they were written into attributes.</summary>
    public static string Put(string html, IReadOnlyList<Formula> formulas) => Put(html, formulas, formula => formula.Html);

    /// <summary>Puts formulas into plain text.</summary>
    public static string PutPlain(string text, IReadOnlyList<Formula> formulas) => Put(text, formulas, formula => formula.Tex);

    private static string Put(string html, IReadOnlyList<Formula> formulas, Func<Formula, string> element)
    {
        if (formulas.Count == 0) return html;
        var result = new StringBuilder(html.Length);
        var isInTag = false;
        for (var at = 0; at < html.Length; at++)
        {
            if (html[at] is '<' or '>') isInTag = html[at] == '<';
            var end = html[at] == Begin ? html.IndexOf(End, at) : -1;
            if (end > 0 && int.TryParse(html.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < formulas.Count)
            {
                if (isInTag) result.AppendText(formulas[number].Source);
                else result.Append(element(formulas[number]));
                at = end;
            }
            else
            {
                result.Append(html[at]);
            }
        }

        return result.ToString();
    }

    /// <summary>What opens a formula here, and what closes it.</summary>
    private static (string Begin, string End)? Delimiters(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("$$")) return ("$$", "$$");
        if (text.StartsWith("$")) return ("$", "$");
        if (text.StartsWith(@"\\(")) return (@"\\(", @"\\)");
        if (text.StartsWith(@"\\[")) return (@"\\[", @"\\]");
        if (!text.StartsWith(@"\begin{") || text.IndexOf('}') is not (> 7 and < 30 and var close)) return null;
        var name = text[7..close];
        foreach (var c in name.TrimEnd('*'))
        {
            if (!char.IsAsciiLetter(c)) return null;
        }

        return (text[..(close + 1)].ToString(), $@"\end{{{name}}}");
    }

    /// <summary>The place behind the formula's end; -1 when it has none.</summary>
    private static int EndOf(string text, int at, string end, Dictionary<string, int> nowhere)
    {
        if (nowhere.TryGetValue(end, out var none) && at < none) return -1;
        var braces = 0;
        var last = -1;
        while (at < text.Length && !IsEmptyLineBehind(text, at))
        {
            if (text.AsSpan(at).StartsWith(end) && (end != "$" || !text.AsSpan(at).StartsWith("$$")))
            {
                at += end.Length;
                if (braces == 0) return at;
                last = at;
            }
            else if (text[at] == '\\' && at + 1 < text.Length)
            {
                at += text[at + 1] is '{' or '}' or '$' || (text[at + 1] == '\\' && !text.AsSpan(at).StartsWith(end)) ? 2 : 1;
            }
            else
            {
                if (text[at] == '{') braces++;
                else if (text[at] == '}' && braces > 0) braces--;
                at++;
            }
        }

        if (last < 0) nowhere[end] = at;
        return last;
    }

    private static bool IsEmptyLineBehind(string text, int at) =>
        text[at] == '\n' && text.AsSpan(at + 1).IndexOf('\n') is >= 0 and var line && text.AsSpan(at + 1, line).IsWhiteSpace();

    private static Formula Of(string source, (string Begin, string End) delimiters)
    {
        if (delimiters.Begin[0] == '\\' && delimiters.Begin[1] == 'b') return new Formula(source, source, true);
        return new Formula(source, source[delimiters.Begin.Length..^delimiters.End.Length], delimiters.Begin is "$$" or @"\\[");
    }
}
