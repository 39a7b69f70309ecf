using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Holdfast.Notebooks.Rendering;
using Holdfast.Notebooks.Tests.Corpus;
using static Holdfast.Notebooks.Tests.Rendering.Notebooks;

namespace Holdfast.Notebooks.Tests.Rendering;

public partial class NotebookHtmlTests
{
    [Theory]
    [InlineData("text/plain", "a <b>", "<pre>a &lt;b&gt;</pre>")]
    [InlineData("text/html", "<b>x</b>", "jp-RenderedHTML\"><b>x</b></div>")]
    [InlineData("text/markdown", "**x**", "<strong>x</strong>")]
    [InlineData("text/latex", "$x<y$", "<code class=\"math\">x&lt;y</code>")]
    [InlineData("image/png", "AA\nAA\n", "src=\"data:image/png;base64,AAAA\"")]
    [InlineData("image/jpeg", "AAAA", "src=\"data:image/jpeg;base64,AAAA\"")]
    [InlineData("image/gif", "AAAA", "src=\"data:image/gif;base64,AAAA\"")]
    [InlineData("image/svg+xml", "<svg/>", "src=\"data:image/svg+xml;base64,PHN2Zy8+\"")]
    [InlineData("application/javascript", "alert(1)", "<pre>PLAIN</pre>")]
    [InlineData("application/vnd.jupyter.widget-view+json", "x", "<pre>PLAIN</pre>")]
    [InlineData("application/vnd.unknown", "x", "<pre>PLAIN</pre>")]
    public void Html_OfADisplay_ShowsTheRichestFormThatAPageCanShow(string mime, string data, string expected) =>
        Assert.Contains(expected, NotebookHtml.Of(Of(Code("x", Display(mime, data))), "t"), StringComparison.Ordinal);

    [Fact]
    public void Html_OfJson_ShowsItIndented() =>
        Assert.Contains("<pre>{\n  &quot;a&quot;: [\n    1", NotebookHtml.Of(Of(Code("x", Display("application/json", new JsonObject { ["a"] = new JsonArray(1) }))), "t"), StringComparison.Ordinal);

