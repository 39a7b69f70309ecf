using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbToTests
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static readonly string Notebook = $$$"""
        {"cells":[{"cell_type":"markdown","metadata":{},"source":"# A title\n\n![in](pic.png) ![out](../secret.png) ![link](linked.png) $x$"},
        {"cell_type":"code","execution_count":1,"metadata":{},"source":"plot()","outputs":[{"output_type":"display_data","metadata":{},"data":{"image/png":"{{{Png}}}"}}]}],
        "metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":4}
        """;

    [Fact]
    public async Task Html_OfANotebook_IsBesideItWithThePicturesOfItsFolderOnly()
    {
        await using var place = new Place();
        place.Write("n/a.ipynb", Notebook);
        await File.WriteAllBytesAsync(place.PathOf("n/pic.png"), Convert.FromBase64String(Png), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(place.PathOf("secret.png"), [1, 2, 3], TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(place.PathOf("n/linked.png"), place.PathOf("secret.png"));

        var ran = await place.RunAsync("nb", "to", "html", "n/a.ipynb");

        Assert.Equal(new Ran(0, "Exported: n/a.ipynb to n/a.html\n", ""), ran);
        var html = await File.ReadAllTextAsync(place.PathOf("n/a.html"), TestContext.Current.CancellationToken);
        Assert.Contains("<title>A title</title>", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split(Png).Length - 1);
        Assert.Contains("src=\"../secret.png\"", html, StringComparison.Ordinal);
        Assert.Contains("src=\"linked.png\"", html, StringComparison.Ordinal);
        Assert.Equal(Notebook, await File.ReadAllTextAsync(place.PathOf("n/a.ipynb"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Html_OfAFolder_IsMadeOfEachAndOfCurrentOnesNotAgain()
    {
        await using var place = new Place();
        place.Write("n/a.ipynb", Notebook);
        place.Write("n/b/c.ipynb", Notebook);
        place.Write("n/bad.ipynb", "{");

        var first = await place.RunAsync("nb", "to", "html", "n", "-o", "out");
        var second = await place.RunAsync("nb", "to", "html", "n", "-o", "out");

        Assert.Equal("Exported: n/a.ipynb to out/a.html\nExported: n/b/c.ipynb to out/c.html\n", first.Out);
        Assert.StartsWith("holdfast: n/bad.ipynb:1:2: ", first.Errors, StringComparison.Ordinal);
        Assert.Equal((1, 1, ""), (first.ExitCode, second.ExitCode, second.Out));
    }

    [Fact]
    public async Task Markdown_WithPictures_HasThemInAFolderBesideItAndOnStandardOutputInTheText()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook);

        var written = await place.RunAsync("nb", "to", "markdown", "a.ipynb", "-o", "sub/b.md");
        var printed = await place.RunAsync("nb", "to", "markdown", "a.ipynb", "-o", "-");

        Assert.Equal(new Ran(0, "Exported: a.ipynb to sub/b.md\n", ""), written);
        Assert.Contains("![png](b_files/b_1_0.png)", await File.ReadAllTextAsync(place.PathOf("sub/b.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(Convert.FromBase64String(Png), await File.ReadAllBytesAsync(place.PathOf("sub/b_files/b_1_0.png"), TestContext.Current.CancellationToken));
        Assert.Contains($"![png](data:image/png;base64,{Png})", printed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_WithWhatCannotBe_SaysSo()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook);

        var kind = await place.RunAsync("nb", "to", "pdf", "a.ipynb");
        var option = await place.RunAsync("nb", "to", "markdown", "--title", "T", "a.ipynb");
        var none = await place.RunAsync("nb", "to", "html", "none.ipynb");

        Assert.Equal(new Ran(2, "", "holdfast: A notebook cannot become 'pdf'; the kinds are html, markdown, percent.\n'holdfast nb to --help' says more.\n"), kind);
        Assert.Equal((2, "holdfast: --title, --keep-scripts and --leave-pictures are for html.\n"), (option.ExitCode, option.Errors));
        Assert.Equal(new Ran(1, "", "holdfast: none.ipynb does not exist.\n"), none);
    }
}
