using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Exporting;

/// <summary>
/// The lines <c>#| name arguments</c> at the top of a cell, as nbdev 3 reads them. Blank lines and cell magics may stand between them.
/// </summary>
/// <param name="Named">For each name its arguments. A colon behind the name, as Quarto has it, does not matter.</param>
/// <param name="Source">The cell without them. Cell magics and Quarto's own <c>#| name: value</c> stay.</param>
internal sealed record CellDirectives(IReadOnlyDictionary<string, string[]> Named, string Source)
{
    public static CellDirectives Of(string source)
    {
        var lines = PythonText.Lines(source);
        var named = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var kept = new List<string>();
        var code = 0;
        for (; code < lines.Count; code++)
        {
            if (Directive(lines[code]) is { } directive)
            {
                var words = PythonText.Words(directive.Replace(":", ": ", StringComparison.Ordinal));
                if (words.Count > 0 && words[0].TrimEnd(':') is { Length: > 0 } name) named[name] = [.. words.Skip(1)];
                if (Quarto(lines[code], directive) is { } option) kept.Add(option);
            }
            else if (IsCellMagic(lines[code]))
            {
                kept.Add(lines[code]);
            }
            else if (!PythonText.IsSpace(lines[code]))
            {
                break;
            }
        }

        return new CellDirectives(named, named.Count == 0 ? source : string.Concat(kept.Concat(lines.Skip(code))));
    }

    /// <summary>What stands behind <c>#|</c>; null for another line.</summary>
    private static string? Directive(string line)
    {
        var text = PythonText.TrimStart(line);
        if (!text.StartsWith("#")) return null;
        text = PythonText.TrimStart(text[1..]);
        return text.StartsWith("|") ? text[1..].ToString() : null;
    }

    /// <summary>The line of an option of Quarto's, with one blank behind the colon; null for another directive.</summary>
    private static string? Quarto(string line, string directive)
    {
        var colon = directive.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || PythonText.Words(directive.AsSpan(0, colon)).Count != 1 || PythonText.IsSpace(directive.AsSpan(colon + 1))) return null;
        return $"{line[..^(directive.Length - colon - 1)]} {PythonText.TrimStart(directive.AsSpan(colon + 1))}";
    }

    private static bool IsCellMagic(string line)
    {
        var text = PythonText.TrimStart(line);
        return text.Length > 2 && text.StartsWith("%%") && PythonText.WordLength(text, 2) > 0;
    }
}
