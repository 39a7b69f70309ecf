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
        var root = model.Tape[0];
        new NotebookFormatter(sink, JsonStyle.Jupyter).Write(new JsonTape().Load(model.Bytes[root.Start..root.End]), 0, 0, Role.Notebook);
        sink.Write((byte)'\n');
        sink.Flush();
        return NotebookDocument.Parsed(file.WrittenMemory);
    }
}
