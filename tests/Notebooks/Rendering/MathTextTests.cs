using Holdfast.Notebooks.Rendering;

namespace Holdfast.Notebooks.Tests.Rendering;

public class MathTextTests
{
    [Theory]
    [InlineData("a $x_1 * y_2$ b", "x_1 * y_2", false)]
    [InlineData("$$\na < b\n$$", "\na < b\n", true)]
    [InlineData(@"\\(x\\)", "x", false)]
    [InlineData(@"\\[x\\]", "x", true)]
    [InlineData("\\begin{align*}\na &= b \\\\\n\\end{align*}", "\\begin{align*}\na &= b \\\\\n\\end{align*}", true)]
    [InlineData("$\\text{a $b$ c}$", "\\text{a $b$ c}", false)]
    [InlineData(@"$\$5$", @"\$5", false)]
    public void Take_OfAFormula_GivesItWithoutDelimiters(string markdown, string tex, bool isDisplay)
    {
        var formula = Assert.Single(MathText.Take(markdown).Formulas);

        Assert.Equal((tex, isDisplay), (formula.Tex, formula.IsDisplay));
    }

    [Theory]
    [InlineData("`$a` and `$b`")]
    [InlineData("```\n$a$\n```")]
    [InlineData("~~~ sh\necho $A $B\n~~~")]
    [InlineData(@"\$5 and \$6")]
    [InlineData("$5\n\nand $6")]
    [InlineData("only $ one")]
    [InlineData(@"\begin{never}")]
    [InlineData("``$a`$``")]
    public void Take_OfWhatIsNoFormula_LeavesItAlone(string markdown)
    {
        var (text, formulas) = MathText.Take(markdown);

        Assert.Empty(formulas);
        Assert.Equal(markdown, text);
    }

    [Fact]
    public void Put_IntoElementsAndAttributes_NeverMakesMarkupOfTex() =>
        Assert.Equal(
            "<p><code class=\"math\">a&lt;b&gt;</code></p>\n<p><img src=\"x\" alt=\"$&quot;&lt;x$\"></p>\n",
            new MarkdownHtml().Of("$a<b>$\n\n![$\"<x$](x)").Replace(" class=\"math\" ", " class=\"math\"", StringComparison.Ordinal));
}
