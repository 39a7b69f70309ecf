using System.Text.Json;
using System.Xml.Linq;
using Holdfast.Notebooks.Publishing;
using static Holdfast.Notebooks.Tests.Rendering.Notebooks;

namespace Holdfast.Notebooks.Tests.Publishing;

public class SiteTests
{
    private const string Fastpages = "# \"A *post*\"\n> \"What it is\"\n\n- toc: false\n- badges: true\n- categories: [jupyter, \"deep learning\"]\n- author: A. Writer\n\nText";
    private const string Nbdev = "---\ntitle: \"A page: one\"\ndescription: Said in YAML\ndate: 2021-06-01\ncategories:\n  - a\n  - b\nsearch_exclude: true\n---";

    [Fact]
    public void Entry_OfFastpages_IsReadFromTheFirstMarkdownCell()
    {
        var (entry, page) = Made("_notebooks/2020-01-02-name.ipynb", Of(Markdown(Fastpages)));

        Assert.Equal(("notebooks/2020-01-02-name.html", "A post", new DateOnly(2020, 1, 2)), (entry.Url, entry.Title, entry.Date));
        Assert.Contains("<h1>A post</h1><p class=\"site-description\">What it is</p>", page.Html, StringComparison.Ordinal);
        Assert.Contains("<time>2020-01-02</time> · A. Writer · <span class=\"site-category\">jupyter</span> · <span class=\"site-category\">deep learning</span>", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("badges", page.Html, StringComparison.Ordinal);
        Assert.Contains("<p>Text</p>", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_OfNbdev_IsReadFromTheRawCellInYaml()
    {
        var (entry, page) = Made("a.ipynb", Of(Raw(Nbdev), Markdown("# Another heading\n\nText")));

        Assert.Equal(("A page: one", new DateOnly(2021, 6, 1)), (entry.Title, entry.Date));
        Assert.Contains("<h1>A page: one</h1><p class=\"site-description\">Said in YAML</p>", page.Html, StringComparison.Ordinal);
        Assert.Contains("Another heading", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("search_exclude", page.Html, StringComparison.Ordinal);
        Assert.Null(page.SearchText);
    }

    [Theory]
    [InlineData("# T\n\n- a list: of things\n- without a key and value", "a list")]
    [InlineData("# T\n\n> A quote\n> of two lines", "of two lines")]
    [InlineData("# T\n\n- https://example.org/x", "example.org")]
    public void Entry_WithTextThatOnlyLooksLikeFrontMatter_KeepsIt(string markdown, string kept) => Assert.Contains(kept, Made("a.ipynb", Of(Markdown(markdown))).Page.Html, StringComparison.Ordinal);

    [Theory]
    [InlineData("draft: true")]
    [InlineData("published: false")]
    public void Site_WithADraft_LeavesItOut(string mark)
    {
        var site = new Site(new SiteOptions("S"), [Entry("a.md", $"---\n{mark}\n---\n# A"), Entry("b.md", "# B")]);

        Assert.Equal(["b.html"], site.Entries.Select(entry => entry.Url));
    }

    [Fact]
    public void Site_WithAHiddenPage_MakesItAndNamesItNowhere()
    {
        var site = new Site(new SiteOptions("S"), [Entry("a.md", "---\nhide: true\ndate: 2020-02-02\n---\n# Secret"), Entry("b.md", "# B")]);

        Assert.Equal(2, site.Entries.Count);
        Assert.False(site.HasFeed);
        Assert.DoesNotContain("Secret", site.Index()!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\ntitle: [\n---\n", "line")]
    [InlineData("---\na: b: c\n---\n", "line")]
    public void Entry_WithBrokenYaml_SaysWhere(string text, string expected) => Assert.Contains(expected, Entry("a.md", text).Problem, StringComparison.Ordinal);

    [Fact]
    public void Contents_OfFolders_AreInTheOrderOfTheirNumbers()
    {
        string[] paths = ["10-last.md", "2-second.md", "zeta.md", "01_guide/02-b.md", "01_guide/01-a.md", "01_guide/index.md", "index.md"];
        var site = new Site(new SiteOptions("S"), paths.Select(path => Entry(path, "text")));

        Assert.Equal(["index.md", "01_guide/index.md", "01_guide/01-a.md", "01_guide/02-b.md", "2-second.md", "10-last.md", "zeta.md"], site.Entries.Select(entry => entry.Path));
        Assert.Equal(["Index", "Index", "A", "B", "Second", "Last", "Zeta"], site.Entries.Select(entry => entry.Title));
        Assert.Null(site.Index());
    }

    [Fact]
    public void Links_BetweenPages_LeadToPages()
    {
        var notebook = Of(Markdown("[a](../b/02%20two.ipynb#Part) [m](other.md) [f](data.csv) ![p](img/p.png) [out](../../x.ipynb) [none](none.ipynb) [web](https://e.org/x.ipynb) [here](#x)"));
        var site = new Site(new SiteOptions("S"), [SiteEntry.Of("a/one.ipynb", notebook), Entry("b/02 two.ipynb", "x"), Entry("a/other.md", "x")]);

        var page = site.Page(site.Entries[0], notebook, path => path is "a/data.csv" or "a/img/p.png");

        foreach (var link in new[] { "../b/02%20two.html#Part", "other.html", "data.csv", "../../x.ipynb", "none.ipynb", "https://e.org/x.ipynb", "#x" }) Assert.Contains($"href=\"{link}\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("src=\"img/p.png\"", page.Html, StringComparison.Ordinal);
        Assert.Equal(["a/data.csv", "a/img/p.png"], page.Files);
    }

    [Theory]
    [InlineData("#| hide\nsource_text", false, false, false)]
    [InlineData("#| echo: false\nsource_text", false, true, false)]
    [InlineData("#|output: false\nsource_text", true, false, false)]
    [InlineData("#| include: false\nsource_text", false, false, false)]
    [InlineData("#| code-fold: true\n#| code-summary: \"Look\"\nsource_text", true, true, true)]
    [InlineData("#| export\nsource_text", true, true, false)]
    [InlineData("#hide\nsource_text", false, false, false)]
    [InlineData("#hide_input\nsource_text", false, true, false)]
    [InlineData("#collapse-hide\nsource_text", true, true, true)]
    [InlineData("# a comment\nsource_text", true, true, false)]
    public void Cell_WithADirective_IsShownAsItSays(string source, bool hasInput, bool hasOutput, bool isFolded)
    {
        var html = Made("a.ipynb", Of(Markdown("# T"), Code(source, Printed("output_text")))).Page.Html;

        Assert.Equal((hasInput, hasOutput, isFolded), (html.Contains("source_text", StringComparison.Ordinal), html.Contains("output_text", StringComparison.Ordinal), html.Contains("jp-fold", StringComparison.Ordinal)));
        Assert.DoesNotContain("#|", html, StringComparison.Ordinal);
        Assert.Equal(source.StartsWith("# a", StringComparison.Ordinal), html.Contains("a comment", StringComparison.Ordinal));
        if (source.Contains("Look", StringComparison.Ordinal)) Assert.Contains("<summary>Look</summary>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Feed_OfPosts_IsAtom()
    {
        var site = new Site(new SiteOptions("S & <T>", "https://example.org/notes"), [Entry("_posts/2020-01-02-old.md", "# Old <b>\u0001"), Entry("new.md", "---\ndate: 2021-03-04 10:00\ntitle: New\n---\n")]);

        XNamespace atom = "http://www.w3.org/2005/Atom";
        var feed = XDocument.Load(new MemoryStream(site.Feed()!)).Root!;

        Assert.Equal("S & <T>", feed.Element(atom + "title")!.Value);
        Assert.Equal("2021-03-04T00:00:00Z", feed.Element(atom + "updated")!.Value);
        Assert.Equal(["https://example.org/notes/new.html", "https://example.org/notes/posts/2020-01-02-old.html"], feed.Elements(atom + "entry").Select(entry => entry.Element(atom + "link")!.Attribute("href")!.Value));
        Assert.All(feed.Elements(atom + "entry"), entry => Assert.NotEmpty(entry.Element(atom + "id")!.Value));
    }

    [Fact]
    public void Search_OfPages_FindsTextAndCodeButNotWhatIsHidden()
    {
        var page = Made("a.ipynb", Of(Markdown("# T\n\n## Part\nneedle </script>"), Code("#| hide\nsecret"), Code("print(value)"))).Page;

        var script = System.Text.Encoding.UTF8.GetString(SiteAssets.Search([page]));
        Assert.StartsWith("siteSearch(", script, StringComparison.Ordinal);
        Assert.DoesNotContain("<", script, StringComparison.Ordinal);
        var found = Assert.Single(JsonDocument.Parse(script["siteSearch(".Length..script.LastIndexOf(')')]).RootElement.EnumerateArray());
        Assert.Equal(("T", "a.html", "Part"), (found.GetProperty("title").GetString(), found.GetProperty("url").GetString(), found.GetProperty("headings").GetString()));
        Assert.Equal("## Part needle </script> print(value)", found.GetProperty("text").GetString());
    }

    [Fact]
    public void Page_OfASite_LoadsNothingFromElsewhere()
    {
        var html = Made("deep/er/a.ipynb", Of(Markdown("# T\n\n## A\n\n## B"), Code("x", Display("text/html", "<script>1</script>")))).Page.Html;

        Assert.DoesNotMatch("""(?i)<(script|link|img|iframe)[^>]*\s(src|href)="(?!\.\./\.\./)""", html);
        Assert.Contains("On this page", html, StringComparison.Ordinal);
    }

    private static SiteEntry Entry(string path, string markdown) => SiteEntry.Of(path, SiteEntry.OfMarkdown(markdown));

    private static (SiteEntry Entry, SitePage Page) Made(string path, NotebookDocument notebook)
    {
        var entry = SiteEntry.Of(path, notebook);
        return (entry, new Site(new SiteOptions("S"), [entry]).Page(entry, notebook, _ => false));
    }
}
