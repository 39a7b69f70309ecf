using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbSiteTests
{
    [Fact]
    public async Task Site_MadeAgain_WritesWhatChangedAndRemovesWhatIsNoMore()
    {
        await using var place = new Place();
        place.Write("d/index.md", "# Home\n\n[one](sub/one.ipynb) ![p](sub/p.png)");
        place.Write("d/sub/one.ipynb", Notebook("# One"));
        place.Write("d/sub/p.png", "picture");
        place.Write("d/old/two.md", "# Two");

        var first = await place.RunAsync("nb", "site", "d");
        var untouched = File.GetLastWriteTimeUtc(place.PathOf("d/_site/sub/one.html"));
        var second = await place.RunAsync("nb", "site", "d");
        place.Write("d/_site/mine.txt", "mine");
        Directory.Delete(place.PathOf("d/old"), recursive: true);
        place.Write("d/index.md", "# Home\n\nother");
        var third = await place.RunAsync("nb", "site", "d");

        Assert.Equal("""
            Written: d/_site/assets/search.js
            Written: d/_site/assets/site.css
            Written: d/_site/assets/site.js
            Written: d/_site/index.html
            Written: d/_site/old/two.html
            Written: d/_site/sub/one.html
            Written: d/_site/sub/p.png
            3 pages in d/_site

            """, first.Out);
        Assert.Equal(new Ran(0, "3 pages in d/_site\n", ""), second);
        Assert.Contains("Removed: d/_site/old/two.html\nRemoved: d/_site/sub/p.png\n2 pages in d/_site\n", third.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.PathOf("d/_site/old")));
        Assert.True(File.Exists(place.PathOf("d/_site/mine.txt")));
        Assert.True(untouched <= File.GetLastWriteTimeUtc(place.PathOf("d/_site/sub/one.html")));
        Assert.Contains("href=\"../index.html\"", await File.ReadAllTextAsync(place.PathOf("d/_site/sub/one.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Site_WithANotebookThatCannotBeRead_NamesItMakesTheOthersAndKeepsItsOldPage()
    {
        await using var place = new Place();
        place.Write("d/a.ipynb", Notebook("# A"));
        place.Write("d/b.ipynb", Notebook("# B"));
        await place.RunAsync("nb", "site", "d", "-o", "out");
        place.Write("d/a.ipynb", "{\"cells\":");
        place.Write("d/c.md", "---\ntitle: [\n---\n");
        place.Write("d/b.md", "# B too");
        place.Write("d/new.ipynb", Notebook("# New"));

        var ran = await place.RunAsync("nb", "site", "d", "-o", "out");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("holdfast: d/a.ipynb:1:10: ", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("holdfast: d/c.md: line 3 of the front matter is not YAML: ", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("would be one page, b.html", ran.Errors, StringComparison.Ordinal);
        Assert.EndsWith("2 pages in out, 3 not made\n", ran.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(place.PathOf("out/a.html")));
        Assert.True(File.Exists(place.PathOf("out/new.html")));
    }

    [Fact]
    public async Task Site_WhereSomebodysOwnFileIs_LeavesItAlone()
    {
        await using var place = new Place();
        place.Write("d/a.md", "# A");
        place.Write("out/a.html", "mine");

        var ran = await place.RunAsync("nb", "site", "d", "-o", "out");

        Assert.Equal(1, ran.ExitCode);
        Assert.Equal("holdfast: out/a.html is there and was not written by 'nb site': it stays as it is. Move it away, or name another folder with -o.\n", ran.Errors);
        Assert.Equal("mine", await File.ReadAllTextAsync(place.PathOf("out/a.html"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Site_OfABlog_HasAFeedAndDraftsStayAway()
    {
        await using var place = new Place();
        place.Write("d/_notebooks/2020-01-02-post.ipynb", Notebook("# \\\"Post\\\"\\n> \\\"Said\\\"\\n\\n- categories: [x]"));
        place.Write("d/_notebooks/2021-01-02-draft.md", "---\ndraft: true\n---\n");
        place.Write("d/_private.md", "# Private");
        place.Write("d/.hidden/a.md", "# Hidden");

        var ran = await place.RunAsync("nb", "site", "d", "--title", "Blog", "--base-url", "https://example.org/b/");

        Assert.EndsWith("1 page in d/_site\n", ran.Out, StringComparison.Ordinal);
        Assert.Contains("href=\"https://example.org/b/notebooks/2020-01-02-post.html\"", await File.ReadAllTextAsync(place.PathOf("d/_site/feed.xml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(">Post</a></h3><p>Said</p>", await File.ReadAllTextAsync(place.PathOf("d/_site/index.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Notebook(string markdown) =>
        $$"""{"cells":[{"cell_type":"markdown","metadata":{},"source":"{{markdown}}"}],"metadata":{},"nbformat":4,"nbformat_minor":4}""";
}
