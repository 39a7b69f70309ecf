using System.Globalization;
using System.Text;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Notebooks.Publishing;

/// <summary>A page of a site, before it is made: what the other pages have to know of it.</summary>
public sealed class SiteEntry
{
    private SiteEntry(string path, FrontMatter front)
    {
        Path = path;
        Front = front;
        Url = UrlOf(path);
        Title = front.Title ?? "";
        Date = front.Date ?? DateIn(System.IO.Path.GetFileName(path));
    }

    /// <summary>The source, from the folder of the site, with slashes.</summary>
    public string Path { get; }

    /// <summary>The page, from the site's root.</summary>
    public string Url { get; }

    /// <summary>Of the front matter, else the first heading, else from the file's name.</summary>
    public string Title { get; private init; }

    /// <summary>Null for a page that is no post.</summary>
    public DateOnly? Date { get; }

    /// <summary>Whether it is not to be published.</summary>
    public bool IsDraft => Front.IsDraft;

    /// <summary>What is wrong with its front matter; null for nothing.</summary>
    public string? Problem => Front.Problem;

    internal FrontMatter Front { get; }

    /// <summary>The first cell that belongs to the page, and its source without the title; null for all of that cell.</summary>
    internal (int Cell, string? Source) Begin { get; private init; }

    /// <summary>Whether the page shows the title above its cells, not as one of their headings.</summary>
    internal bool HasHeader { get; private init; }

    internal bool IsIndex => System.IO.Path.GetFileName(Url) == "index.html";

    /// <summary>Reads what a notebook says of itself.</summary>
    /// <param name="path">From the folder of the site, with slashes.</param>
    /// <param name="notebook">See <see cref="OfMarkdown"/> for a Markdown file.</param>
    public static SiteEntry Of(string path, NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(notebook);
        notebook = notebook.Upgrade();
        var front = new FrontMatter();
        var begin = 0;
        string? source = null;
        if (notebook.Cells is [{ Type: "raw" } raw, ..] && front.TakeYaml(raw.Source)) begin = 1;
        if (notebook.Cells.Count > begin && notebook.Cells[begin].Type == "markdown")
        {
            source = notebook.Cells[begin].Source;
            // A Markdown file is one cell, with its YAML in it.
            if (begin == 0 && front.TakeYaml(source)) _ = FrontMatter.Yaml(source, out source);
            var isTitled = front.Title is not null;
            if (front.TakeTitle(source) is { } rest && (!isTitled || source.TrimStart().Split('\n')[0][2..].Trim().Trim('"', '\'') == front.Title)) source = rest;
        }

        var heading = front.Title is null ? NotebookHtml.TitleOf(notebook) : null;
        return new SiteEntry(path, front) { Title = front.Title ?? heading ?? Words(System.IO.Path.GetFileNameWithoutExtension(path)), HasHeader = heading is null, Begin = (begin, source) };
    }

    /// <summary>A Markdown file as a notebook of one cell.</summary>
    public static NotebookDocument OfMarkdown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var source = Encoding.UTF8.GetString(JsonStrings.Quote(text));
        return NotebookDocument.Parsed(Encoding.UTF8.GetBytes($$"""{"cells":[{"cell_type":"markdown","metadata":{},"source":{{source}}}],"metadata":{},"nbformat":4,"nbformat_minor":4}"""));
    }

    /// <summary>The page of a source: README becomes the index of its folder, and folders lose the underscore of <c>_notebooks</c> and <c>_posts</c>.</summary>
    public static string UrlOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Split('/');
        for (var part = 0; part < parts.Length - 1; part++) parts[part] = parts[part].TrimStart('_');
        var name = System.IO.Path.GetFileNameWithoutExtension(parts[^1]);
        parts[^1] = name.Equals("readme", StringComparison.OrdinalIgnoreCase) || name.Equals("index", StringComparison.OrdinalIgnoreCase) ? "index.html" : name + ".html";
        return string.Join('/', parts);
    }

    /// <summary>A file's or folder's name as a title: without its number, in words.</summary>
    internal static string Words(string name)
    {
        if (DateIn(name) is not null) name = name[11..];
        var words = name.TrimStart("0123456789".ToCharArray()).TrimStart('-', '_', '.', ' ').Replace('_', ' ').Replace('-', ' ').Trim();
        if (words.Length == 0) words = name;
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static DateOnly? DateIn(string name) =>
        name.Length > 11 && name[10] is '-' or '_' && DateOnly.TryParseExact(name.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
