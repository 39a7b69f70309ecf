using System.Buffers;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>A notebook that a client sent, as the file that nbformat.write makes of it.</summary>
internal static class JupyterFile
{
    public static NotebookDocument Of(NotebookDocument model)
    {
        var file = new ArrayBufferWriter<byte>(model.Bytes.Length + (model.Bytes.Length / 4) + 1024);
        var sink = new ByteSink(bytes => file.Write(bytes));
        Write(model, sink, new NotebookFormatter(sink, JsonStyle.Jupyter));
        sink.Write((byte)'\n');
        sink.Flush();
        return NotebookDocument.Parsed(file.WrittenMemory);
    }

    // Cell by cell, so that nodes are in memory for one cell at a time.
    private static void Write(NotebookDocument model, ByteSink sink, NotebookFormatter formatter)
    {
        var scratch = new JsonTape();
        var first = true;
        sink.Write((byte)'{');
        foreach (var key in model.Tape.SortedKeys(0))
        {
            var name = model.Tape.Name(key);
            formatter.Separate(ref first, 1);
            formatter.WriteKey(model.Tape, key);
            if (name.SequenceEqual("cells"u8))
                WriteCells(model, sink, formatter, scratch);
            else
                formatter.Write(scratch.Load(model.Tape.Slice(key + 1)), 0, 1, Roles.OfMember(Role.Notebook, name));
        }
        JsonStyle.Jupyter.Break(sink, 0);
        sink.Write((byte)'}');
    }

    private static void WriteCells(NotebookDocument model, ByteSink sink, NotebookFormatter formatter, JsonTape scratch)
    {
        var first = true;
        sink.Write((byte)'[');
        foreach (var cell in model.Cells)
        {
            formatter.Separate(ref first, 2);
            formatter.Write(scratch.Load(cell.Json), 0, 2, Role.Cell);
        }
        if (!first)
            JsonStyle.Jupyter.Break(sink, 1);
        sink.Write((byte)']');
    }
}
