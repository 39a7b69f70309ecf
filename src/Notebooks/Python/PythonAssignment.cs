namespace Holdfast.Notebooks.Python;

/// <summary>An assignment: <c>a = b = 1</c>, <c>a: int = 1</c>, <c>a += 1</c>.</summary>
/// <param name="Targets">What is assigned to, from left to right.</param>
/// <param name="Annotation">The tokens of the type; empty where there is none.</param>
/// <param name="Value">The tokens of the value; empty for a mere annotation.</param>
/// <param name="IsAugmented">Whether it changes what was there, as += does.</param>
internal sealed record PythonAssignment(IReadOnlyList<List<PythonToken>> Targets, List<PythonToken> Annotation, List<PythonToken> Value, bool IsAugmented)
{
    /// <summary>The names that are assigned, also those in a tuple or list on the left. Parts of objects and starred names are none.</summary>
    public IEnumerable<string> Names => Targets.SelectMany(target => PythonStatement.Split(Bare(target), ",")).Select(Bare).Where(name => name is [{ Kind: TokenKind.Name }]).Select(name => name[0].Text);

    /// <summary>The parts of a statement; null where it is none.</summary>
    public static PythonAssignment? Of(IReadOnlyList<PythonToken> tokens)
    {
        var (targets, annotation, part) = (new List<List<PythonToken>>(), new List<PythonToken>(), new List<PythonToken>());
        var (depth, annotated, isValue, augmented) = (0, false, false, false);
        foreach (var token in tokens)
        {
            // A lambda's defaults are no assignments, nor is anything behind it.
            if (depth == 0 && token.IsName("lambda")) isValue = true;
            if (depth == 0 && !isValue && (token.Is("=") || Augments(token)))
            {
                if (annotated) annotation = part;
                else targets.Add(part);
                augmented = !token.Is("=");
                isValue = annotated || augmented;
                part = [];
                continue;
            }

            if (depth == 0 && !isValue && token.Is(":") && targets.Count == 0)
            {
                targets.Add(part);
                annotated = true;
                part = [];
                continue;
            }

            if (token.Text is "(" or "[" or "{") depth++;
            else if (token.Text is ")" or "]" or "}") depth--;
            part.Add(token);
        }

        if (targets.Count == 0) return null;
        return annotated && annotation.Count == 0 ? new PythonAssignment(targets, part, [], false) : new PythonAssignment(targets, annotation, part, augmented);
    }

    private static bool Augments(PythonToken token) =>
        token.Kind == TokenKind.Operator && token.Text.Length > 1 && token.Text[^1] == '=' && token.Text is not ("==" or "!=" or "<=" or ">=" or ":=");

    /// <summary>Without the one pair of brackets around all of it.</summary>
    private static List<PythonToken> Bare(List<PythonToken> tokens)
    {
        if (tokens.Count < 2 || tokens[0].Text is not ("(" or "[")) return tokens;
        var depth = 0;
        for (var at = 0; at < tokens.Count; at++)
        {
            if (tokens[at].Text is "(" or "[" or "{") depth++;
            else if (tokens[at].Text is ")" or "]" or "}") depth--;
            if (depth == 0) return at == tokens.Count - 1 ? tokens[1..at] : tokens;
        }

        return tokens;
    }
}
