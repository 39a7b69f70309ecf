using System.Text;

namespace Holdfast.Notebooks.Rendering;

/// <summary>Outputs as HTML. Of a display the richest form is taken that a page can show by itself.</summary>
internal sealed class OutputHtml(StringBuilder html, MarkdownHtml markdown, bool keepScripts)
{
    private static readonly string[] Pictures = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"];

    // A widget lives in a page with a kernel; its text says what it was.
    private static readonly string[] Order =
        ["text/html", "image/svg+xml", .. Pictures, "text/markdown", "text/latex", "application/json", "text/plain"];

    /// <summary>Whether an output was put into a frame.</summary>
    public bool HasFrames { get; private set; }

    public bool HasFormulas { get; private set; }

    public void Append(CellOutput output)
    {
        switch (output.Type)
        {
            case "stream":
                Printed(output.Text, output.Name == "stderr");
                break;
            case "error":
                Printed(output.Traceback.Count > 0 ? string.Join('\n', output.Traceback) : $"{output.ErrorName}: {output.ErrorValue}", true);
                break;
            case "display_data" or "execute_result":
                Display(output);
                break;
        }
    }

    private void Display(CellOutput output)
    {
        if (keepScripts && !output.Has("text/html") && output.Data("application/javascript") is { } script)
        {
            html.Append("<div class=\"jp-OutputArea-output\"><script>").Append(script.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)).Append("</script></div>");
            return;
        }

        var isWidget = output.Has("application/vnd.jupyter.widget-view+json") && output.Has("text/plain") && !output.Has("text/html");
        var mime = isWidget ? "text/plain" : Order.FirstOrDefault(output.Has);
        if (mime is null || output.Data(mime) is not { } data) return;
        switch (mime)
        {
            case "text/html":
                Page(data);
                break;
            case "image/svg+xml":
                Picture(mime, Convert.ToBase64String(Encoding.UTF8.GetBytes(data)), output);
                break;
            case "text/markdown":
                html.Append("<div class=\"jp-OutputArea-output jp-RenderedHTMLCommon jp-RenderedMarkdown\">").Append(markdown.Of(data, withAnchors: false)).Append("</div>");
                break;
            case "text/latex":
                Latex(data);
                break;
            case "text/plain" or "application/json":
                Printed(data, false);
                break;
            default:
                Picture(mime, string.Concat(data.Where(c => !char.IsWhiteSpace(c))), output);
                break;
        }
    }

    private void Printed(string text, bool isError)
    {
        html.Append("<div class=\"jp-OutputArea-output jp-RenderedText").Append(isError ? " jp-mod-stderr" : "").Append("\"><pre>");
        AnsiHtml.Append(html, text);
        html.Append("</pre></div>");
    }

    private void Picture(string mime, string base64, CellOutput output)
    {
        html.Append("<div class=\"jp-OutputArea-output jp-RenderedImage\"><img alt=\"").AppendText(output.Data("text/plain") ?? "").Append("\" src=\"data:").Append(mime).Append(";base64,").AppendText(base64).Append('"');
        foreach (var side in new[] { "width", "height" })
        {
            if (output.Setting(mime, side) is { Length: > 0 and < 8 } size && size.All(c => char.IsAsciiDigit(c) || c is '.' or '%')) html.Append(' ').Append(side).Append("=\"").Append(size).Append('"');
        }

        var background = output.Setting(mime, "needs_background");
        if (background is "light" or "dark") html.Append(" class=\"jp-needs-").Append(background).Append("-background\"");
        html.Append("></div>");
    }

    private void Latex(string text)
    {
        HasFormulas = true;
        // What IPython's Latex and sympy hold is a formula with its delimiters, or text around some.
        var (rest, formulas) = MathText.Take(text.Replace(@"\(", @"\\(", StringComparison.Ordinal).Replace(@"\)", @"\\)", StringComparison.Ordinal).Replace(@"\[", @"\\[", StringComparison.Ordinal).Replace(@"\]", @"\\]", StringComparison.Ordinal));
        html.Append("<div class=\"jp-OutputArea-output jp-RenderedHTMLCommon jp-RenderedLatex\">").Append(MathText.Put(Html.Text(rest), formulas)).Append("</div>");
    }

    private void Page(string data)
    {
        if (keepScripts)
        {
            html.Append("<div class=\"jp-OutputArea-output jp-RenderedHTMLCommon jp-RenderedHTML\">").Append(data).Append("</div>");
            return;
        }

        var filter = new HtmlFilter();
        var clean = filter.Run(data);
        if (filter.IsHarmless)
        {
            html.Append("<div class=\"jp-OutputArea-output jp-RenderedHTMLCommon jp-RenderedHTML\">").Append(clean).Append("</div>");
            return;
        }

        HasFrames = true;
        html.Append("<iframe class=\"jp-OutputArea-output jp-frame\" sandbox=\"allow-scripts\" title=\"Output\" srcdoc=\"")
            .AppendText("<!doctype html><meta charset=\"utf-8\"><style>").AppendText(PageParts.FrameStyle).AppendText("</style><body class=\"jp-RenderedHTMLCommon jp-RenderedHTML\">")
            .AppendText(data).AppendText("<script>").AppendText(PageParts.FrameScript).AppendText("</script>").Append("\"></iframe>");
    }
}
