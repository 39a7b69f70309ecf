using System.Text;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Notebooks.Publishing;

/// <summary>What stands around the text of every page: the bar with the search, the table of contents, the headings of the page, the ways on and back.</summary>
internal sealed class SiteFrame(SiteOptions options, IReadOnlyList<SiteEntry> entries, bool hasFeed)
{
    private readonly SiteEntry[] _listed = [.. entries.Where(entry => !entry.Front.IsHidden && entry.Date is null)];

    public string Page(SiteEntry entry, NotebookBody body, string content)
    {
        var at = Array.IndexOf(_listed, entry);
        var ways = new StringBuilder();
        if (at > 0) Way(ways, entry.Url, _listed[at - 1], "prev", "← ");
        if (at >= 0 && at < _listed.Length - 1) Way(ways, entry.Url, _listed[at + 1], "next", "", " →");
        if (ways.Length > 0) content += $"<nav class=\"site-ways\">{ways}</nav>\n";
        var title = entry.Title == options.Title ? entry.Title : $"{entry.Title} – {options.Title}";
        return Whole(entry.Url, title, entry.Front.Description, content, entry.Front.HasToc ? Toc(body.Headings) : "", body.HasFrames, body.HasFormulas && options.HasMath);
    }

    public string Index(string content) => Whole("index.html", options.Title, null, content, "", false, false);

    private string Whole(string url, string title, string? description, string content, string toc, bool hasFrames, bool hasMath)
    {
        var root = SiteAddress.Root(url);
        var policy = PageParts.Policy(hasFrames, "'self' file:", "'self' file:");
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"").AppendText(policy).Append("\">\n<title>").AppendText(title).Append("</title>\n");
        if (description is not null) page.Append("<meta name=\"description\" content=\"").AppendText(description).Append("\">\n");
        if (hasFeed) page.Append("<link rel=\"alternate\" type=\"application/atom+xml\" title=\"").AppendText(options.Title).Append("\" href=\"").Append(root).Append(Site.FeedUrl).Append("\">\n");
        page.Append("<link rel=\"stylesheet\" href=\"").Append(root).Append("assets/site.css\">\n");
        if (hasMath) page.Append("<link rel=\"stylesheet\" href=\"").Append(root).Append("assets/katex.css\">\n<script defer src=\"").Append(root).Append("assets/katex.js\"></script>\n");
        page.Append("<script defer src=\"").Append(root).Append("assets/site.js\"></script>\n</head>\n<body data-root=\"").Append(root).Append("\">\n")
            .Append("<input type=\"checkbox\" id=\"site-menu\" aria-label=\"Contents\">\n<header class=\"site-bar\"><label for=\"site-menu\" title=\"Contents\">☰</label><a class=\"site-title\" href=\"").Append(root).Append("index.html\">").AppendText(options.Title)
            .Append("</a><div class=\"site-search\"><input type=\"search\" id=\"site-search\" placeholder=\"Search\" aria-label=\"Search\" autocomplete=\"off\"><div id=\"site-found\" hidden></div></div></header>\n")
            .Append("<div class=\"site-columns").Append(toc.Length > 0 ? " has-toc" : "").Append("\">\n<nav class=\"site-nav\" aria-label=\"Contents\">\n").Append(Contents(url)).Append("</nav>\n<main class=\"jp-Notebook\">\n").Append(content).Append("</main>\n");
        if (toc.Length > 0) page.Append("<aside class=\"site-toc\">").Append(toc).Append("</aside>\n");
        return page.Append("</div>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The headings of the second and third level, for pages with more than one.</summary>
    private static string Toc(IReadOnlyList<Heading> headings)
    {
        var shown = headings.Where(heading => heading.Level is 2 or 3).ToList();
        if (shown.Count < 2) return "";
        var toc = new StringBuilder("<h2>On this page</h2><ul>");
        foreach (var heading in shown) toc.Append("<li class=\"level-").Append(heading.Level).Append("\"><a href=\"#").AppendText(Uri.EscapeDataString(heading.Id)).Append("\">").AppendText(heading.Text).Append("</a></li>");
        return toc.Append("</ul>").ToString();
    }

    /// <summary>The pages by folders; those that lead to this page are open.</summary>
    private string Contents(string url)
    {
        var html = new StringBuilder("<ul>");
        Folder(html, _listed, 0, url);
        return html.Append("</ul>\n").ToString();
    }

    private static void Folder(StringBuilder html, IEnumerable<SiteEntry> below, int depth, string url)
    {
        foreach (var group in below.GroupBy(entry => entry.Path.Split('/') is var parts && parts.Length > depth + 1 ? parts[depth] : "/" + parts[^1], StringComparer.Ordinal))
        {
            if (group.Key[0] == '/')
            {
                Link(html.Append("<li>"), group.First(), url);
                html.Append("</li>\n");
                continue;
            }

            var pages = group.ToList();
            var index = pages.Find(entry => entry.IsIndex && entry.Path.Count(c => c == '/') == depth + 1);
            var isOpen = pages.Exists(entry => entry.Url == url);
            html.Append("<li><details").Append(isOpen ? " open" : "").Append("><summary>").AppendText(index?.Title ?? SiteEntry.Words(group.Key.TrimStart('_'))).Append("</summary><ul>");
            Folder(html, pages, depth + 1, url);
            html.Append("</ul></details></li>\n");
        }
    }

    private static void Link(StringBuilder html, SiteEntry entry, string from)
    {
        html.Append("<a href=\"").AppendText(SiteAddress.Escaped(SiteAddress.Relative(from, entry.Url))).Append('"');
        if (entry.Url == from) html.Append(" aria-current=\"page\"");
        html.Append('>').AppendText(entry.Title).Append("</a>");
    }

    private static void Way(StringBuilder html, string from, SiteEntry to, string relation, string before = "", string after = "") =>
        html.Append("<a rel=\"").Append(relation).Append("\" href=\"").AppendText(SiteAddress.Escaped(SiteAddress.Relative(from, to.Url))).Append("\">").Append(before).AppendText(to.Title).Append(after).Append("</a>");
}
