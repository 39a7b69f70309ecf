using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Cli.Hub;

/// <summary>The import lines of a Python script: what its environment has to have.</summary>
internal static partial class ScriptImports
{
    /// <summary>The statements that import something, of the script's first level and not of modules that lie beside it.</summary>
    /// <param name="text">The script.</param>
    /// <param name="folder">Where it lies.</param>
    public static string Of(string text, string folder)
    {
        var imports = new StringBuilder();
        string? quote = null;
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (quote is null && Import().Match(lines[at]) is { Success: true } match)
            {
                var statement = lines[at];
                while (at + 1 < lines.Length && (statement.EndsWith('\\') || (statement.Contains('(', StringComparison.Ordinal) && !statement.Contains(')', StringComparison.Ordinal)))) statement += $"\n{lines[++at]}";
                // What else stands on the line is not to be run.
                statement = statement.Replace("\\\n", " ", StringComparison.Ordinal).Split(';')[0];
                if (match.Groups["kind"].Value == "from")
                {
                    if (!IsBeside(folder, match.Groups["module"].Value)) imports.Append(statement).Append('\n');
                }
                else
                {
                    var modules = statement["import".Length..].Split('#')[0].Split(',').Select(module => module.Trim()).Where(module => !IsBeside(folder, module.Split(' ')[0])).ToList();
                    if (modules.Count > 0) imports.Append("import ").AppendJoin(", ", modules).Append('\n');
                }
                continue;
            }
            quote = Quote(lines[at], quote);
        }

        return imports.ToString();
    }

    /// <summary>Whether a module is the project's own: it is not part of the environment.</summary>
    private static bool IsBeside(string folder, string module) =>
        module.StartsWith('.') || (module.Split('.')[0] is var name && (File.Exists(Path.Combine(folder, $"{name}.py")) || Directory.Exists(Path.Combine(folder, name))));

    /// <summary>The quotes of the long string that goes on behind a line; null for none.</summary>
    private static string? Quote(string line, string? quote)
    {
        for (var at = 0; at < line.Length; at++)
        {
            if (quote is not null)
            {
                if (line.AsSpan(at).StartsWith(quote)) (quote, at) = (null, at + 2);
                continue;
            }
            if (line[at] == '#') return null;
            if (line[at] is not ('"' or '\'')) continue;
            var three = new string(line[at], 3);
            if (line.AsSpan(at).StartsWith(three)) (quote, at) = (three, at + 2);
            else
            {
                var end = line.IndexOf(line[at], at + 1);
                if (end < 0) return null;
                at = end;
            }
        }

        return quote;
    }

    [GeneratedRegex(@"^(?<kind>import|from)\s+(?<module>[\w.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Import();
}
