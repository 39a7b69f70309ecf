using System.Buffers;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Merging;

/// <summary>An object of a notebook with some members set anew.</summary>
/// <param name="old">Which cell it is in the file; -1 for a new one.</param>
/// <param name="json">What it holds without the new members.</param>
internal sealed class EditedCell(int old, ReadOnlyMemory<byte> json)
{
    private readonly List<(string Name, ReadOnlyMemory<byte> Json)> _members = [];

    public void Set(string name, ReadOnlyMemory<byte> value)
    {
        _members.RemoveAll(member => member.Name == name);
        _members.Add((name, value));
    }

    public CellTarget Target() => _members.Count > 0 ? new CellTarget(old, Merged()) : CellTarget.Kept(old);

    private ReadOnlyMemory<byte> Merged()
    {
        var tape = new JsonTape();
        tape.Scan(json, 0, recordDepth: 1, toTheEnd: false);
        var writer = new ArrayBufferWriter<byte>(json.Length + 256);
        var sink = new ByteSink(bytes => writer.Write(bytes));
        var separator = (byte)'{';
        foreach (var key in tape.Items(0))
        {
            if (_members.Exists(member => tape.Name(key).SequenceEqual(System.Text.Encoding.UTF8.GetBytes(member.Name))))
                continue;
            sink.Write(separator);
            sink.Write(tape.Raw(key));
            sink.Write((byte)':');
            sink.Write(tape.Raw(key + 1));
            separator = (byte)',';
        }
        foreach (var (name, value) in _members)
        {
            sink.Write(separator);
            sink.Write(JsonStrings.Quote(name));
            sink.Write((byte)':');
            sink.Write(value.Span);
            separator = (byte)',';
        }
        sink.Write((byte)'}');
        sink.Flush();
        return writer.WrittenMemory;
    }
}
