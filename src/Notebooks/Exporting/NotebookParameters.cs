using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Exporting;

/// <summary>One thing that the caller of a notebook can set.</summary>
/// <param name="Name">The name that the notebook assigns.</param>
/// <param name="Type">Its annotation, the type in a comment <c># type: T</c>, or what a literal is: int, float, str, bool, list, tuple, dict, set, None. Null when that says nothing.</param>
/// <param name="Default">The value in the notebook, as it is written there.</param>
/// <param name="Help">The comment behind the assignment; empty when there is none.</param>
public sealed record NotebookParameter(string Name, string? Type, string Default, string Help);

/// <summary>The parameters of a notebook in Python: what the first cell tagged <c>parameters</c> assigns, as papermill has it.</summary>
public static class NotebookParameters
{
    /// <summary>The number of the cell of parameters; -1 when there is none.</summary>
    public static int Cell(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        for (var cell = 0; cell < notebook.Cells.Count; cell++)
        {
            if (notebook.Cells[cell].Type == "code" && notebook.Cells[cell].Tags.Contains("parameters")) return cell;
        }

        return -1;
    }

    /// <summary>The parameters in the order of their first assignments; of several assignments the last one counts. Empty without a cell of parameters.</summary>
    public static IReadOnlyList<NotebookParameter> Of(NotebookDocument notebook)
    {
        var cell = Cell(notebook);
        return cell < 0 ? [] : Of(IPythonCell.ToPython(notebook.Cells[cell].Source));
    }

    internal static IReadOnlyList<NotebookParameter> Of(string python)
    {
        var lines = PythonText.Lines(python);
        var parameters = new List<NotebookParameter>();
        foreach (var statement in PythonStatement.TopLevel(lines))
        {
            if (statement.Assignment is not { IsAugmented: false, Value.Count: > 0 } assignment) continue;
            var (type, help) = Comment(statement.Comment);
            type = assignment.Annotation.Count > 0 ? Text(lines, assignment.Annotation).Trim('"', '\'') : type ?? LiteralType(assignment.Value);
            foreach (var name in assignment.Targets.Where(target => target is [{ Kind: TokenKind.Name }]).Select(target => target[0].Text))
            {
                var parameter = new NotebookParameter(name, type, Text(lines, assignment.Value), help);
                if (parameters.FindIndex(earlier => earlier.Name == name) is >= 0 and var again) parameters[again] = parameter;
                else parameters.Add(parameter);
            }
        }

        return parameters;
    }

    private static (string? Type, string Help) Comment(string? comment)
    {
        var help = (comment ?? "").TrimStart('#').Trim();
        if (!help.StartsWith("type:", StringComparison.Ordinal)) return (null, help);
        var (type, rest) = PythonText.Partition(help[5..].TrimStart());
        return (type.Length > 0 ? type : null, rest.TrimStart(' ', '#'));
    }

    private static string? LiteralType(List<PythonToken> value)
    {
        var unsigned = value[0].Is("-") || value[0].Is("+") ? value[1..] : value;
        return unsigned switch
        {
            [{ Kind: TokenKind.Number, Text: var number }] => NumberType(number),
            _ when value.TrueForAll(token => token.Kind == TokenKind.String) => value[0].Text.AsSpan(0, value[0].Text.AsSpan().IndexOfAny('\'', '"')).ContainsAny('b', 'B') ? "bytes" : "str",
            [{ Kind: TokenKind.Name, Text: "True" or "False" }] => "bool",
            [{ Kind: TokenKind.Name, Text: "None" }] => "None",
            [{ Text: "[" }, .. var items, { Text: "]" }] when IsOne(items) => "list",
            [{ Text: "(" }, .. var items, { Text: ")" }] when IsOne(items) && (items.Count == 0 || items.Exists(token => token.Is(","))) => "tuple",
            [{ Text: "{" }, .. var items, { Text: "}" }] when IsOne(items) => items.Count == 0 || items.Exists(token => token.Is(":")) ? "dict" : "set",
            _ => null,
        };
    }

    private static string? NumberType(string number)
    {
        if (number[^1] is 'j' or 'J') return null;
        var isHex = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return !isHex && number.AsSpan().ContainsAny('.', 'e', 'E') ? "float" : "int";
    }

    /// <summary>Whether the brackets around these tokens belong together.</summary>
    private static bool IsOne(List<PythonToken> inside)
    {
        var depth = 0;
        foreach (var token in inside)
        {
            if (token.Text is "(" or "[" or "{") depth++;
            else if (token.Text is ")" or "]" or "}" && --depth < 0) return false;
        }

        return true;
    }

    private static string Text(List<string> lines, List<PythonToken> tokens)
    {
        var (first, last) = (tokens[0], tokens[^1]);
        if (first.Line == last.EndLine) return lines[first.Line][first.Column..last.EndColumn];
        return lines[first.Line][first.Column..] + string.Concat(lines[(first.Line + 1)..last.EndLine]) + lines[last.EndLine][..last.EndColumn];
    }
}
