using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>Which cell of a notebook an execution belongs to: rule 2 of docs/recording.md.</summary>
internal sealed class CellFinder
{
    private readonly NotebookDocument _document;
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string>? _stated;
    private string[]? _sources;

    /// <param name="document">The notebook, of version 4.</param>
    /// <param name="stated">The ids that a page has for these very cells, where the file has none; else null.</param>
    public CellFinder(NotebookDocument document, IReadOnlyList<string>? stated)
    {
        _document = document;
        _stated = stated?.Count == document.Cells.Count ? stated : null;
        for (var cell = 0; cell < document.Cells.Count; cell++)
        {
            if (document.ModelIds[cell] is { } id)
                _byId.TryAdd(id, cell);
        }
    }

    /// <summary>Whether all cells have ids, so that a cell that is not found by its id is not there.</summary>
    public bool HasIds => _document is { Major: 4, Minor: >= 5 };

    /// <summary>The cell's number, or -1.</summary>
    /// <param name="execution">Which execution.</param>
    /// <param name="after">Number of the cell that the execution before it belongs to; -1 for none.</param>
    public int Find(Execution execution, int after)
    {
        if (execution.CellId is { } id)
        {
            if (_byId.TryGetValue(id, out var found))
                return IsCode(found) ? found : -1;
            if (HasIds)
                return -1;
            for (var cell = 0; _stated is not null && cell < _stated.Count; cell++)
            {
                if (_stated[cell] == id)
                    return IsCode(cell) ? cell : -1;
            }
        }
        return BySource(execution, after);
    }

    private int BySource(Execution execution, int after)
    {
        _sources ??= [.. _document.Cells.Select(cell => cell.Type == "code" ? cell.Source : "\0")];
        var near = execution.Index >= 0 ? execution.Index : execution.Place >= 0 ? execution.Place : after + 1;
        var best = -1;
        for (var cell = 0; cell < _sources.Length; cell++)
        {
            if (_sources[cell] == execution.Source && (best < 0 || Math.Abs(cell - near) < Math.Abs(best - near)))
                best = cell;
        }
        if (best >= 0)
            return best;
        // Edited while it ran: nothing else of the notebook's shape has changed.
        return execution.Index >= 0 && execution.CellCount == _sources.Length && IsCode(execution.Index) ? execution.Index : -1;
    }

    private bool IsCode(int cell) => _document.Cells[cell].Type == "code";
}
