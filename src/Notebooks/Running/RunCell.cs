using Holdfast.Notebooks.Exporting;

namespace Holdfast.Notebooks.Running;

/// <summary>A code cell of a notebook that is run.</summary>
/// <param name="Index">Its number in the notebook as it is at the start of the run.</param>
/// <param name="Id">The id under which clients know it; null below format 4.5.</param>
/// <param name="Source">Its code.</param>
/// <param name="MayFail">Tagged <c>raises-exception</c>: an error does not end the run.</param>
public sealed record RunCell(int Index, string? Id, string Source, bool MayFail)
{
    private const string Mark = "papermill_description=";

    /// <summary>
    /// What people are shown of it while it runs: what stands behind <c>papermill_description=</c> in it, else its first line that is neither blank
    /// nor a directive, without the mark of a comment.
    /// </summary>
    public string Description
    {
        get
        {
            if (Source.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var mark)
                return FirstLine(Source[(mark + Mark.Length)..]);
            return FirstLine(CellDirectives.Of(Source).Source.TrimStart()).TrimStart('#').Trim();
        }
    }

    /// <summary>The cells that a run executes: code, with something in it, and not tagged <c>skip-execution</c>.</summary>
    public static IReadOnlyList<RunCell> Of(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var cells = new List<RunCell>();
        for (var index = 0; index < notebook.Cells.Count; index++)
        {
            var cell = notebook.Cells[index];
            if (cell.Type != "code" || string.IsNullOrWhiteSpace(cell.Source)) continue;
            var tags = cell.Tags;
            if (!tags.Contains("skip-execution")) cells.Add(new RunCell(index, notebook.ModelIds[index], cell.Source, tags.Contains("raises-exception")));
        }

        return cells;
    }

    private static string FirstLine(string text) => text.AsSpan().EnumerateLines() is var lines && lines.MoveNext() ? lines.Current.Trim().ToString() : "";
}
