using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Exporting;

/// <summary>What nbdev reads from the code of cells: their public names, imports, symbols.</summary>
internal static class ModuleNames
{
    /// <summary>The names for <c>__all__</c>: what is assigned, then defs and classes, without <c>_names</c> and patches; last what <c>_all_</c> lists.</summary>
    public static List<string> Public(IEnumerable<string> sources)
    {
        var statements = sources.SelectMany(Statements).ToList();
        var assignments = statements.Select(statement => statement.Assignment).OfType<PythonAssignment>().ToList();
        var defined = statements.Where(statement => !statement.Decorators.Any(IsPatch)).Select(statement => statement.Defines).OfType<string>();
        return
        [
            .. assignments.SelectMany(assignment => assignment.Names).Concat(defined).Where(name => name[0] != '_')
                .Concat(assignments.Where(assignment => assignment.Targets[0] is [{ Text: "_all_" }]).SelectMany(Listed)).Distinct(),
        ];
    }

    /// <summary>Whether a cell imports from __future__, which must stand before everything else.</summary>
    public static bool ImportsFuture(string source) => Statements(source).Any(statement => Imported(statement) == "__future__");

    /// <summary>The cell with its imports from modules of its own package made relative.</summary>
    /// <param name="source">The cell.</param>
    /// <param name="package">The package of the module it goes to, from the library's name on, parts between slashes.</param>
    public static string WithRelativeImports(string source, string package)
    {
        var lines = PythonText.Lines(source);
        foreach (var statement in Statements(source).Where(statement => Imported(statement) is { Length: > 0 } name && name[0] != '.').Reverse())
        {
            var (name, end) = (Imported(statement)!, statement.Tokens.TakeWhile(token => !token.IsName("import")).Last());
            var first = statement.Tokens[1];
            if (first.Line != end.Line) continue;
            lines[first.Line] = lines[first.Line][..first.Column] + Relative(name, package) + lines[first.Line][end.EndColumn..];
        }

        return string.Concat(lines);
    }

    /// <summary>
    /// The symbols of a cell as nbdev's index names them: defs and classes, what stands in classes as Class.name, and patches as Class.name.
    /// </summary>
    public static IEnumerable<string> Symbols(string source)
    {
        foreach (var statement in Statements(source))
        {
            if (statement.Defines is not { } name) continue;
            if (statement.Decorators.FirstOrDefault(IsPatch) is { } patch && !statement.Tokens[0].IsName("class"))
            {
                foreach (var patched in Patched(statement, patch)) yield return $"{patched}.{name}";
                continue;
            }

            yield return name;
            foreach (var member in statement.Members) yield return $"{name}.{member}";
        }
    }

    private static List<PythonStatement> Statements(string source)
    {
        var lines = PythonText.Lines(source.EndsWith('\n') ? source : source + "\n");
        // nbdev passes over what does not parse as Python: magics and shell commands.
        return IPythonCell.ToPython(source) == string.Concat(lines.SkipWhile(line => PythonText.IsSpace(line))) ? PythonStatement.TopLevel(lines) : [];
    }

    private static bool IsPatch(IReadOnlyList<PythonToken> decorator) =>
        decorator is [{ Kind: TokenKind.Name }] or [{ Kind: TokenKind.Name }, { Text: "(" }, ..] && decorator[0].Text.StartsWith("patch", StringComparison.Ordinal);

    /// <summary>The items of a list of names and strings.</summary>
    private static IEnumerable<string> Listed(PythonAssignment assignment) => assignment.Value
        .Where(token => token.Kind is TokenKind.String or TokenKind.Name)
        .Select(token => token.Kind == TokenKind.Name ? token.Text : token.Text.Trim('\'', '"'));

    /// <summary>The module of <c>from module import</c>; null for another statement.</summary>
    private static string? Imported(PythonStatement statement) => statement.Tokens[0].IsName("from") && statement.Tokens.Any(token => token.IsName("import"))
        ? string.Concat(statement.Tokens.Skip(1).TakeWhile(token => !token.IsName("import")).Select(token => token.Text)) : null;

    private static string Relative(string module, string package)
    {
        var (names, parts) = (module.Split('.'), package.Split('/'));
        var common = 0;
        while (common < names.Length && common < parts.Length && names[common] == parts[common]) common++;
        return common == 0 ? module : new string('.', parts.Length - common + 1) + string.Join('.', names[common..]);
    }

    /// <summary>The classes that a patch goes to: the type of its first parameter, or what patch_to names.</summary>
    private static IEnumerable<string> Patched(PythonStatement statement, IReadOnlyList<PythonToken> patch)
    {
        var tokens = patch[0].Text == "patch_to" ? [.. patch.Skip(2).TakeWhile(token => token.Text is not ("," or ")"))]
            : statement.Tokens.SkipWhile(token => token.Text != "(").SkipWhile(token => token.Text != ":").Skip(1).TakeWhile(token => token.Text is not ("," or ")" or "=")).ToList();
        return PythonStatement.Split(tokens, "|").Select(type => string.Concat(type.Select(token => token.Text)));
    }
}
