using System.Text;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Notebooks.Tests.Rendering;

public class AnsiHtmlTests
{
    [Theory]
    [InlineData("a <b> & \"c\"", "a &lt;b&gt; &amp; &quot;c&quot;")]
    [InlineData("\e[31mred\e[0m plain", "<span class=\"ansi-red-fg\">red</span> plain")]
    [InlineData("\e[1;31mred\e[m", "<span class=\"ansi-red-intense-fg ansi-bold\">red</span>")]
    [InlineData("\e[91;104mx", "<span class=\"ansi-red-intense-fg ansi-blue-intense-bg\">x</span>")]
    [InlineData("\e[38;5;9mx", "<span class=\"ansi-red-intense-fg\">x</span>")]
    [InlineData("\e[38;5;208mx", "<span style=\"color:rgb(255,135,0);\">x</span>")]
    [InlineData("\e[48;5;244mx", "<span style=\"background-color:rgb(128,128,128);\">x</span>")]
    [InlineData("\e[38;2;1;2;300mx", "<span style=\"color:rgb(1,2,255);\">x</span>")]
    [InlineData("\e[38:5:208mx", "<span style=\"color:rgb(255,135,0);\">x</span>")]
    [InlineData("\e[3;4;9mx\e[23;24;29my", "<span class=\"ansi-italic ansi-underline ansi-strike\">x</span>y")]
    [InlineData("\e[7mx", "<span class=\"ansi-default-inverse-fg ansi-default-inverse-bg\">x</span>")]
    [InlineData("\e[31;7mx\e[27my", "<span class=\"ansi-default-inverse-fg ansi-red-bg\">x</span><span class=\"ansi-red-fg\">y</span>")]
    [InlineData("\e[2K\e[1Ax\e[?25h", "x")]
    [InlineData("\e]0;title\ax\e]8;;http://e\e\\link\e]8;;\e\\", "xlink")]
    [InlineData("\e]never closed\nx", "\nx")]
    [InlineData("10%\r20%\r100%\n", "100%\n")]
    [InlineData("abc\rX\r\nnext", "Xbc\nnext")]
    [InlineData("ab\bc", "ac")]
    [InlineData("\e", "")]
    [InlineData("\e[", "")]
    [InlineData("\e[38;5mx\0\a", "x")]
    public void Append_OfPrintedText_IsHtmlWithItsColours(string text, string expected)
    {
        var html = new StringBuilder();
        AnsiHtml.Append(html, text);

        Assert.Equal(expected, html.ToString());
    }
}
