using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Notebooks.Folding;

/// <summary>
/// The text of a stream output as it grows, with <c>\n</c>, <c>\r</c> and <c>\b</c> as JupyterLab's output area has them: a carriage return
/// goes back to the start of the line, what follows writes over it, a line feed ends the line wherever the cursor stands, a backspace takes
/// away what stands before the cursor. Holds nothing but the line that can still change.
/// </summary>
/// <param name="settled">Gets, as UTF-8, what cannot change any more; null when only the length is of interest.</param>
public sealed class StreamText(IBufferWriter<byte>? settled = null)
{
    /// <summary>A line longer than this is settled from its start on, so that memory stays bounded; in UTF-16 units.</summary>
    public const int LongestLine = 1 << 20;

    private readonly List<char> _line = [];
    /// <summary>What stands behind <see cref="_line"/>, with the cursor at its end; nearly every line is never anything else.</summary>
    private readonly ArrayBufferWriter<byte> _added = new();
    private int _cursor;
    private long _settledBytes;

    /// <summary>Length of the whole text as UTF-8.</summary>
    public long Bytes => _settledBytes + Encoding.UTF8.GetByteCount(CollectionsMarshal.AsSpan(_line)) + _added.WrittenCount;

    /// <summary>The line that can still change.</summary>
    public string Line
    {
        get
        {
            TakeAdded();
            return new(CollectionsMarshal.AsSpan(_line));
        }
    }

    /// <summary>Where in <see cref="Line"/> the next character goes, in UTF-16 units.</summary>
    public int Cursor
    {
        get
        {
            TakeAdded();
            return _cursor;
        }
    }

    /// <summary>Goes on from a text of which the last line and the number of bytes before it are known.</summary>
    public static StreamText Resume(string line, int cursor, long settledBytes)
    {
        var text = new StreamText { _cursor = cursor, _settledBytes = settledBytes };
        text._line.AddRange(line);
        return text;
    }

    /// <summary>Adds what was printed. A character must not be cut in two between calls.</summary>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            var stop = utf8.IndexOfAny((byte)'\r', (byte)'\b');
            AppendLines(stop < 0 ? utf8 : utf8[..stop]);
            if (stop < 0)
                return;
            TakeAdded();
            if (utf8[stop] == '\r')
                _cursor = 0;
            else
                Backspace();
            utf8 = utf8[(stop + 1)..];
        }
    }

    /// <summary>Settles the line that could still change: the text is whole.</summary>
    public void Finish() => SettleLine();

    private void AppendLines(ReadOnlySpan<byte> text)
    {
        var first = text.IndexOf((byte)'\n');
        if (first >= 0)
        {
            var last = text.LastIndexOf((byte)'\n');
            Add(text[..first]);
            SettleLine();
            Settle(text[first..(last + 1)]);
            text = text[(last + 1)..];
        }
        Add(text);
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        if (_cursor < _line.Count)
        {
            Overwrite(text);
            return;
        }
        _added.Write(text);
        if (_added.WrittenCount > LongestLine)
            TakeAdded();
    }

    private void TakeAdded()
    {
        if (_added.WrittenCount == 0)
            return;
        Overwrite(_added.WrittenSpan);
        _added.ResetWrittenCount();
    }

    private void Overwrite(ReadOnlySpan<byte> text)
    {
        var units = ArrayPool<char>.Shared.Rent(text.Length);
        var added = units.AsSpan(0, Encoding.UTF8.GetChars(text, units));
        var over = Math.Min(added.Length, _line.Count - _cursor);
        added[..over].CopyTo(CollectionsMarshal.AsSpan(_line)[_cursor..]);
        _line.AddRange(added[over..]);
        _cursor += added.Length;
        ArrayPool<char>.Shared.Return(units);
        if (_line.Count > LongestLine)
        {
            var length = char.IsHighSurrogate(_line[_line.Count / 2 - 1]) ? _line.Count / 2 + 1 : _line.Count / 2;
            Settle(length);
            _cursor = Math.Max(0, _cursor - length);
        }
    }

    /// <summary>At the end of the text one character goes; inside it two, as on the page.</summary>
    private void Backspace()
    {
        if (_cursor == 0)
            return;
        _cursor--;
        _line.RemoveRange(_cursor, Math.Min(2, _line.Count - _cursor));
    }

    private void SettleLine()
    {
        Settle(_line.Count);
        Settle(_added.WrittenSpan);
        _added.ResetWrittenCount();
        _cursor = 0;
    }

    private void Settle(int length)
    {
        if (length == 0)
            return;
        var units = CollectionsMarshal.AsSpan(_line)[..length];
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(length));
        Settle(bytes.AsSpan(0, Encoding.UTF8.GetBytes(units, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
        _line.RemoveRange(0, length);
    }

    private void Settle(ReadOnlySpan<byte> utf8)
    {
        settled?.Write(utf8);
        _settledBytes += utf8.Length;
    }
}
