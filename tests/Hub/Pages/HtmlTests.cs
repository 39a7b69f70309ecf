using Holdfast.Hub.Pages;

namespace Holdfast.Hub.Tests.Pages;

public sealed class HtmlTests
{
    [Fact]
    public void Hole_WithText_IsEncoded_AndHtmlIsNot()
    {
        Html inner = $"<b>{"<script>\"&'"}</b>";
        Html outer = $"<p>{inner}{7}{new[] { inner, inner }}{Html.If(false, inner)}{Html.Empty}{(string?)null}</p>";

        var encoded = "<b>&lt;script&gt;&quot;&amp;&#x27;</b>";
        Assert.Equal($"<p>{encoded}7{encoded}{encoded}</p>", outer.ToString());
    }
}
