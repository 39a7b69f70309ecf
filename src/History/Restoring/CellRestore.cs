using System.Buffers;
using System.Globalization;
using System.Text;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;

namespace Holdfast.History.Restoring;

/// <summary>Takes single cells of an earlier version back into a notebook; everything else keeps its bytes.</summary>
public static class CellRestore
{
    /// <summary>
    /// The number of the cell that a person names: by its id, or as <c>#3</c> by its place counted from 1; null when there is none.
    /// </summary>
    public static int? Find(NotebookDocument notebook, string name)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(name);
        for (var cell = 0; cell < notebook.ModelIds.Count; cell++)
        {
            if (notebook.ModelIds[cell] == name)
                return cell;
        }
        return name.StartsWith('#') && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place >= 1 && place <= notebook.Cells.Count
            ? place - 1
            : null;
    }

    /// <summary>The notebook with these cells as they were: in the place of what became of them, or behind the cell that they stood behind.</summary>
    /// <param name="now">The notebook.</param>
    /// <param name="then">The earlier version.</param>
    /// <param name="cells">Numbers of cells in the earlier version, from 0.</param>
    public static NotebookResult Apply(NotebookDocument now, NotebookDocument then, IReadOnlyCollection<int> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var comparison = NotebookComparison.Of(then, now);
        (now, then) = (comparison.After, comparison.Before);
        var target = now.Cells.Select((cell, number) => (Then: comparison.BeforeOf[number], cell.Json)).ToList();
        foreach (var cell in cells.Distinct().Order())
        {
            var json = then.Cells[cell].Json;
            if (target.FindIndex(other => other.Then == cell) is >= 0 and var there)
            {
                target[there] = (cell, json);
                continue;
            }
            // Cells that are gone are taken in order, so that one may stand behind another that came back just now.
            var before = -1;
            for (var earlier = cell - 1; earlier >= 0 && before < 0; earlier--)
                before = target.FindIndex(other => other.Then == earlier);
            target.Insert(before + 1, (cell, json));
        }
        return now.Update(Content(now, target.Select(cell => cell.Json)));
    }

    private static ReadOnlyMemory<byte> Content(NotebookDocument notebook, IEnumerable<ReadOnlyMemory<byte>> cells)
    {
        var content = new ArrayBufferWriter<byte>(notebook.Bytes.Length + 1024);
        content.Write("{\"cells\":["u8);
        var any = false;
        foreach (var cell in cells)
        {
            if (any)
                content.Write(","u8);
            content.Write(cell.Span);
            any = true;
        }
        content.Write("]"u8);
        content.Write(Encoding.ASCII.GetBytes($",\"nbformat\":{notebook.Major},\"nbformat_minor\":{notebook.Minor},\"metadata\":"));
        content.Write(notebook.MetadataJson.Span);
        content.Write("}"u8);
        return content.WrittenMemory;
    }
}
