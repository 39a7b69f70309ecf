using System.Globalization;
using System.Text;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Notebooks.Publishing;

/// <summary>A site of the notebooks and Markdown files of a folder. It makes texts; where they are read and written is the caller's.</summary>
public sealed class Site
{
    private readonly Dictionary<string, SiteEntry> _byPath;
    private readonly SiteFrame _frame;
    private readonly IReadOnlyList<SiteEntry> _posts;

    /// <param name="options">Title and address.</param>
    /// <param name="entries">All pages; drafts are left out.</param>
    public Site(SiteOptions options, IEnumerable<SiteEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Entries = [.. entries.Where(entry => !entry.IsDraft).OrderBy(entry => entry.Path, SitePathOrder.Instance)];
        _byPath = Entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal);
        _posts = [.. Entries.Where(entry => entry.Date is not null && !entry.Front.IsHidden).OrderByDescending(entry => entry.Date).ThenBy(entry => entry.Path, StringComparer.Ordinal)];
        _frame = new SiteFrame(options, Entries, HasFeed);
    }

    /// <summary>Title and address.</summary>
    public SiteOptions Options { get; }

    /// <summary>The pages in the order of the table of contents.</summary>
    public IReadOnlyList<SiteEntry> Entries { get; }

    /// <summary>Whether there are dated posts, and so a feed.</summary>
    public bool HasFeed => _posts.Count > 0;

    /// <summary>The address of the feed from the site's root.</summary>
    public const string FeedUrl = "feed.xml";

    /// <summary>Makes a page.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="notebook">What the entry was read from.</param>
    /// <param name="isFile">Whether a path from the site's folder is a file that may be published with the page.</param>
    public SitePage Page(SiteEntry entry, NotebookDocument notebook, Func<string, bool> isFile)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(isFile);
        notebook = Begun(entry, notebook.Upgrade());
        var files = new SortedSet<string>(StringComparer.Ordinal);
        var options = new HtmlOptions { Picture = url => Address(entry, url, isFile, files) };
        var body = NotebookBody.Of(notebook, options, withDirectives: true, url => Address(entry, url, isFile, files), cell => cell >= entry.Begin.Cell);
        var posts = entry.Url == "index.html" ? Posts("") : "";
        var html = _frame.Page(entry, body, Header(entry) + body.Html + posts);
        return new SitePage(entry, html, body.HasFormulas && Options.HasMath, [.. files], entry.Front.IsOutOfSearch || entry.Front.IsHidden ? null : SearchText(entry, notebook), [.. body.Headings.Select(heading => heading.Text)]);
    }

    /// <summary>The page at the root, for a folder that has none of its own: all pages, newest posts first. Null when the folder has one.</summary>
    public string? Index()
    {
        if (Entries.Any(entry => entry.Url == "index.html")) return null;
        var list = new StringBuilder($"<header class=\"site-header\"><h1>{Html.Text(Options.Title)}</h1></header><div class=\"jp-RenderedHTMLCommon\"><ul class=\"site-list\">");
        foreach (var entry in Entries.Where(entry => entry.Date is null && !entry.Front.IsHidden))
        {
            list.Append("<li><a href=\"").AppendText(SiteAddress.Escaped(entry.Url)).Append("\">").AppendText(entry.Title).Append("</a>");
            if (entry.Front.Description is { } description) list.Append("<p>").AppendText(description).Append("</p>");
            list.Append("</li>\n");
        }

        return _frame.Index(list.Append("</ul></div>").ToString() + Posts(""));
    }

    /// <summary>The Atom feed of the posts (RFC 4287); null when there are none.</summary>
    public byte[]? Feed() => HasFeed ? AtomFeed.Of(Options, _posts) : null;

    private string Posts(string root)
    {
        if (!HasFeed) return "";
        var list = new StringBuilder("<section class=\"site-posts\"><h2>Posts</h2>\n");
        foreach (var post in _posts)
        {
            list.Append("<article><time>").Append(post.Date!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Append("</time><h3><a href=\"").AppendText(root + SiteAddress.Escaped(post.Url)).Append("\">").AppendText(post.Title).Append("</a></h3>");
            if (post.Front.Description is { } description) list.Append("<p>").AppendText(description).Append("</p>");
            list.Append("</article>\n");
        }

        return list.Append("</section>\n").ToString();
    }

    private static string Header(SiteEntry entry)
    {
        var html = new StringBuilder();
        if (entry.HasHeader) html.Append("<h1>").AppendText(entry.Title).Append("</h1>");
        if (entry.Front.Description is { } description) html.Append("<p class=\"site-description\">").AppendText(description).Append("</p>");
        var about = new List<string>();
        if (entry.Date is { } date) about.Add($"<time>{date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}</time>");
        if (entry.Front.Author is { } author) about.Add(Html.Text(author));
        about.AddRange(entry.Front.Categories.Select(category => $"<span class=\"site-category\">{Html.Text(category)}</span>"));
        if (about.Count > 0) html.Append("<p class=\"site-about\">").AppendJoin(" · ", about).Append("</p>");
        return html.Length > 0 ? $"<header class=\"site-header\">{html}</header>\n" : "";
    }

    /// <summary>The notebook without the front matter.</summary>
    private static NotebookDocument Begun(SiteEntry entry, NotebookDocument notebook)
    {
        if (entry.Begin.Source is not { } source || entry.Begin.Cell >= notebook.Cells.Count || notebook.Cells[entry.Begin.Cell].Source == source) return notebook;
        var editor = notebook.Edit();
        editor.SetSource(entry.Begin.Cell, source);
        return editor.ToDocument();
    }

    /// <summary>Where a link of a page leads on the site: another page, or a file that goes along. What is neither stays as it is.</summary>
    private string? Address(SiteEntry entry, string url, Func<string, bool> isFile, SortedSet<string> files)
    {
        if (!NotebookBody.IsRelative(url)) return url;
        var end = url.AsSpan().IndexOfAny('?', '#') is >= 0 and var mark ? mark : url.Length;
        if (SiteAddress.Resolve(entry.Path, Uri.UnescapeDataString(url[..end])) is not { } path) return url;
        if (_byPath.TryGetValue(path, out var page)) return SiteAddress.Escaped(SiteAddress.Relative(entry.Url, page.Url)) + url[end..];
        if (path.EndsWith(".ipynb", StringComparison.Ordinal) || !isFile(path)) return url;
        files.Add(path);
        return SiteAddress.Escaped(SiteAddress.Relative(entry.Url, SiteAddress.OfFile(path))) + url[end..];
    }

    private static string SearchText(SiteEntry entry, NotebookDocument notebook)
    {
        const int most = 20_000;
        var text = new StringBuilder();
        foreach (var cell in notebook.Cells.Skip(entry.Begin.Cell))
        {
            var view = CellView.Of(cell, withDirectives: true);
            if (view.Input == Shown.Not || cell.Type is not ("code" or "markdown")) continue;
            text.Append(string.Join(' ', view.Source.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Append(' ');
            if (text.Length > most) break;
        }

        return text.ToString(0, Math.Min(text.Length, most)).Trim();
    }
}

/// <summary>What a site is called and where it will be.</summary>
/// <param name="Title">Of the site.</param>
/// <param name="BaseUrl">Where its root will be, for the feed: <c>https://example.org/x/</c> or <c>/x/</c>. The pages themselves link to each other by relative addresses.</param>
/// <param name="HasMath">Whether <c>assets/katex.js</c> and <c>assets/katex.css</c> will be there.</param>
public sealed record SiteOptions(string Title, string BaseUrl = "/", bool HasMath = false);

/// <summary>A page that was made.</summary>
/// <param name="Entry">What it is of.</param>
/// <param name="Html">All of it.</param>
/// <param name="HasFormulas">Whether it needs the files of <see cref="SiteOptions.HasMath"/>.</param>
/// <param name="Files">The files that it shows or links to, from the site's folder; each belongs at <see cref="SiteAddress.OfFile"/>.</param>
/// <param name="SearchText">What the search finds it by; null when it is not to be found.</param>
/// <param name="Headings">Of its text.</param>
public sealed record SitePage(SiteEntry Entry, string Html, bool HasFormulas, IReadOnlyList<string> Files, string? SearchText, IReadOnlyList<string> Headings);
