using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Cli.Notebooks;
using Holdfast.Hub.Jobs;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Python;

namespace Holdfast.Cli.Hub;

/// <summary>The import lines of a Python script: what its environment has to have.</summary>
internal static partial class ScriptImports
{
    /// <summary>The import statements of a script or notebook in Python, with their places; null with what is wrong.</summary>
    public static (IReadOnlyList<JobImport>? Imports, string? Problem) OfFile(string file)
    {
        var name = Path.GetFileName(file);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!file.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase))
            return NotebookFile.TryRead(file, out var bytes, out var unread) ? (OfScript(Encoding.UTF8.GetString(bytes), name, module => IsBeside(folder, module)), null) : (null, unread);
        if (!NotebookFile.TryParse(file, out var notebook, out var error)) return (null, error);
        return NotebookScript.Of(notebook).IsPython ? (OfNotebook(notebook, name, module => IsBeside(folder, module)), null) : (null, $"{file} is no notebook in Python. Name a command after --.");
    }

    /// <summary>Those of a script.</summary>
    /// <param name="text">The script.</param>
    /// <param name="name">What its places begin with.</param>
    /// <param name="isOwn">Whether a module is the project's own: it is not part of the environment.</param>
    public static IReadOnlyList<JobImport> OfScript(string text, string name, Func<string, bool> isOwn) => [.. Find(text, isOwn).Select(found => new JobImport(found.Statement, $"{name} line {found.Line}"))];

    /// <summary>Those of a notebook in Python.</summary>
    public static IReadOnlyList<JobImport> OfNotebook(NotebookDocument notebook, string name, Func<string, bool> isOwn)
    {
        var imports = new List<JobImport>();
        notebook = notebook.Upgrade();
        for (var cell = 0; cell < notebook.Cells.Count; cell++)
        {
            if (notebook.Cells[cell].Type != "code") continue;
            // Magics make lines of lines, but for shell commands that go over several: then the place is where the statement begins.
            var source = notebook.Cells[cell].Source.Split('\n');
            foreach (var (statement, line) in Find(IPythonCell.ToPython(notebook.Cells[cell].Source), isOwn))
            {
                var begin = statement.Split('\n')[0].Split(' ', 3) is [var kind, var module, ..] ? $"{kind} {module.TrimEnd(',')}" : statement;
                var at = Array.FindIndex(source, Math.Clamp(line - 1, 0, source.Length), text => text.TrimStart().StartsWith(begin, StringComparison.Ordinal));
                imports.Add(new JobImport(statement, $"{name} cell {cell + 1} line {(at < 0 ? line : at + 1)}"));
            }
        }
        return imports;
    }

    /// <summary>Whether a script brings modules itself, so that nobody can tell before what it can import.</summary>
    public static bool BringsModules(string text) => Brings().IsMatch(text);

    /// <summary>The statements that import something, of the script's first level, and the lines where they begin.</summary>
    private static IEnumerable<(string Statement, int Line)> Find(string text, Func<string, bool> isOwn)
    {
        string? quote = null;
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (quote is null && Import().Match(lines[at]) is { Success: true } match)
            {
                var (statement, line) = (lines[at], at + 1);
                while (at + 1 < lines.Length && (statement.EndsWith('\\') || (statement.Contains('(', StringComparison.Ordinal) && !statement.Contains(')', StringComparison.Ordinal)))) statement += $"\n{lines[++at]}";
                // What else stands on the line is not to be run.
                statement = statement.Replace("\\\n", " ", StringComparison.Ordinal).Split(';')[0];
                if (match.Groups["kind"].Value == "from")
                {
                    if (!IsOwn(match.Groups["module"].Value)) yield return (statement, line);
                }
                else
                {
                    var modules = statement["import".Length..].Split('#')[0].Split(',').Select(module => module.Trim()).Where(module => !IsOwn(module.Split(' ')[0])).ToList();
                    if (modules.Count > 0) yield return ($"import {string.Join(", ", modules)}", line);
                }
                continue;
            }
            quote = Quote(lines[at], quote);
        }

        bool IsOwn(string module) => module.StartsWith('.') || isOwn(module.Split('.')[0]);
    }

    private static bool IsBeside(string folder, string name) => File.Exists(Path.Combine(folder, $"{name}.py")) || Directory.Exists(Path.Combine(folder, name));

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

    [GeneratedRegex(@"\bsys\.path\b|\baddsitedir\b|\b(pip3?|conda|mamba)\b.{0,40}\binstall\b", RegexOptions.CultureInvariant)]
    private static partial Regex Brings();

    [GeneratedRegex(@"^(?<kind>import|from)\s+(?<module>[\w.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Import();
}
