using System.Buffers;
using System.Text.Json;
using Holdfast.Notebooks.Merging;

namespace Holdfast.Notebooks.Comparing;

/// <summary>Two versions of a notebook, cell by cell. Versions 2 and 3 of the format count as their upgrades.</summary>
public sealed class NotebookComparison
{
    private NotebookComparison(NotebookDocument before, NotebookDocument after, int?[] beforeOf)
    {
        (Before, After, BeforeOf) = (before, after, beforeOf);
        Cells = Ordered();
    }

    /// <summary>The earlier one.</summary>
    public NotebookDocument Before { get; }

    /// <summary>The later one.</summary>
    public NotebookDocument After { get; }

    /// <summary>For each cell of the later one its number in the earlier one; null when it is new.</summary>
    public IReadOnlyList<int?> BeforeOf { get; }

    /// <summary>Every cell of both in the order of the later one; one that is gone follows the cell that it followed.</summary>
    public IReadOnlyList<CellDifference> Cells { get; }

    /// <summary>Whether cells that are in both stand in another order.</summary>
    public bool IsReordered => BeforeOf.Where(cell => cell is not null).Zip(BeforeOf.Where(cell => cell is not null).Skip(1)).Any(pair => pair.First > pair.Second);

    /// <summary>Whether the notebook's own metadata differ.</summary>
    public bool MetadataChanged => !SameJson(Before.MetadataJson, After.MetadataJson);

    /// <summary>Compares; cells are the same cell by their ids, then by their sources, then by their places between those.</summary>
    public static NotebookComparison Of(NotebookDocument before, NotebookDocument after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        (before, after) = (before.Upgrade(), after.Upgrade());
        return new NotebookComparison(before, after, Array.ConvertAll(CellMatching.Match(before, after, idsDecide: true), cell => cell < 0 ? (int?)null : cell));
    }

    private static (string Type, string Source) Source(NotebookDocument notebook, int cell) => (notebook.Cells[cell].Type, notebook.Cells[cell].Source);

    private List<CellDifference> Ordered()
    {
        var kept = BeforeOf.ToHashSet();
        var cells = new List<CellDifference>();
        AddGone(0);
        for (var cell = 0; cell < BeforeOf.Count; cell++)
        {
            cells.Add(BeforeOf[cell] is { } before ? Compare(before, cell) : new CellDifference(null, cell, Source: true, OutputsChange.None, Rest: false));
            if (BeforeOf[cell] is { } known)
                AddGone(known + 1);
        }
        return cells;

        void AddGone(int first)
        {
            for (var gone = first; gone < Before.Cells.Count && !kept.Contains(gone); gone++)
                cells.Add(new CellDifference(gone, null, Source: true, OutputsChange.None, Rest: false));
        }
    }

    private CellDifference Compare(int before, int after)
    {
        var (old, now) = (Before.Cells[before], After.Cells[after]);
        if (old.Json.Span.SequenceEqual(now.Json.Span))
            return new CellDifference(before, after, Source: false, OutputsChange.None, Rest: false);
        (old, now) = (Model(old), Model(now));
        var outputs = SameJson(old.OutputsJson, now.OutputsJson) ? OutputsChange.None : IsEmpty(now.OutputsJson) ? OutputsChange.Cleared : OutputsChange.Changed;
        var source = Source(Before, before) != Source(After, after);
        var rest = old.ExecutionCount != now.ExecutionCount || !SameJson(old.MetadataJson, now.MetadataJson)
            || !source && outputs == OutputsChange.None && !SameJson(old.Json, now.Json);
        return new CellDifference(before, after, source, outputs, rest);
    }

    /// <summary>The cell of a version 4 notebook as the contents API sends it: there, texts are spelled in one way only.</summary>
    public static NotebookCell Model(NotebookCell cell)
    {
        ReadOnlySpan<byte> head = "{\"cells\":["u8, tail = "],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":4}"u8;
        var alone = NotebookDocument.Parse((byte[])[.. head, .. cell.Json.Span, .. tail]).Document!;
        var model = new ArrayBufferWriter<byte>(alone.Bytes.Length);
        alone.WriteJupyterModel(model);
        return NotebookDocument.Parse(model.WrittenMemory).Document!.Cells[0];
    }

    private static bool IsEmpty(ReadOnlyMemory<byte> list) => list.Span[1..^1].Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>Whether two values are the same, in whatever order their keys stand. What Python alone takes for JSON (NaN) is compared by its bytes.</summary>
    private static bool SameJson(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        if (one.Span.SequenceEqual(other.Span))
            return true;
        try
        {
            using var left = JsonDocument.Parse(one, new JsonDocumentOptions { MaxDepth = 1000 });
            using var right = JsonDocument.Parse(other, new JsonDocumentOptions { MaxDepth = 1000 });
            return JsonElement.DeepEquals(left.RootElement, right.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
