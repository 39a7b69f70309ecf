using System.Text;

namespace Holdfast.Notebooks.Cleaning;

/// <summary>
/// Reads flat settings (names with a text, a truth value, a number or a list of those) as TOML, INI and YAML spell them alike:
/// <c>name = value</c> or <c>name: value</c>, lists in brackets over one or more lines, or as lines with a dash. What else these
/// languages know does not occur in the sections that are asked for, and is passed over.
/// </summary>
internal static class SettingsText
{
    /// <param name="text">The file.</param>
    /// <param name="section">The header of the section, without brackets; null for a file without sections.</param>
    /// <param name="separator">What stands between name and value.</param>
    /// <returns>Null when the section is not there. Dashes in names come as underscores.</returns>
    public static Dictionary<string, string[]>? Read(string text, string? section, char separator)
    {
        var found = section is null ? new Dictionary<string, string[]>(StringComparer.Ordinal) : null;
        var isInside = section is null;
        var (name, value) = ((string?)null, new StringBuilder());
        foreach (var each in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = WithoutComment(each).Trim();
            if (line.Length == 0)
                continue;
            var isOpen = name is not null && value.ToString().StartsWith('[') && !value.ToString().EndsWith(']');
            if (isOpen)
            {
                value.Append(' ').Append(line);
            }
            else if (section is not null && line.StartsWith('[') && line.EndsWith(']'))
            {
                Close();
                isInside = line[1..^1].Trim() == section;
                if (isInside)
                    found ??= new Dictionary<string, string[]>(StringComparer.Ordinal);
            }
            else if (isInside && section is null && line.StartsWith("- ", StringComparison.Ordinal) && name is not null)
            {
                value.Append(value.Length == 0 ? "" : ",").Append(line.AsSpan(2));
            }
            else if (isInside && !(section is null && char.IsWhiteSpace(each[0])) && line.IndexOf(separator, StringComparison.Ordinal) is > 0 and var end)
            {
                Close();
                name = Unquoted(line[..end]).Replace('-', '_');
                value.Append(line.AsSpan(end + 1).Trim());
            }
        }
        Close();
        return found;

        void Close()
        {
            if (name is not null)
                found![name] = Items(value.ToString());
            (name, value) = (null, value.Clear());
        }
    }

    private static string[] Items(string value)
    {
        var items = new List<string>();
        var start = 0;
        var list = value.StartsWith('[') && value.EndsWith(']') ? value[1..^1] : value;
        for (int at = 0, quote = 0; at <= list.Length; at++)
        {
            if (at < list.Length && (quote != 0 || list[at] != ','))
            {
                quote = quote == 0 && list[at] is '"' or '\'' ? list[at] : quote == list[at] ? 0 : quote;
                continue;
            }
            if (Unquoted(list[start..at]) is { Length: > 0 } item)
                items.Add(item);
            start = at + 1;
        }
        return [.. items];
    }

    private static string Unquoted(string text)
    {
        text = text.Trim();
        return text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;
    }

    private static string WithoutComment(string line)
    {
        for (int at = 0, quote = 0; at < line.Length; at++)
        {
            if (line[at] == '#' && quote == 0 && (at == 0 || char.IsWhiteSpace(line[at - 1]) || line[at - 1] is ',' or ']' or '['))
                return line[..at];
            if (line[at] is '"' or '\'')
                quote = quote == 0 ? line[at] : quote == line[at] ? 0 : quote;
        }
        return line;
    }
}
