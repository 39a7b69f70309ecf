namespace Holdfast.Notebooks.Comparing;

/// <summary>What differs between two versions, in words.</summary>
public static class ChangeWords
{
    /// <summary>Says it for two files; null is one that is no notebook.</summary>
    public static string Of(NotebookDocument? before, NotebookDocument? after) => (before, after) switch
    {
        (null, null) => "not a notebook",
        (_, null) => "not a notebook any more",
        (null, _) => "a notebook again",
        _ => Of(NotebookComparison.Of(before, after)),
    };

    /// <summary>Says it for a comparison: <c>+2 cells, 1 cell edited, outputs of 3 cells cleared</c>.</summary>
    public static string Of(NotebookComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var cells = comparison.Cells;
        string?[] parts =
        [
            Words(cells.Count(cell => cell.Before is null), count => $"+{Cells(count)}"),
            Words(cells.Count(cell => cell.After is null), count => $"−{Cells(count)}"),
            Words(cells.Count(cell => cell is { Before: not null, After: not null, Source: true }), count => $"{Cells(count)} edited"),
            Words(cells.Count(cell => cell.Outputs == OutputsChange.Cleared), count => $"outputs of {Cells(count)} cleared"),
            Words(cells.Count(cell => cell.Outputs == OutputsChange.Changed), count => $"outputs of {Cells(count)} changed"),
            comparison.IsReordered ? "cells moved" : null,
        ];
        var words = string.Join(", ", parts.Where(part => part is not null));
        return words.Length > 0 ? words
            : cells.Any(cell => cell.Rest) ? "counts or metadata of cells"
            : comparison.MetadataChanged ? "metadata of the notebook"
            : "formatting only";
    }

    private static string? Words(int count, Func<int, string> say) => count == 0 ? null : say(count);

    private static string Cells(int count) => count == 1 ? "1 cell" : $"{count} cells";
}
