using System.Text;

namespace Holdfast.Notebooks.Rendering;

/// <summary>A notebook as one HTML file that needs nothing else: it looks like JupyterLab's light theme, pictures and styles are in it.</summary>
public static class NotebookHtml
{
    /// <summary>
    /// Makes the page. Outputs are foreign code: HTML that could run something is put into a frame without rights, see <see cref="HtmlOptions.KeepScripts"/>; HTML in Markdown is
    /// left with what can do no harm.
    /// </summary>
    /// <param name="notebook">In any version.</param>
    /// <param name="title">Of the page.</param>
    /// <param name="options">Null for the defaults.</param>
    public static string Of(NotebookDocument notebook, string title, HtmlOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(title);
        options ??= new HtmlOptions();
        var body = NotebookBody.Of(notebook.Upgrade(), options);
        var math = body.HasFormulas ? options.Math?.Invoke() : null;
        List<string> scripts = [];
        if (body.HasFrames) scripts.Add(PageParts.FramesScript);
        if (math is not null) scripts.AddRange([math.Script, PageParts.MathScript]);

        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        if (!options.KeepScripts) page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"").AppendText(PageParts.Policy(body.HasFrames, body.HasFrames ? "" : PageParts.Digests(scripts))).Append("\">\n");
        page.Append("<title>").AppendText(title).Append("</title>\n<style>\n").Append(PageParts.NotebookStyle).Append("</style>\n");
        if (math is not null) page.Append("<style>").Append(math.Style).Append("</style>\n");
        page.Append("</head>\n<body>\n<main class=\"jp-Notebook\">\n").Append(body.Html).Append("</main>\n");
        foreach (var script in scripts) page.Append("<script>").Append(script).Append("</script>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }

    /// <summary>The first heading of the first level; null when there is none.</summary>
    public static string? TitleOf(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var markdown = new MarkdownHtml();
        foreach (var cell in notebook.Upgrade().Cells.Where(cell => cell.Type == "markdown")) markdown.Of(cell.Source);
        return markdown.Headings.FirstOrDefault(heading => heading.Level == 1)?.Text;
    }
}
