using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>
/// Writes a version 2 or 3 notebook as the version 4.5 model that nbformat's converters make of it (v2/rwbase, v3/rwbase,
/// v3/convert, v4/convert), with derived ids in place of random ones.
/// </summary>
internal sealed class UpgradeWriter(ByteSink sink)
{
    private readonly ModelWriter _values = new(sink);
    private readonly CellIds _ids = new();

    /// <summary>What <c>metadata.trusted</c> of code cells says; null for no such mark.</summary>
    public bool? Trusted { get; init; }

    public void Write(NotebookDocument document)
    {
        var first = true;
        var tape = new JsonTape().Load(document.Tape.Slice(0));
        sink.Write((byte)'{');
        foreach (var key in tape.Items(0))
        {
            if (!IsReplaced(tape.Name(key)))
                WriteMember(tape, key, ref first);
        }
        _values.WriteMember("\"metadata\":{"u8, ref first);
        WriteMetadata(tape, document.Major);
        sink.Write("},\"nbformat\":4,\"nbformat_minor\":5,\"cells\":["u8);
        for (var cell = 0; cell < document.Cells.Count; cell++)
        {
            if (cell > 0)
                sink.Write((byte)',');
            WriteCell(tape.Load(document.Cells[cell].Json), document.Major, cell);
        }
        sink.Write("]}"u8);
    }

    private static bool IsReplaced(ReadOnlySpan<byte> name) =>
        name.StartsWith("nbformat"u8) || name.StartsWith("orig_nbformat"u8) || name.SequenceEqual("metadata"u8) || name.SequenceEqual("worksheets"u8);

    private void WriteMetadata(JsonTape tape, int major)
    {
        var first = true;
        var metadata = tape.Find(0, "metadata"u8);
        foreach (var key in metadata < 0 ? [] : tape.Items(metadata))
        {
            var name = tape.Name(key);
            if (!name.SequenceEqual("name"u8) && !Roles.Drops(Role.NotebookMetadata, name))
                WriteMember(tape, key, ref first);
        }
        _values.WriteMember(major == 2 ? "\"orig_nbformat\":2"u8 : "\"orig_nbformat\":3"u8, ref first);
        _values.WriteMember("\"orig_nbformat_minor\":0"u8, ref first);
    }

    private void WriteCell(JsonTape tape, int major, int place)
    {
        var first = true;
        var cell = new OldCell(tape, major);
        sink.Write((byte)'{');
        foreach (var key in tape.Items(0))
        {
            var name = tape.Name(key);
            if (cell.IsReplaced(name))
                continue;
            _values.WriteKey(tape, key, ref first);
            if (name.SequenceEqual("rendered"u8) && !cell.IsCode)
                WriteText(tape, key + 1, major);
            else
                _values.Write(tape, key + 1, Role.Plain);
        }
        var source = cell.Source();
        _values.WriteMember("\"cell_type\":"u8, ref first);
        JsonStrings.WriteQuoted(sink, cell.Type);
        _values.WriteMember("\"id\":"u8, ref first);
        JsonStrings.WriteQuoted(sink, _ids.Derive(place, cell.Type, source));
        _values.WriteMember("\"source\":"u8, ref first);
        sink.Write(source);
        _values.WriteMember("\"metadata\":"u8, ref first);
        WriteCellMetadata(tape, cell.IsCode);
        if (cell.IsCode)
            WriteRun(tape, major, ref first);
        sink.Write((byte)'}');
    }

    private void WriteCellMetadata(JsonTape tape, bool isCode)
    {
        var collapsed = isCode ? tape.Find(0, "collapsed"u8) : -1;
        var first = true;
        var metadata = tape.Find(0, "metadata"u8);
        sink.Write((byte)'{');
        foreach (var key in metadata < 0 ? [] : tape.Items(metadata))
        {
            var name = tape.Name(key);
            if (!Roles.Drops(Role.CellMetadata, name) && !(collapsed >= 0 && name.SequenceEqual("collapsed"u8)))
                WriteMember(tape, key, ref first);
        }
        if (collapsed >= 0)
            WriteMember(tape, collapsed - 1, ref first);
        if (isCode && Trusted is { } trusted)
            _values.WriteMember(trusted ? "\"trusted\":true"u8 : "\"trusted\":false"u8, ref first);
        sink.Write((byte)'}');
    }

