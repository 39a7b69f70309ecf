using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Merging;

/// <summary>
/// Writes a list or object of a file again with other items, keeping the file's own bytes between items that stay neighbours.
/// The caller writes each item after announcing it.
/// </summary>
internal sealed class Splice
{
    private readonly ByteSink _sink;
    private readonly JsonStyle _style;
    private readonly JsonTape _tape;
    private readonly int _container;
    private readonly int _depth;
    private readonly bool _onOneLine;
    private int _last = -1;
    private bool _begun;

    public Splice(ByteSink sink, JsonStyle style, JsonTape tape, int container, int depth)
    {
        (_sink, _style, _tape, _container, _depth) = (sink, style, tape, container, depth);
        Items = tape.Items(container);
        _onOneLine = Items.Length > 0 && style.LineBreak.Length > 0 && Before(0).IndexOf((byte)'\n') < 0;
    }

    /// <summary>The items of the list, or the keys of the object, as the file has them.</summary>
    public int[] Items { get; }

    private ReadOnlySpan<byte> Bytes => _tape.Bytes.Span;

    private bool IsObject => _tape[_container].Kind == JsonKind.Object;

    /// <summary>Writes what stands before the next item: the item of this number in the file, or a new one for -1.</summary>
    public void Next(int number)
    {
        if (!_begun)
        {
            _sink.Write(Bytes[_tape[_container].Start]);
            if (Items.Length > 0)
                _sink.Write(Before(0));
            else
                _style.Break(_sink, _depth + 1);
        }
        else if (number >= 0 && _last >= 0 && number == _last + 1)
        {
            _sink.Write(Bytes[EndOf(_last).._tape[Items[number]].Start]);
        }
        else
        {
            _sink.Write(_onOneLine ? ", "u8 : _style.Comma);
            if (!_onOneLine)
                _style.Break(_sink, _depth + 1);
        }
        _begun = true;
        _last = number;
    }

    /// <summary>Writes the key and colon of a member as the file has them.</summary>
    public void Key(int number) => _sink.Write(Bytes[_tape[Items[number]].Start.._tape[Items[number] + 1].Start]);

    public void End()
    {
        var end = _tape[_container].End;
        if (!_begun)
            _sink.Write(IsObject ? "{}"u8 : "[]"u8);
        else if (Items.Length > 0)
            _sink.Write(Bytes[EndOf(Items.Length - 1)..end]);
        else
        {
            _style.Break(_sink, _depth);
            _sink.Write(Bytes[end - 1]);
        }
    }

    private int EndOf(int number) => _tape[IsObject ? Items[number] + 1 : Items[number]].End;

    private ReadOnlySpan<byte> Before(int number) => Bytes[(_tape[_container].Start + 1).._tape[Items[number]].Start];
}
