using System.Net;
using System.Text;

namespace Holdfast.Notebooks.Rendering;

/// <summary>
/// Reads foreign HTML and writes it anew: what <see cref="HtmlRules"/> knows, every other thing left out, all elements closed. The writing anew makes it safe: nothing
/// of the source comes through that was not understood here, so it does not matter where a browser reads tags differently.
/// </summary>
internal sealed class HtmlFilter
{
    // Each is looked for up to the text's end; more of them are no accident.
    private const int MostUnclosedTags = 200;

    private readonly StringBuilder _html = new();
    private readonly List<string> _open = [];
    private int _unclosed;

    /// <summary>What becomes of the URL in <c>href</c>; null takes the attribute away.</summary>
    public Func<string, string?> Link { get; init; } = url => url;

    /// <summary>What becomes of the URL of a picture; null takes the attribute away.</summary>
    public Func<string, string?> Source { get; init; } = url => url;

    /// <summary>Whether nothing but comments, styles marked <c>scoped</c> (those of pandas) and attributes without effect were left out.</summary>
    public bool IsHarmless { get; private set; } = true;

    public string Run(ReadOnlySpan<char> html)
    {
        while (!html.IsEmpty)
        {
            var begin = html.IndexOf('<');
            if (begin != 0)
            {
                var text = begin < 0 ? html : html[..begin];
                AppendText(text);
                html = html[text.Length..];
            }
            else
            {
                html = html[Markup(html)..];
            }
        }

        for (var last = _open.Count - 1; last >= 0; last--) _html.Append("</").Append(_open[last]).Append('>');
        return _html.ToString();
    }

    // Entities stay as they are: they never become markup.
    private void AppendText(ReadOnlySpan<char> text) => _html.Append(text.ToString().Replace(">", "&gt;", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal));

    /// <summary>Takes what begins with <c>&lt;</c>; gives its length.</summary>
    private int Markup(ReadOnlySpan<char> html)
    {
        if (html.StartsWith("<!--"))
        {
            var end = html[4..].IndexOf("-->");
            return end < 0 ? html.Length : end + 7;
        }

        if (html.Length > 1 && (char.IsAsciiLetter(html[1]) || (html[1] == '/' && html.Length > 2 && char.IsAsciiLetter(html[2])))) return Tag(html);
        if (html.Length > 1 && html[1] is '!' or '?' or '/')
        {
            IsHarmless = false;
            return html.IndexOf('>') is >= 0 and var close ? close + 1 : html.Length;
        }

        _html.Append("&lt;");
        return 1;
    }

    private int Tag(ReadOnlySpan<char> html)
    {
        var isEnd = html[1] == '/';
        var at = isEnd ? 2 : 1;
        var begin = at;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('/' or '>')) at++;
        var name = html[begin..at].ToString().ToLowerInvariant();
        var attributes = new List<(string Name, string Value)>();
        at = _unclosed < MostUnclosedTags ? Attributes(html, at, attributes) : -1;
        if (at < 0)
        {
            // Never closed: no tag.
            _unclosed++;
            _html.Append("&lt;");
            return 1;
        }

        if (isEnd) End(name);
        else if (HtmlRules.Elements.Contains(name)) Begin(name, attributes);
        else if (HtmlRules.RawText.Contains(name)) return at + Skip(html[at..], name, attributes);
        else IsHarmless = false;
        return at;
    }

    /// <summary>Leaves out an element and what it holds; gives the length behind its start tag.</summary>
    private int Skip(ReadOnlySpan<char> html, string name, List<(string Name, string Value)> attributes)
    {
        if (name != "style" || !attributes.Exists(attribute => attribute.Name == "scoped")) IsHarmless = false;
        var end = html.IndexOf($"</{name}", StringComparison.OrdinalIgnoreCase);
        if (end < 0) return html.Length;
        return html[end..].IndexOf('>') is >= 0 and var close ? end + close + 1 : html.Length;
    }

    private void Begin(string name, List<(string Name, string Value)> attributes)
    {
        var isCheckbox = name == "input" && attributes.Contains(("type", "checkbox"));
        if (name == "input" && !isCheckbox)
        {
            IsHarmless = false;
            return;
        }

        _html.Append('<').Append(name);
        foreach (var (attribute, value) in attributes.DistinctBy(attribute => attribute.Name))
        {
            if (attribute.StartsWith("on", StringComparison.Ordinal) || attribute is "srcdoc" or "formaction" or "srcset" or "background" or "contenteditable") IsHarmless = false;
            else if (HtmlRules.Attributes.Contains(attribute) && attribute != "disabled" && !HidesAMember(name, attribute)) Attribute(attribute, value);
        }

        if (isCheckbox) _html.Append(" disabled");
        _html.Append('>');
        if (!HtmlRules.Void.Contains(name)) _open.Add(name);
    }

    /// <summary>A name of a picture hides the document's member of that name from the page's scripts: <c>&lt;img name="body"&gt;</c>.</summary>
    private static bool HidesAMember(string element, string attribute) => attribute == "name" && element != "a";

    private void Attribute(string name, string value)
    {
        var kept = name switch
        {
            "href" or "cite" => HtmlRules.Link(value) is { } link ? Link(link) : null,
            "src" or "poster" => HtmlRules.Source(value) is { } source ? Source(source) : null,
            "style" => HtmlRules.Style(value).Kept,
            _ => value,
        };
        if (kept is null || (name == "style" && !HtmlRules.Style(value).IsAll)) IsHarmless = false;
        if (kept is null || (name == "style" && kept.Length == 0)) return;
        _html.Append(' ').Append(name).Append("=\"").AppendText(kept).Append('"');
    }

    private void End(string name)
    {
        var open = _open.LastIndexOf(name);
        if (open < 0) return;
        for (var last = _open.Count - 1; last >= open; last--) _html.Append("</").Append(_open[last]).Append('>');
        _open.RemoveRange(open, _open.Count - open);
    }

    /// <summary>Reads attributes up to the tag's end; gives the place behind it, -1 when there is none.</summary>
    private static int Attributes(ReadOnlySpan<char> html, int at, List<(string Name, string Value)> attributes)
    {
        while (true)
        {
            while (at < html.Length && (IsSpace(html[at]) || html[at] == '/')) at++;
            if (at >= html.Length) return -1;
            if (html[at] == '>') return at + 1;
            var begin = at++;
            while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('/' or '>' or '=')) at++;
            var name = html[begin..at].ToString().ToLowerInvariant();
            while (at < html.Length && IsSpace(html[at])) at++;
            var value = "";
            if (at < html.Length && html[at] == '=')
            {
                at++;
                while (at < html.Length && IsSpace(html[at])) at++;
                if (at >= html.Length) return -1;
                if (html[at] is '"' or '\'')
                {
                    var end = html[(at + 1)..].IndexOf(html[at]);
                    if (end < 0) return -1;
                    value = html.Slice(at + 1, end).ToString();
                    at += end + 2;
                }
                else
                {
                    begin = at;
                    while (at < html.Length && !IsSpace(html[at]) && html[at] != '>') at++;
                    value = html[begin..at].ToString();
                }
            }

            attributes.Add((name, WebUtility.HtmlDecode(value)));
        }
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f';
}
