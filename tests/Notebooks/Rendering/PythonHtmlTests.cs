using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Notebooks.Rendering;
using Holdfast.Notebooks.Tests.Python;

namespace Holdfast.Notebooks.Tests.Rendering;

public partial class PythonHtmlTests
{
    [Theory]
    [InlineData("def f(x): return None", "<span class=\"cm-keyword\">def</span> <span class=\"cm-def\">f</span>(x): <span class=\"cm-keyword\">return</span> <span class=\"cm-atom\">None</span>")]
    [InlineData("a.sum('<b>')  # c", "a.<span class=\"cm-property\">sum</span>(<span class=\"cm-string\">'&lt;b&gt;'</span>)  <span class=\"cm-comment\"># c</span>")]
    [InlineData("%cd x\nlen(1)", "<span class=\"cm-meta\">%cd x</span>\n<span class=\"cm-builtin\">len</span>(<span class=\"cm-number\">1</span>)")]
    [InlineData("!echo \"it's\nx = 1", "<span class=\"cm-meta\">!echo &quot;it's</span>\nx <span class=\"cm-operator\">=</span> <span class=\"cm-number\">1</span>")]
    [InlineData("%%bash\nfor <x>", "<span class=\"cm-meta\">%%bash</span>\nfor &lt;x&gt;")]
    [InlineData("%%time\nif 1: pass", "<span class=\"cm-meta\">%%time</span>\n<span class=\"cm-keyword\">if</span> <span class=\"cm-number\">1</span>: <span class=\"cm-keyword\">pass</span>")]
    [InlineData("@dec\ndef f(): a @ b", "<span class=\"cm-meta\">@</span>dec\n<span class=\"cm-keyword\">def</span> <span class=\"cm-def\">f</span>(): a <span class=\"cm-operator\">@</span> b")]
    public void Append_OfPython_GivesTokensTheirClasses(string source, string expected) => Assert.Equal(expected, Highlighted(source));

    [Fact]
    public void Append_OfAnySource_KeepsEveryCharacter()
    {
        foreach (var source in SourceGenerator.Sources(3000))
        {
            var text = WebUtility.HtmlDecode(Tags().Replace(Highlighted(source), ""));
            Assert.Equal(string.Concat(source.Where(c => c is not ('\f' or '\v' or '\b' or '\a'))), text);
        }
    }

    private static string Highlighted(string source)
    {
        var html = new StringBuilder();
        PythonHtml.Append(html, source);
        return html.ToString();
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();
}
