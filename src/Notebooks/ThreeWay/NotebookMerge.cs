using System.Buffers;
using Holdfast.Notebooks.Cleaning;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Merging;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.ThreeWay;

/// <summary>What merging gave.</summary>
/// <param name="Document">The merged notebook, in the style of ours. It opens, with conflicts too.</param>
/// <param name="Conflicts">How many cells show both sides between cells with conflict marks.</param>
public sealed record NotebookMerge(NotebookDocument Document, int Conflicts)
{
    /// <summary>
    /// Merges two edits of a notebook cell by cell, sources line by line, metadata key by key. Outputs and metadata that both changed are
    /// ours. Cells are the same by id, else by source and place. A cell that one side edited and the other took out is a conflict.
    /// </summary>
    /// <param name="start">Where both come from; null when that is not known: then cells that only one has are taken as new, and a difference is a conflict.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="theirs">Theirs.</param>
    public static NotebookMerge Of(NotebookDocument? start, NotebookDocument ours, NotebookDocument theirs)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        (start, ours, theirs) = (start?.Upgrade(), ours.Upgrade(), theirs.Upgrade());
        var cells = new CellMerge(start, ours, theirs);
        foreach (var triple in CellOrder.Of(start, ours, theirs))
            cells.Add(triple);
        var given = new Dictionary<string, ReadOnlyMemory<byte>?>
        {
            ["cells"] = "[]"u8.ToArray(),
            ["nbformat_minor"] = System.Text.Encoding.ASCII.GetBytes($"{Math.Max(ours.Minor, theirs.Minor)}"),
        };
        var root = ObjectMerge.Of(start?.Tape ?? new JsonTape().Load("{}"u8.ToArray()), ours.Tape, theirs.Tape, Role.Notebook, given);
        var writer = new ArrayBufferWriter<byte>(ours.Bytes.Length + 4096);
        NotebookRewrite.Write(ours, new JsonTape().Load(root), cells.Cells, writer);
        return new NotebookMerge(NotebookCleaner.WithIds(NotebookDocument.Parsed(writer.WrittenMemory)), cells.Conflicts);
    }
}