    [Fact]
    public void Html_OfADisplayOfEverything_TakesHtml()
    {
        var display = Display("image/png", Png);
        display["data"]!["text/html"] = "<i>chosen</i>";

        var html = NotebookHtml.Of(Of(Code("x", display)), "t");

        Assert.Contains("<i>chosen</i>", html, StringComparison.Ordinal);
        Assert.DoesNotContain(Png, html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<p onclick='x'>\"quoted\" & <b>x</b></p>")]
    [InlineData("</iframe><script>alert(1)</script>")]
    public void Html_OfAnOutputThatCouldRunSomething_HoldsItInAFrameThatCannotReachThePage(string output)
    {
        var html = NotebookHtml.Of(Of(Code("x", Display("text/html", output))), "t");

        var frame = FrameElement().Match(html);
        Assert.True(frame.Success);
        Assert.Contains(output, WebUtility.HtmlDecode(frame.Groups["doc"].Value), StringComparison.Ordinal);
        // The only script of the page is the one that gives frames their height.
        Assert.Equal(1, html.Split("<script").Length - 1);
        Assert.DoesNotContain("alert(1)</script>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_ThatKeepsScripts_HasThemInThePage()
    {
        var html = NotebookHtml.Of(Of(Code("x", Display("text/html", "<script>alert(1)</script>")), Code("y", Display("application/javascript", "alert(2)"))), "t", new HtmlOptions { KeepScripts = true });

        Assert.Contains("<script>alert(1)</script>", html, StringComparison.Ordinal);
        Assert.Contains("<script>alert(2)</script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Security-Policy", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("</title><script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](<java\tscript:alert(1)>)")]
    [InlineData("![x](javascript:alert(1))")]
    [InlineData("<a href='javascript:alert(1)'>x</a>")]
    [InlineData("# <script>alert(1)</script> \" onmouseover=alert(1)")]
    [InlineData("```x\" onclick=\"alert(1)\ncode\n```")]
    [InlineData("<div onclick=alert(1)>\n\n**x**\n\n</div></main>")]
    [InlineData("[x]: javascript:alert(1)\n\n[x]")]
    [InlineData("$</code><script>alert(1)</script>$")]
    [InlineData("<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>")]
    public void Html_WithAnAttemptInAnyPlace_HasNothingThatRuns(string attempt)
    {
        var html = NotebookHtml.Of(Of(Markdown(attempt), Code(attempt, Printed(attempt), Error(attempt), Display("text/markdown", attempt), Display("text/plain", attempt), Display("text/latex", attempt)), Raw(attempt)), attempt);

        foreach (Match tag in Tag().Matches(html[html.IndexOf("<title>", StringComparison.Ordinal)..]))
        {
            Assert.DoesNotMatch("(?i)^<(script|iframe|svg|object|embed|form|link|base)", tag.Value);
            foreach (Match attribute in Attribute().Matches(tag.Value))
            {
                Assert.DoesNotMatch("(?i)^on", attribute.Groups["name"].Value);
                Assert.DoesNotMatch("(?i)^\\s*(java|vb)\\s*script:", WebUtility.HtmlDecode(attribute.Groups["value"].Value));
            }
        }

        Assert.Equal(1, html.Split("</main>").Length - 1);
    }

    [Fact]
    public void Html_OfAnyNotebook_HoldsEverySourceAndNothingFromElsewhere()
    {
        foreach (var file in Samples.Generated(150))
        {
            var notebook = Samples.Read(file).Upgrade();
            var html = NotebookHtml.Of(notebook, "t");

            var text = WebUtility.HtmlDecode(Tag().Replace(html, ""));
            foreach (var cell in notebook.Cells.Where(cell => cell.Type == "code")) Assert.Contains(string.Concat(cell.Source.Where(c => c is not ('\f' or '\v' or '\b' or '\a' or '\0' or '\e'))), text, StringComparison.Ordinal);
            Assert.DoesNotMatch("""(?i)<(script|link|img|iframe)[^>]*\s(src|href)="(?!data:)""", html);
        }
    }

    [Theory]
    [InlineData("> ", 3000)]
    [InlineData("[", 20_000)]
    [InlineData("*a **b ", 5000)]
    [InlineData("<a x=\"", 20_000)]
    [InlineData("<div>", 20_000)]
    [InlineData("\\begin{a}", 10_000)]
    [InlineData("$x $a ", 10_000)]
    [InlineData("`a ``b ", 10_000)]
    public void Html_OfTextMadeToBeSlow_IsMadeAllTheSame(string piece, int times)
    {
        var text = string.Concat(Enumerable.Repeat(piece, times)) + "the end";

        Assert.Contains("the end", NotebookHtml.Of(Of(Markdown(text), Code("x", Display("text/html", text), Display("text/latex", text))), "t"), StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfPicturesInMarkdown_HasThemInIt()
    {
        var cell = Markdown("![a](attachment:my%20pic.png) ![b](img/b.png) <img src=\"img/c.png\"> ![d](https://example.org/d.png) ![e](attachment:none.png)");
        cell["attachments"] = new JsonObject { ["my pic.png"] = new JsonObject { ["image/png"] = Png } };
        var asked = new List<string>();

        var html = NotebookHtml.Of(Of(cell), "t", new HtmlOptions
        {
            Picture = url =>
            {
                asked.Add(url);
                return "data:image/png;base64,FILE" + asked.Count;
            },
        });

        Assert.Equal(["img/b.png", "img/c.png"], asked);
        Assert.Contains($"src=\"data:image/png;base64,{Png}\"", html, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,FILE1\"", html, StringComparison.Ordinal);
        Assert.Contains("src=\"https://example.org/d.png\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfHeadings_HasAnchorsAsJupyterLabAndGitHubNameThem()
    {
        var html = NotebookHtml.Of(Of(Markdown("# A Small Title\n## A Small Title\n### With `code` & *more*")), "t");

        Assert.Contains("<h1 id=\"A-Small-Title\"><a id=\"a-small-title\"></a>A Small Title", html, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"A-Small-Title-1\">", html, StringComparison.Ordinal);
        Assert.Contains("<h3 id=\"With-code-&amp;-more\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfMarkdown_IsGitHubs()
    {
        var html = new MarkdownHtml().Of("| a |\n|--:|\n| 1 |\n\n- [x] done\n\n~~gone~~ https://example.org/x [^1]\n\n```python\nx = 1\n```");

        Assert.Contains("<td style=\"text-align: right\">1</td>", html, StringComparison.Ordinal);
        Assert.Contains("<input type=\"checkbox\" checked=\"checked\" disabled>", html, StringComparison.Ordinal);
        Assert.Contains("<del>gone</del> <a href=\"https://example.org/x\">https://example.org/x</a> [^1]", html, StringComparison.Ordinal);
        Assert.Contains("<pre><code class=\"language-python\">x <span class=\"cm-operator\">=", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tags":["remove_cell"]}""", false, false, 0)]
    [InlineData("""{"tags":["remove-input"]}""", false, true, 0)]
    [InlineData("""{"tags":["remove_output"]}""", true, false, 0)]
    [InlineData("""{"tags":["hide-input"]}""", true, true, 1)]
    [InlineData("""{"jupyter":{"source_hidden":true,"outputs_hidden":true}}""", true, true, 2)]
    [InlineData("""{"collapsed":true}""", true, true, 1)]
    [InlineData("{}", true, true, 0)]
    public void Html_OfACellThatWantsToBeHidden_HidesOrFoldsIt(string metadata, bool hasInput, bool hasOutput, int folds)
    {
        var html = NotebookHtml.Of(Of(Code("the_source", Printed("the output")).With(metadata)), "t");

        Assert.Equal((hasInput, hasOutput, folds), (html.Contains("the_source", StringComparison.Ordinal), html.Contains("the output", StringComparison.Ordinal), html.Split("<details").Length - 1));
    }

    [Fact]
    public void Html_WithFormulas_HasWhatSetsThemAndElseNot()
    {
        var options = new HtmlOptions { Math = () => new MathSetter("KATEX-SCRIPT", "KATEX-STYLE") };

        Assert.Contains("KATEX-SCRIPT", NotebookHtml.Of(Of(Markdown("$x$")), "t", options), StringComparison.Ordinal);
        Assert.DoesNotContain("KATEX", NotebookHtml.Of(Of(Markdown("x")), "t", options), StringComparison.Ordinal);
    }

    [GeneratedRegex("<[a-zA-Z/!][^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("""\s(?<name>[^\s=>"]+)="(?<value>[^"]*)"?""")]
    private static partial Regex Attribute();

    [GeneratedRegex("""<iframe class="[^"]*" sandbox="allow-scripts" title="Output" srcdoc="(?<doc>[^"]*)"></iframe>""")]
    private static partial Regex FrameElement();
}
