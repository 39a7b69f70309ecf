using Holdfast.Notebooks.Rendering;

namespace Holdfast.Notebooks.Tests.Rendering;

public class HtmlFilterTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>x", "x")]
    [InlineData("<ScRiPt src=//evil></sCrIpT >x", "x")]
    [InlineData("<script>never closed", "")]
    [InlineData("<img src=x onerror=alert(1)>", "<img src=\"x\">")]
    [InlineData("<img src=x onerror=alert(1)//", "&lt;img src=x onerror=alert(1)//")]
    [InlineData("<img/src=x/onerror=alert(1)>", "<img src=\"x/onerror=alert(1)\">")]
    [InlineData("<a href=javascript:alert(1)>x</a>", "<a>x</a>")]
    [InlineData("<a href=\" java\nscript:alert(1)\">x</a>", "<a>x</a>")]
    [InlineData("<a href=\"&#106;avascript&colon;alert(1)\">x</a>", "<a href=\"javascript&amp;colon;alert(1)\">x</a>")]
    [InlineData("<a href=\"\u0001javascript:alert(1)\">x</a>", "<a>x</a>")]
    [InlineData("<a href=\"data:text/html,<script>\">x</a>", "<a>x</a>")]
    [InlineData("<a href='vbscript:x'>x</a>", "<a>x</a>")]
    [InlineData("<iframe srcdoc='<script>'></iframe>x", "x")]
    [InlineData("<svg><script>alert(1)</script></svg>x", "x")]
    [InlineData("<svg onload=alert(1)>", "")]
    [InlineData("<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>x", "x")]
    [InlineData("<form action=//evil><input name=password><button>ok</button></form>", "ok")]
    [InlineData("<input type=checkbox onclick=x checked>", "<input type=\"checkbox\" checked=\"\" disabled>")]
    [InlineData("<meta http-equiv=refresh content=0;url=//evil><base href=//evil><link rel=stylesheet href=//evil>x", "x")]
    [InlineData("<div style=\"position:fixed;top:0;color:red;background:url(//evil)\">x</div>", "<div style=\"top:0; color:red\">x</div>")]
    [InlineData("<style>body{display:none}</style>x", "x")]
    [InlineData("<!-- <script>alert(1)</script> -->x", "x")]
    [InlineData("<!--><script>alert(1)</script>-->x", "x")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<img src=\"x\">\"&gt;")]
    [InlineData("<p title='\"><script>alert(1)</script>'>x", "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">x</p>")]
    [InlineData("<img name=body src=x><a name=here>y</a>", "<img src=\"x\"><a name=\"here\">y</a>")]
    [InlineData("<object data=x><embed src=y></object>x", "x")]
    [InlineData("<details ontoggle=alert(1) open>x</details>", "<details open=\"\">x</details>")]
    [InlineData("<p xlink:href=javascript:x formaction=javascript:x>x</p>", "<p>x</p>")]
    public void Run_OfMarkupThatCouldDoHarm_LeavesItOut(string html, string expected) => Assert.Equal(expected, new HtmlFilter().Run(html));

    [Theory]
    [InlineData("<script>x</script>")]
    [InlineData("<style>#T_1 { color: red }</style><table id=T_1></table>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<a href=javascript:x>x</a>")]
    [InlineData("<iframe src=x></iframe>")]
    [InlineData("<svg></svg>")]
    [InlineData("<button>x</button>")]
    [InlineData("<p style='position:fixed'>x</p>")]
    [InlineData("<!doctype html><html><body>x</body></html>")]
    public void Run_OfHtmlThatNeedsMoreThanIsAllowed_IsNotHarmless(string html)
    {
        var filter = new HtmlFilter();
        filter.Run(html);

        Assert.False(filter.IsHarmless);
    }

    [Theory]
    [InlineData("<table border=\"1\" class=\"dataframe\"><thead><tr style=\"text-align: right\"><th></th></tr></thead></table>")]
    [InlineData("<b>bold</b> &lt;script&gt; a &amp; b")]
    [InlineData("<a href=\"https://example.org/?a=1&amp;b=2#c\">x</a>")]
    [InlineData("<img src=\"data:image/png;base64,AAAA\" width=\"20\">")]
    [InlineData("<span style=\"color:rgb(1,2,3)\">x</span>")]
    public void Run_OfHarmlessHtml_KeepsItAsItIs(string html)
    {
        var filter = new HtmlFilter();

        Assert.Equal(html, filter.Run(html));
        Assert.True(filter.IsHarmless);
    }

    [Fact]
    public void Run_OfATableOfPandas_IsHarmlessWithoutItsStyle()
    {
        var filter = new HtmlFilter();

        Assert.Equal("<div>\n\n<table></table></div>", filter.Run("<div>\n<style scoped>\n .dataframe th { vertical-align: top; }\n</style>\n<table></table></div>"));
        Assert.True(filter.IsHarmless);
    }

    [Theory]
    [InlineData("</div></div><p>x", "<p>x</p>")]
    [InlineData("<div><b>x", "<div><b>x</b></div>")]
    [InlineData("<p><div></p></div>", "<p><div></div></p>")]
    [InlineData("1 < 2 <3 <", "1 &lt; 2 &lt;3 &lt;")]
    public void Run_OfUnbalancedHtml_ClosesWhatItOpensAndNothingElse(string html, string expected) => Assert.Equal(expected, new HtmlFilter().Run(html));
}
