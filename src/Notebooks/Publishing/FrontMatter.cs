using System.Globalization;
using Holdfast.Notebooks.Rendering;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Notebooks.Publishing;

/// <summary>
/// What a page says about itself before it begins, as nbdev, Quarto, fastpages and Jekyll write it: YAML between <c>---</c> in a raw cell or at the top of a Markdown file, or at the
/// top of the first Markdown cell <c># Title</c>, <c>&gt; Description</c> and lines <c>- key: value</c>.
/// </summary>
internal sealed class FrontMatter
{
    private readonly Dictionary<string, string[]> _values = new(StringComparer.OrdinalIgnoreCase);

    public string? Title => One("title");

    public string? Description => One("description") ?? One("summary") ?? One("subtitle");

    public string? Author => _values.TryGetValue("author", out var names) ? string.Join(", ", names) : null;

    public IReadOnlyList<string> Categories => _values.GetValueOrDefault("categories") ?? _values.GetValueOrDefault("tags") ?? [];

    public DateOnly? Date => One("date") is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? DateOnly.FromDateTime(time.Date) : null;

    /// <summary>Not published.</summary>
    public bool IsDraft => Is("draft") || IsNot("published");

    /// <summary>Published, but named nowhere.</summary>
    public bool IsHidden => Is("hide");

    public bool IsOutOfSearch => Is("search_exclude") || IsNot("search");

    /// <summary>Its cells are not run as a test.</summary>
    public bool IsNotTested => Is("skip_exec");

    public bool HasToc => !IsNot("toc");

    /// <summary>What stands in the way of reading it; null for nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes YAML, with or without its lines <c>---</c>; false for a text that is not front matter.</summary>
    public bool TakeYaml(string text)
    {
        if (Yaml(text, out _) is not { } yaml) return false;
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is not [{ RootNode: YamlMappingNode map }, ..]) return false;
            foreach (var (key, value) in map.Children)
            {
                if (key is not YamlScalarNode { Value: { } name }) continue;
                _values[name] = value switch
                {
                    YamlScalarNode scalar => [scalar.Value ?? ""],
                    YamlSequenceNode list => [.. list.Children.Select(Name).OfType<string>()],
                    _ => Name(value) is { } one ? [one] : [],
                };
            }
        }
        catch (YamlException e)
        {
            Problem = $"line {e.Start.Line + 1} of the front matter is not YAML: {e.Message}";
        }

        return true;
    }

    /// <summary>The YAML at the top of a text, and what stands behind it; null when there is none.</summary>
    public static string? Yaml(string text, out string rest)
    {
        rest = text;
        var trimmed = text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimStart('\n', '\uFEFF');
        if (!trimmed.StartsWith("---\n", StringComparison.Ordinal)) return null;
        var end = trimmed.IndexOf("\n---", 3, StringComparison.Ordinal);
        if (end < 0) return null;
        var line = trimmed.IndexOf('\n', end + 1);
        rest = line < 0 ? "" : trimmed[(line + 1)..];
        return trimmed[4..Math.Max(4, end)];
    }

    /// <summary>Takes the title and what belongs to it from the top of a Markdown cell; gives the rest of the cell, or null when it begins with no title.</summary>
    public string? TakeTitle(string markdown)
    {
        var lines = markdown.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        var line = 0;
        while (line < lines.Length && string.IsNullOrWhiteSpace(lines[line])) line++;
        if (line == lines.Length || !lines[line].StartsWith("# ", StringComparison.Ordinal)) return null;
        _values.TryAdd("title", [Plain(Unquoted(lines[line++][2..]))]);
        var after = line;
        while (line < lines.Length && string.IsNullOrWhiteSpace(lines[line])) line++;
        if (line < lines.Length && lines[line].StartsWith("> ", StringComparison.Ordinal))
        {
            _values.TryAdd("description", [Plain(Unquoted(lines[line++][2..]))]);
            after = line;
            while (line < lines.Length && string.IsNullOrWhiteSpace(lines[line])) line++;
        }

        // A list is front matter when each of its lines is a key and a value.
        var list = lines.Skip(line).TakeWhile(text => text.StartsWith("- ", StringComparison.Ordinal)).ToList();
        if (list.Count > 0 && list.TrueForAll(IsPair))
        {
            foreach (var pair in list)
            {
                var colon = pair.IndexOf(':', StringComparison.Ordinal);
                var value = pair[(colon + 1)..].Trim();
                _values.TryAdd(pair[2..colon].Trim(), value.StartsWith('[') && value.EndsWith(']') ? [.. value[1..^1].Split(',').Select(Unquoted).Where(item => item.Length > 0)] : [Unquoted(value)]);
            }

            after = line + list.Count;
        }

        return string.Join('\n', lines.Skip(after)).Trim('\n');
    }

    private static bool IsPair(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is > 2 and < 40 and var colon && text[2..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ' ')
        && !text[2..colon].Trim().Contains(' ') && (colon + 1 == text.Length || text[colon + 1] == ' ');

    /// <summary>A value, or the name of one that has several, as an author has.</summary>
    private static string? Name(YamlNode node) => node switch
    {
        YamlScalarNode scalar => scalar.Value,
        YamlMappingNode map => map.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode { Value: "name" }).Value is YamlScalarNode { Value: { } name } ? name : null,
        _ => null,
    };

    private static string Unquoted(string text)
    {
        text = text.Trim();
        return text.Length > 1 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;
    }

    /// <summary>A line of Markdown without its markup.</summary>
    private static string Plain(string markdown)
    {
        var page = new MarkdownHtml();
        page.Of("# " + markdown);
        return page.Headings is [{ Text: var text }] ? text : markdown;
    }

    private string? One(string key) => _values.TryGetValue(key, out var values) && values is [{ Length: > 0 } value, ..] ? value : null;

    private bool Is(string key) => One(key)?.ToLowerInvariant() is "true" or "yes";

    private bool IsNot(string key) => One(key)?.ToLowerInvariant() is "false" or "no";
}