    private void WriteRun(JsonTape tape, int major, ref bool first)
    {
        _values.WriteMember("\"execution_count\":"u8, ref first);
        WriteOrNull(tape, tape.Find(0, "prompt_number"u8));
        _values.WriteMember("\"outputs\":["u8, ref first);
        var outputs = tape.Find(0, "outputs"u8);
        var firstOutput = true;
        foreach (var output in outputs < 0 ? [] : tape.Items(outputs))
        {
            if (!firstOutput)
                sink.Write((byte)',');
            firstOutput = false;
            if (tape[output].Kind == JsonKind.Object)
                WriteOutput(tape, output, major);
            else
                _values.Write(tape, output, Role.Plain);
        }
        sink.Write((byte)']');
    }

    private void WriteOutput(JsonTape tape, int output, int major)
    {
        var first = true;
        var type = tape.Find(output, "output_type"u8);
        sink.Write((byte)'{');
        if (tape.IsString(type, "pyout"u8) || tape.IsString(type, "display_data"u8))
        {
            WriteDisplay(tape, output, major, tape.IsString(type, "pyout"u8));
            return;
        }
        var isStream = tape.IsString(type, "stream"u8);
        foreach (var key in tape.Items(output))
        {
            var name = tape.Name(key);
            if (key + 1 == type && tape.IsString(type, "pyerr"u8))
            {
                _values.WriteMember("\"output_type\":\"error\""u8, ref first);
                continue;
            }
            if (isStream && name.SequenceEqual("name"u8))
                continue;
            _values.WriteMember(isStream && name.SequenceEqual("stream"u8) ? "\"name\""u8 : tape.Raw(key), ref first);
            sink.Write((byte)':');
            WriteOutputValue(tape, key, major);
        }
        if (isStream && tape.Find(output, "stream"u8) < 0)
            _values.WriteMember("\"name\":\"stdout\""u8, ref first);
        sink.Write((byte)'}');
    }

    private void WriteDisplay(JsonTape tape, int output, int major, bool isResult)
    {
        sink.Write(isResult ? "\"output_type\":\"execute_result\",\"execution_count\":"u8 : "\"output_type\":\"display_data\""u8);
        if (isResult)
            WriteOrNull(tape, tape.Find(output, "prompt_number"u8));
        var firstData = true;
        sink.Write(",\"data\":{"u8);
        foreach (var key in tape.Items(output))
        {
            var name = tape.Name(key);
            if (OldOutput.IsBesideData(name, isResult))
                continue;
            WriteMimeKey(tape, key, ref firstData);
            if (name.SequenceEqual("json"u8) && OldOutput.TryEmbedded(tape, key + 1, major, out var embedded))
                _values.Write(embedded, 0, Role.Plain);
            else
                WriteOutputValue(tape, key, major);
        }
        var firstMetadata = true;
        sink.Write("},\"metadata\":{"u8);
        var metadata = tape.Find(output, "metadata"u8);
        foreach (var key in metadata < 0 ? [] : tape.Items(metadata))
        {
            WriteMimeKey(tape, key, ref firstMetadata);
            _values.Write(tape, key + 1, Role.Plain);
        }
        sink.Write("}}"u8);
    }

    private void WriteMimeKey(JsonTape tape, int key, ref bool first)
    {
        var mime = OldOutput.Mime(tape.Name(key));
        _values.WriteMember(mime is null ? tape.Raw(key) : JsonStrings.Quote(mime), ref first);
        sink.Write((byte)':');
    }

    private void WriteOutputValue(JsonTape tape, int key, int major)
    {
        if (OldOutput.IsJoined(tape.Name(key)))
            WriteText(tape, key + 1, major);
        else
            _values.Write(tape, key + 1, Role.Plain);
    }

    private void WriteText(JsonTape tape, int node, int major)
    {
        if (tape[node].Kind == JsonKind.Array && JsonText.Is(tape, node))
            _values.WriteJoined(tape, node, OldCell.Between(tape, node, major));
        else
            _values.Write(tape, node, Role.Plain);
    }

    private void WriteMember(JsonTape tape, int key, ref bool first)
    {
        _values.WriteKey(tape, key, ref first);
        _values.Write(tape, key + 1, Role.Plain);
    }

    private void WriteOrNull(JsonTape tape, int node)
    {
        if (node < 0)
            sink.Write("null"u8);
        else
            _values.Write(tape, node, Role.Plain);
    }
}
