using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Trust;

/// <summary>Writes what nbformat reads of a version 3 file (v3/rwbase: rejoin_lines), for its signature. Of this version nothing is transient.</summary>
internal sealed class Version3Values(ByteSink sink, PythonValues values)
{
    private delegate void MemberWriter(JsonTape tape, int key, ReadOnlySpan<byte> name);

    public void Write(NotebookDocument document)
    {
        var tape = new JsonTape().Load(document.Tape.Slice(0));
        Members(tape, 0, (tape, key, name) =>
        {
            sink.Write(name);
            if (name.SequenceEqual("worksheets"u8))
                Items(tape, key + 1, sheet => Members(tape, sheet, WriteSheetMember));
            else if (name.SequenceEqual("metadata"u8))
                Members(tape, key + 1, WriteMetadataMember);
            else
                values.Write(tape, key + 1, Role.Plain);
        });
    }

    private void WriteMetadataMember(JsonTape tape, int key, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("signature"u8))
            return;
        sink.Write(name);
        values.Write(tape, key + 1, Role.Plain);
    }

    private void WriteSheetMember(JsonTape tape, int key, ReadOnlySpan<byte> name)
    {
        sink.Write(name);
        if (!name.SequenceEqual("cells"u8))
            values.Write(tape, key + 1, Role.Plain);
        else
            Items(tape, key + 1, cell => WriteCell(tape, cell, tape.IsString(tape.Find(cell, "cell_type"u8), "code"u8)));
    }

    private void WriteCell(JsonTape tape, int cell, bool isCode) => Members(tape, cell, (tape, key, name) =>
    {
        sink.Write(name);
        if (isCode && name.SequenceEqual("outputs"u8))
            Items(tape, key + 1, output => Members(tape, output, WriteOutputMember));
        else if (isCode ? name.SequenceEqual("input"u8) : name.SequenceEqual("source"u8) || name.SequenceEqual("rendered"u8))
            WriteText(tape, key + 1);
        else
            values.Write(tape, key + 1, Role.Plain);
    });

    private void WriteOutputMember(JsonTape tape, int key, ReadOnlySpan<byte> name)
    {
        sink.Write(name);
        if (OldOutput.IsJoined(name))
            WriteText(tape, key + 1);
        else
            values.Write(tape, key + 1, Role.Plain);
    }

    private void WriteText(JsonTape tape, int node)
    {
        if (tape[node].Kind != JsonKind.Array || !JsonText.Is(tape, node) || OldCell.Between(tape, node, major: 3).IsEmpty)
        {
            values.Write(tape, node, Role.Plain);
            return;
        }
        for (var item = node + 1; item < tape[node].Next; item = tape[item].Next)
        {
            if (item > node + 1)
                sink.Write((byte)'\n');
            values.Write(tape, item, Role.Plain);
        }
    }

    private void Members(JsonTape tape, int node, MemberWriter write)
    {
        if (tape[node].Kind != JsonKind.Object)
        {
            values.Write(tape, node, Role.Plain);
            return;
        }
        foreach (var key in tape.SortedKeys(node))
            write(tape, key, tape.Name(key));
    }

    private void Items(JsonTape tape, int node, Action<int> write)
    {
        if (tape[node].Kind != JsonKind.Array)
        {
            values.Write(tape, node, Role.Plain);
            return;
        }
        foreach (var item in tape.Items(node))
            write(item);
    }
}
