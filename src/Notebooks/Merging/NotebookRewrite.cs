using System.Buffers;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Merging;

/// <summary>Writes a version 4 file with other cells and members.</summary>
internal static class NotebookRewrite
{
    /// <param name="old">The file.</param>
    /// <param name="root">The notebook as it is to be; only the place of its cells counts, not what is in them.</param>
    /// <param name="cells">The cells as they are to be.</param>
    /// <param name="writer">Gets the new file, with whatever stood before and after the notebook in the old one.</param>
    public static void Write(NotebookDocument old, JsonTape root, IReadOnlyList<CellTarget> cells, IBufferWriter<byte> writer)
    {
        var sink = new ByteSink(bytes => writer.Write(bytes));
        var merger = new NotebookMerger(sink, old.Style);
        var tape = old.Tape;
        var oldTape = new JsonTape();
        var newTape = new JsonTape();
        var cellList = tape.Find(0, "cells"u8);
        sink.Write(old.Bytes.Span[..tape[0].Start]);
        merger.WriteMembers(tape, 0, root, 0, 0, Role.Notebook, (oldValue, newValue, role) =>
        {
            if (oldValue == cellList)
                WriteCells(new Splice(sink, old.Style, tape, cellList, 1));
            else
                merger.Write(oldTape.Load(tape.Slice(oldValue)), 0, newTape.Load(root.Slice(newValue)), 0, 1, role);
        });
        sink.Write(old.Bytes.Span[tape[0].End..]);
        sink.Flush();

        void WriteCells(Splice splice)
        {
            foreach (var cell in cells)
            {
                splice.Next(cell.Old);
                if (cell.Json is not { } json)
                    sink.Write(old.Cells[cell.Old].Json.Span);
                else if (cell.Old < 0)
                    merger.WriteNew(newTape.Load(json), 0, 2, Role.Cell);
                else
                    merger.Write(oldTape.Load(old.Cells[cell.Old].Json), 0, newTape.Load(json), 0, 2, Role.Cell);
            }
            splice.End();
        }
    }
}
