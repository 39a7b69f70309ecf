using System.Text.Json;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Notebooks.Publishing;

/// <summary>The files that all pages of a site share.</summary>
public static class SiteAssets
{
    /// <summary>The address of the search's words.</summary>
    public const string SearchUrl = "assets/search.js";

    /// <summary>Styles and script, by their addresses.</summary>
    /// <param name="math">Null where formulas stay TeX.</param>
    public static IEnumerable<(string Url, string Text)> Files(MathSetter? math)
    {
        yield return ("assets/site.css", PageParts.NotebookStyle + PageParts.Resource("site.css"));
        yield return ("assets/site.js", PageParts.Resource("site.js") + PageParts.FramesScript + ";\n" + "if(globalThis.katex){" + PageParts.MathScript + "}\n");
        if (math is null) yield break;
        yield return ("assets/katex.css", math.Style);
        yield return ("assets/katex.js", math.Script);
    }

    /// <summary>What the search looks through. A script, not JSON: a page that is opened as a file may not read other files.</summary>
    public static byte[] Search(IEnumerable<SitePage> pages)
    {
        using var bytes = new MemoryStream();
        bytes.Write("siteSearch("u8);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var page in pages.Where(page => page.SearchText is not null))
            {
                json.WriteStartObject();
                json.WriteString("title"u8, page.Entry.Title);
                json.WriteString("url"u8, SiteAddress.Escaped(page.Entry.Url));
                json.WriteString("headings"u8, string.Join(" · ", page.Headings));
                json.WriteString("text"u8, page.SearchText);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        bytes.Write(")\n"u8);
        return bytes.ToArray();
    }
}
