using System.Text;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Holdfast.Notebooks.Rendering;

/// <summary>A heading of a page.</summary>
/// <param name="Level">1 to 6.</param>
/// <param name="Id">What links to it name.</param>
/// <param name="Text">Without markup.</param>
internal sealed record Heading(int Level, string Id, string Text);

/// <summary>Markdown as JupyterLab shows it (GitHub's, with formulas), as HTML that can do nothing to the page around it.</summary>
internal sealed class MarkdownHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseTaskLists().UseAutoLinks().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).Build();

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly List<Heading> _headings = [];

    /// <summary>The headings so far.</summary>
    public IReadOnlyList<Heading> Headings => _headings;

    /// <summary>Whether there was a formula.</summary>
    public bool HasFormulas { get; private set; }

    /// <summary>The address of a link; null takes it away.</summary>
    public Func<string, string?> Link { get; init; } = url => url;

    /// <summary>The address of a picture; null takes it away.</summary>
    public Func<string, string?> Source { get; init; } = url => url;

    /// <summary>Headings become parts of the page, with anchors. Outputs have none.</summary>
    public string Of(string markdown, bool withAnchors = true, Func<string, string?>? attachments = null)
    {
        var (text, formulas) = MathText.Take(markdown.Replace("\r\n", "\n", StringComparison.Ordinal));
        HasFormulas |= formulas.Count > 0;
        MarkdownDocument document;
        try
        {
            document = Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig's answer to hundreds of levels of nesting.
            return $"<pre>{Html.Text(markdown)}</pre>";
        }

        if (withAnchors)
        {
            foreach (var heading in document.Descendants<HeadingBlock>()) Anchor(heading, formulas);
        }

        var html = new StringWriter();
        var renderer = new HtmlRenderer(html);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new CodeRenderer());
        renderer.Render(document);
        var filter = new HtmlFilter { Link = Link, Source = url => attachments?.Invoke(url) ?? Source(url) };
        return MathText.Put(filter.Run(html.ToString()), formulas);
    }

    /// <summary>An id as JupyterLab gives it, blanks as dashes, and one as GitHub does, which links in notebooks use as well.</summary>
    private void Anchor(HeadingBlock heading, IReadOnlyList<Formula> formulas)
    {
        if (heading.Inline is not { } inline) return;
        var text = MathText.PutPlain(PlainText(inline), formulas).Trim();
        if (text.Length == 0) return;
        var id = Unused(text.Replace(' ', '-'));
        _headings.Add(new Heading(heading.Level, id, text));
        heading.GetAttributes().Id = id;
        var slug = string.Concat(text.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');
        if (slug.Length > 0 && _ids.Add(slug)) inline.FirstChild!.InsertBefore(new HtmlInline($"<a id=\"{slug}\"></a>"));
        inline.AppendChild(new HtmlInline($"<a class=\"anchor-link\" href=\"#{Html.Text(Uri.EscapeDataString(id))}\">¶</a>"));
    }

    private string Unused(string id)
    {
        var unused = id;
        for (var number = 1; !_ids.Add(unused); number++) unused = $"{id}-{number}";
        return unused;
    }

    private static string PlainText(ContainerInline inline)
    {
        var text = new StringBuilder();
        foreach (var leaf in inline.Descendants())
        {
            if (leaf is LiteralInline literal) text.Append(literal.Content.AsSpan());
            else if (leaf is CodeInline code) text.Append(code.Content);
            else if (leaf is HtmlEntityInline entity) text.Append(entity.Transcoded.AsSpan());
            else if (leaf is LineBreakInline) text.Append(' ');
        }

        return text.ToString();
    }

    /// <summary>Blocks of code: Python in colours, other languages as they are.</summary>
    private sealed class CodeRenderer : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock obj)
        {
            var language = (obj as FencedCodeBlock)?.Info?.Trim('{', '}', '.') ?? "";
            var html = new StringBuilder("<pre><code");
            if (language.Length > 0) html.Append(" class=\"language-").AppendText(language).Append('"');
            html.Append('>');
            var code = string.Join('\n', obj.Lines.Lines.Take(obj.Lines.Count).Select(line => line.Slice.ToString()));
            if (language is "python" or "py" or "python3" or "ipython" or "ipython3") PythonHtml.Append(html, code);
            else html.AppendText(code);
            renderer.EnsureLine();
            renderer.Write(html.Append("\n</code></pre>").ToString());
            renderer.EnsureLine();
        }
    }
}
