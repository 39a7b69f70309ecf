using System.Text;

namespace Holdfast.Engines.Host;

/// <summary>What is written for <c>sh</c>.</summary>
internal static class Shell
{
    /// <summary>A word, whatever it holds.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>Words in a row.</summary>
    public static string Quote(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>Whether a variable can have this name.</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    /// <summary>An environment that replaces the one before.</summary>
    public static string Environment(IReadOnlyDictionary<string, string> variables)
    {
        var text = new StringBuilder("unset LC_ALL PATH\n");
        foreach (var (name, value) in variables.OrderBy(pair => pair.Key, StringComparer.Ordinal)) text.Append($"export {name}={Quote(value)}\n");
        return text.ToString();
    }
}
