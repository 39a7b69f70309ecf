using System.Globalization;
using System.Text;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Rendering;

/// <summary>The cells of a notebook as HTML, and what the page around them has to know.</summary>
internal sealed class NotebookBody
{
    private readonly StringBuilder _html = new();
    private readonly MarkdownHtml _markdown;
    private readonly OutputHtml _outputs;
    private readonly bool _isPython;
    private readonly bool _withDirectives;

    private NotebookBody(NotebookDocument notebook, HtmlOptions options, bool withDirectives, Func<string, string?>? link)
    {
        _markdown = new MarkdownHtml { Link = link ?? (url => url), Source = url => IsRelative(url) ? options.Picture?.Invoke(url) ?? url : url };
        _outputs = new OutputHtml(_html, _markdown, options.KeepScripts);
        _isPython = ScriptLanguage.Of(notebook).IsPython;
        _withDirectives = withDirectives;
    }

    public string Html => _html.ToString();

    public IReadOnlyList<Heading> Headings => _markdown.Headings;

    public bool HasFrames => _outputs.HasFrames;

    public bool HasFormulas => _markdown.HasFormulas || _outputs.HasFormulas;

    /// <param name="notebook">Of version 4.</param>
    /// <param name="options">How.</param>
    /// <param name="withDirectives">See <see cref="CellView"/>.</param>
    /// <param name="link">The address of a link in Markdown; null leaves all as they are.</param>
    /// <param name="isShown">By number of a cell; null for all.</param>
    public static NotebookBody Of(NotebookDocument notebook, HtmlOptions options, bool withDirectives = false, Func<string, string?>? link = null, Func<int, bool>? isShown = null)
    {
        var body = new NotebookBody(notebook, options, withDirectives, link);
        for (var number = 0; number < notebook.Cells.Count; number++)
        {
            if (isShown?.Invoke(number) ?? true) body.Append(notebook.Cells[number]);
        }

        return body;
    }

    public static bool IsRelative(string url) => url.Length > 0 && url[0] is not ('#' or '/') && !(url.IndexOf(':') is > 0 and var colon && url.AsSpan(0, colon).IndexOfAny('/', '?', '#') < 0);

    private void Append(NotebookCell cell)
    {
        var view = CellView.Of(cell, _withDirectives);
        switch (cell.Type)
        {
            case "code":
                Code(cell, view);
                break;
            case "markdown" when view.Input != Shown.Not && cell.Source.Length > 0:
                Fold(view.Input, "Text", () => Area("jp-Cell jp-MarkdownCell", "", $"<div class=\"jp-RenderedHTMLCommon jp-RenderedMarkdown\">{_markdown.Of(cell.Source, attachments: Attachments(cell))}</div>"));
                break;
            case "raw" when view.Input != Shown.Not && cell.Source.Length > 0 && !_withDirectives:
                Area("jp-Cell jp-RawCell", "", $"<div class=\"jp-RenderedText\"><pre>{Rendering.Html.Text(cell.Source)}</pre></div>");
                break;
        }
    }

    private void Code(NotebookCell cell, CellView view)
    {
        var outputs = view.Output == Shown.Not ? [] : CellOutput.Of(cell);
        var hasInput = view.Input != Shown.Not && (view.Source.Length > 0 || !_withDirectives);
        if (!hasInput && outputs.Count == 0) return;
        var count = cell.ExecutionCount?.ToString(CultureInfo.InvariantCulture);
        _html.Append("<div class=\"jp-Cell jp-CodeCell\">");
        if (hasInput)
        {
            Fold(view.Input, view.Summary, () =>
            {
                var code = new StringBuilder("<div class=\"jp-Editor\"><pre>");
                if (_isPython) PythonHtml.Append(code, view.Source);
                else code.AppendText(view.Source);
                Area("jp-InputArea", $"<div class=\"jp-InputPrompt\">[{count ?? " "}]:</div>", code.Append("</pre></div>").ToString());
            });
        }

        if (outputs.Count > 0) Fold(view.Output, "Output", () => Outputs(outputs, count));
        _html.Append("</div>\n");
    }

    private void Outputs(IReadOnlyList<CellOutput> outputs, string? count)
    {
        foreach (var output in outputs)
        {
            _html.Append("<div class=\"jp-OutputArea\"><div class=\"jp-OutputPrompt\">").Append(output.Type == "execute_result" && count is not null ? $"[{count}]:" : "").Append("</div>");
            _outputs.Append(output);
            _html.Append("</div>");
        }
    }

    private void Area(string name, string prompt, string content) =>
        _html.Append("<div class=\"").Append(name).Append("\">").Append(prompt.Length > 0 ? prompt : "<div class=\"jp-InputPrompt\"></div>").Append(content).Append("</div>\n");

    private void Fold(Shown shown, string summary, Action content)
    {
        if (shown == Shown.Folded) _html.Append("<details class=\"jp-fold\"><summary>").AppendText(summary).Append("</summary>");
        content();
        if (shown == Shown.Folded) _html.Append("</details>\n");
    }

    /// <summary>Gives the data URL of a picture that is kept in the cell, for its address <c>attachment:name</c>.</summary>
    private static Func<string, string?>? Attachments(NotebookCell cell)
    {
        var tape = new JsonTape().Load(cell.Json);
        var attachments = tape.Find(0, "attachments"u8);
        if (attachments < 0) return null;
        return url =>
        {
            if (!url.StartsWith("attachment:", StringComparison.Ordinal)) return null;
            var bundle = tape.Find(attachments, Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url[11..])));
            if (bundle < 0) return null;
            foreach (var key in tape[bundle].Kind == JsonKind.Object ? tape.Items(bundle) : [])
            {
                var mime = Encoding.UTF8.GetString(tape.Name(key));
                if (!mime.StartsWith("image/", StringComparison.Ordinal) || !JsonText.Is(tape, key + 1)) continue;
                var data = JsonText.ToString(tape, key + 1);
                return $"data:{mime};base64,{(mime == "image/svg+xml" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(data)) : string.Concat(data.Where(c => !char.IsWhiteSpace(c))))}";
            }

            return null;
        };
    }
}
