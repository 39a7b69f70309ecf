using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Rendering;

/// <summary>Whether a part of a cell is on the page.</summary>
internal enum Shown
{
    Open,

    /// <summary>Behind a line that unfolds it.</summary>
    Folded,
    Not,
}

/// <summary>How a cell wants to be shown, by its metadata and tags, and on a site by its directives.</summary>
/// <param name="Input">Its source.</param>
/// <param name="Output">Its outputs.</param>
/// <param name="Source">The source as it is shown.</param>
/// <param name="Summary">The line that unfolds a folded source.</param>
internal sealed record CellView(Shown Input, Shown Output, string Source, string Summary)
{
    /// <param name="cell">Of version 4.</param>
    /// <param name="withDirectives">Whether the lines <c>#| name</c> of nbdev and Quarto and the comments of fastpages count, and are left out.</param>
    public static CellView Of(NotebookCell cell, bool withDirectives)
    {
        var view = new CellView(Shown.Open, Shown.Open, cell.Source, "Code").With(new JsonTape().Load(cell.MetadataJson));
        foreach (var tag in cell.Tags) view = view.With(tag.Replace('_', '-'), []);
        return withDirectives && cell.Type == "code" ? view.WithDirectives() : view;
    }

    private CellView With(JsonTape metadata)
    {
        var jupyter = metadata.Find(0, "jupyter"u8);
        var view = this;
        if (IsTrue(metadata, metadata.Find(0, "hide_input"u8))) view = view with { Input = Shown.Not };
        if (jupyter >= 0 && IsTrue(metadata, metadata.Find(jupyter, "source_hidden"u8))) view = view.FoldInput();
        if (IsTrue(metadata, metadata.Find(0, "collapsed"u8)) || (jupyter >= 0 && IsTrue(metadata, metadata.Find(jupyter, "outputs_hidden"u8)))) view = view.FoldOutput();
        return view;
    }

    /// <summary>Applies a tag (of nbconvert and Jupyter Book), a directive (of nbdev and Quarto) or a comment (of fastpages); their names agree where they meet.</summary>
    private CellView With(string name, string[] arguments)
    {
        var isOff = arguments is [] or ["false", ..] or ["False", ..];
        return name switch
        {
            "remove-cell" => this with { Input = Shown.Not, Output = Shown.Not },
            "remove-input" => this with { Input = Shown.Not },
            "remove-output" or "remove-outputs" or "remove-all-outputs" => this with { Output = Shown.Not },
            "hide-cell" => FoldInput().FoldOutput(),
            "hide-input" => FoldInput(),
            "hide-output" or "hide-outputs" => FoldOutput(),
            "echo" when isOff && arguments.Length > 0 => this with { Input = Shown.Not },
            "output" when isOff && arguments.Length > 0 => this with { Output = Shown.Not },
            "include" when isOff && arguments.Length > 0 => this with { Input = Shown.Not, Output = Shown.Not },
            "code-fold" when !isOff => FoldInput(),
            "code-summary" when arguments.Length > 0 => this with { Summary = string.Join(' ', arguments).Trim('"', '\'') },
            _ => this,
        };
    }

    private CellView WithDirectives()
    {
        var lines = PythonText.Lines(Source);
        var view = this with { Source = "" };
        foreach (var (name, arguments) in CellDirectives.Of(Source).Named)
        {
            // In nbdev these take away, where the tags of the same name fold.
            view = name switch
            {
                "hide" => view.With("remove-cell", []),
                "hide_input" => view.With("remove-input", []),
                "hide_output" => view.With("remove-output", []),
                _ => view.With(name.Replace('_', '-'), arguments),
            };
        }

        var first = 0;
        for (; first < lines.Count; first++)
        {
            var comment = lines[first].TrimStart().StartsWith('#') ? lines[first].TrimStart()[1..].Trim().Replace('_', '-') : null;
            if (comment is null || (comment.StartsWith('|') is false && Fastpages(comment) is null && comment.Length > 0)) break;
            if (Fastpages(comment) is { } change) view = change(view);
        }

        return view with { Source = string.Concat(lines.Skip(first)).Trim('\n') };
    }

    private static Func<CellView, CellView>? Fastpages(string comment) => comment switch
    {
        "hide" => view => view.With("remove-cell", []),
        "hide-input" => view => view.With("remove-input", []),
        "hide-output" => view => view.With("remove-output", []),
        "collapse" or "collapse-hide" => view => view.FoldInput(),
        "collapse-output" => view => view.FoldOutput(),
        "collapse-show" => view => view,
        _ => null,
    };

    private CellView FoldInput() => this with { Input = Input == Shown.Not ? Input : Shown.Folded };

    private CellView FoldOutput() => this with { Output = Output == Shown.Not ? Output : Shown.Folded };

    private static bool IsTrue(JsonTape tape, int node) => node >= 0 && tape[node].Kind == JsonKind.True;
}
