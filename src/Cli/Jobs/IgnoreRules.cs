using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Cli.Jobs;

/// <summary>What is left out of a job's code, by patterns as .gitignore has them (gitignore(5)). What is said later counts, and nothing comes back of a folder that is left out.</summary>
internal sealed class IgnoreRules
{
    /// <summary>What no job needs; <c>!PATTERN</c> in .holdfastignore brings it back.</summary>
    private const string Usual =
        """
        .git
        .hg/
        .svn/
        __pycache__/
        *.py[co]
        .ipynb_checkpoints/
        .virtual_documents/
        .venv/
        venv/
        .conda/
        node_modules/
        .cache/
        .mypy_cache/
        .pytest_cache/
        .ruff_cache/
        .tox/
        .nox/
        .DS_Store
        .Trash-*/
        holdfast-output/
        """;

    private readonly List<(Regex Pattern, bool IsForFolders, bool IsBack)> _rules = [];

    public IgnoreRules() => Add("", Usual);

    /// <summary>Adds the patterns of a file in a folder, <c>""</c> or <c>a/b/</c>.</summary>
    public void Add(string folder, string text)
    {
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')).Select(line => line.EndsWith("\\ ", StringComparison.Ordinal) ? line : line.TrimEnd(' ', '\t')))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var pattern = line[0] == '!' ? line[1..] : line;
            var isForFolders = pattern.EndsWith('/');
            pattern = pattern.TrimEnd('/');
            if (pattern.Length == 0) continue;
            // With a slash in it a pattern is of this folder, else of all below too.
            var anywhere = !pattern.Contains('/', StringComparison.Ordinal);
            var place = $"^{Regex.Escape(folder)}{(anywhere ? "(?:.*/)?" : "")}";
            pattern = pattern.TrimStart('/');
            _rules.Add((Compiled(place, Translated(pattern)) ?? Compiled(place, Regex.Escape(pattern))!, isForFolders, line[0] == '!'));
        }
    }

    /// <summary>Whether a file, or a folder above it, is left out.</summary>
    public bool Leaves(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (Leaves(path[..slash], isFolder: true)) return true;
        }
        return Leaves(path, isFolder: false);
    }

    /// <summary>Whether a file or a folder is left out, when those above it are not.</summary>
    public bool Leaves(string path, bool isFolder)
    {
        for (var rule = _rules.Count - 1; rule >= 0; rule--)
        {
            var (pattern, isForFolders, isBack) = _rules[rule];
            if ((isFolder || !isForFolders) && pattern.IsMatch(path)) return !isBack;
        }
        return false;
    }

    /// <summary>Null for what is no pattern, as <c>[z-a]</c>: it stands for itself.</summary>
    private static Regex? Compiled(string place, string pattern)
    {
        try
        {
            return new Regex($"{place}{pattern}$", RegexOptions.CultureInvariant | RegexOptions.Singleline);
        }
        catch (RegexParseException)
        {
            return null;
        }
    }

    private static string Translated(string pattern)
    {
        var regex = new StringBuilder();
        for (var at = 0; at < pattern.Length; at++)
        {
            var rest = pattern.AsSpan(at);
            if (rest.StartsWith("**/") && (at == 0 || pattern[at - 1] == '/'))
            {
                regex.Append("(?:.*/)?");
                at += 2;
            }
            else if (rest is "**" && at > 0 && pattern[at - 1] == '/')
            {
                regex.Append(".+");
                at++;
            }
            else if (rest[0] == '*') regex.Append("[^/]*");
            else if (rest[0] == '?') regex.Append("[^/]");
            else if (rest[0] == '[' && rest.Length > 2 && rest[2..].IndexOf(']') is >= 0 and var end)
            {
                var inside = rest[1..(end + 2)];
                var isNot = inside[0] is '!' or '^';
                regex.Append(isNot ? "[^/" : "[").Append(inside[(isNot ? 1 : 0)..].ToString().Replace("\\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal)).Append(']');
                at += end + 2;
            }
            else
            {
                if (rest[0] == '\\' && rest.Length > 1) at++;
                regex.Append(Regex.Escape(pattern[at].ToString()));
            }
        }
        return regex.ToString();
    }
}
