using System.Text;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Percent;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Lab.NbConvert;

/// <summary>What became of a notebook.</summary>
/// <param name="Extension">Of its file, with the dot.</param>
/// <param name="MimeType">Of its content; a text is UTF-8.</param>
/// <param name="Content">The file.</param>
internal sealed record ConvertedNotebook(string Extension, string MimeType, ReadOnlyMemory<byte> Content)
{
    public ConvertedNotebook(string extension, string mimeType, string text) : this(extension, mimeType, Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>Further files that belong to it, by their paths from it.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>();
}

/// <summary>Something that a notebook can become.</summary>
/// <param name="Name">As in addresses; pages show it in their menus.</param>
/// <param name="MimeType">What clients are told; empty where it depends on the notebook.</param>
/// <param name="MakeAsync">Makes it of a notebook and its name without extension, or says why not.</param>
internal sealed record NotebookFormat(string Name, string MimeType, Func<NotebookDocument, string, CancellationToken, Task<(ConvertedNotebook? Made, string? Failure)>> MakeAsync)
{
    private NotebookFormat(string name, string mimeType, Func<NotebookDocument, string, ConvertedNotebook> make)
        : this(name, mimeType, (notebook, title, _) => Task.FromResult<(ConvertedNotebook?, string?)>((make(notebook, title), null)))
    {
    }

    /// <summary>All of them, in the order of the menu.</summary>
    public static IReadOnlyList<NotebookFormat> All { get; } =
    [
        new("html", "text/html", (notebook, name) => new(".html", "text/html", NotebookHtml.Of(notebook, NotebookHtml.TitleOf(notebook) ?? name, new HtmlOptions { Math = MathSetter.OfProgram }))),
        new("markdown", "text/markdown", (notebook, name) => Markdown(NotebookMarkdown.Of(notebook, name))),
        new("notebook", "application/json", (notebook, _) => new(".ipynb", "application/json", notebook.Bytes)),
        new("percent", "", (notebook, _) => Script(NotebookPercent.Of(notebook))),
        new("script", "", (notebook, _) => Script(NotebookScript.Of(notebook))),
    ];

    private static ConvertedNotebook Markdown(ExportedMarkdown made) => new(".md", "text/markdown", made.Text) { Files = made.Files };

    private static ConvertedNotebook Script(ExportedScript script) => new(script.Extension, script.IsPython ? "text/x-python" : "text/plain", script.Text);
}
