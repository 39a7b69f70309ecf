using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>
/// Writes a version 4 notebook as the contents API sends it: on one line, texts joined, transient keys left out. Strings are
/// copied with the escapes they have. NaN and the infinities become null: no browser could read them.
/// </summary>
internal sealed class ModelWriter(ByteSink sink)
{
    private readonly JsonTape _scratch = new();
    private bool _inCode;

    /// <summary>Leaves out what running a cell changes: outputs, execution counts, the state of widgets, and what runs say of themselves.</summary>
    public bool WithoutOutputs { get; init; }

    /// <summary>What <c>metadata.trusted</c> of code cells says; null for no such mark.</summary>
    public bool? Trusted { get; init; }

    public void WriteNotebook(NotebookDocument document)
    {
        var tape = document.Tape;
        var first = true;
        sink.Write((byte)'{');
        foreach (var key in tape.Items(0))
        {
            var name = tape.Name(key);
            if (key + 1 != tape.Find(0, name))
                continue;
            WriteKey(tape, key, ref first);
            if (name.SequenceEqual("cells"u8))
                WriteCells(document);
            else
                Write(_scratch.Load(tape.Slice(key + 1)), 0, Roles.OfMember(Role.Notebook, name));
        }
        if (tape.Find(0, "metadata"u8) < 0)
            WriteMember("\"metadata\":{}"u8, ref first);
        sink.Write((byte)'}');
    }

    public void Write(JsonTape tape, int node, Role role)
    {
        if (tape[node].Kind == JsonKind.Object)
        {
            var first = true;
            WriteObject(tape, node, Roles.Of(tape, node, role), null, ref first);
        }
        else if (tape[node].Kind == JsonKind.NotFinite)
        {
            sink.Write("null"u8);
        }
        else if (tape[node].Kind != JsonKind.Array)
        {
            sink.Write(tape.Raw(node));
        }
        else if (Roles.IsText(tape, node, role))
        {
            WriteJoined(tape, node, ""u8);
        }
        else
        {
            WriteArray(tape, node, Roles.OfItem(role));
        }
    }

    /// <summary>Puts a list of strings together into one.</summary>
    public void WriteJoined(JsonTape tape, int array, ReadOnlySpan<byte> between)
    {
        sink.Write((byte)'"');
        for (var item = array + 1; item < tape[array].Next; item = tape[item].Next)
        {
            if (item > array + 1)
                sink.Write(between);
            sink.Write(tape.Inner(item));
        }
        sink.Write((byte)'"');
    }

    public void WriteKey(JsonTape tape, int key, ref bool first)
    {
        WriteMember(tape.Raw(key), ref first);
        sink.Write((byte)':');
    }

    public void WriteMember(ReadOnlySpan<byte> text, ref bool first)
    {
        if (!first)
            sink.Write((byte)',');
        first = false;
        sink.Write(text);
    }

    private void WriteCells(NotebookDocument document)
    {
        sink.Write((byte)'[');
        for (var cell = 0; cell < document.Cells.Count; cell++)
        {
            if (cell > 0)
                sink.Write((byte)',');
            var tape = _scratch.Load(document.Cells[cell].Json);
            var first = true;
            var role = Roles.Of(tape, 0, Role.Cell);
            _inCode = role == Role.CodeCell;
            WriteObject(tape, 0, role, WithoutOutputs ? null : document.ModelIds[cell], ref first);
        }
        sink.Write((byte)']');
    }

    // A cell is written with the id given, whatever it holds itself, and with metadata, which clients rely on.
    private void WriteObject(JsonTape tape, int node, Role role, string? id, ref bool first)
    {
        sink.Write((byte)'{');
        for (var key = node + 1; key < tape[node].Next; key = tape[key + 1].Next)
        {
            var name = tape.Name(key);
            if (Roles.Drops(role, name) || (id is not null && name.SequenceEqual("id"u8)) || (WithoutOutputs && IsOutput(role, name)))
                continue;
            WriteKey(tape, key, ref first);
            Write(tape, key + 1, Roles.OfMember(role, name));
        }
        if (role is Role.Cell or Role.CodeCell && tape.Find(node, "metadata"u8) < 0)
            WriteMetadata(ref first);
        if (role == Role.CellMetadata)
            WriteTrust(ref first);
        if (id is not null)
        {
            WriteMember("\"id\":"u8, ref first);
            JsonStrings.WriteQuoted(sink, id);
        }
        sink.Write((byte)'}');
    }

    private void WriteMetadata(ref bool first)
    {
        var firstInside = true;
        WriteMember("\"metadata\":{"u8, ref first);
        WriteTrust(ref firstInside);
        sink.Write((byte)'}');
    }

    private void WriteTrust(ref bool first)
    {
        if (_inCode && Trusted is { } trusted)
            WriteMember(trusted ? "\"trusted\":true"u8 : "\"trusted\":false"u8, ref first);
    }

    private static bool IsOutput(Role role, ReadOnlySpan<byte> name) => role switch
    {
        Role.CodeCell => name.SequenceEqual("outputs"u8) || name.SequenceEqual("execution_count"u8),
        Role.NotebookMetadata => name.SequenceEqual("widgets"u8) || name.SequenceEqual("papermill"u8),
        Role.CellMetadata => name.SequenceEqual("papermill"u8),
        _ => false,
    };

    private void WriteArray(JsonTape tape, int node, Role item)
    {
        sink.Write((byte)'[');
        for (var next = node + 1; next < tape[node].Next; next = tape[next].Next)
        {
            if (next > node + 1)
                sink.Write((byte)',');
            Write(tape, next, item);
        }
        sink.Write((byte)']');
    }
}
