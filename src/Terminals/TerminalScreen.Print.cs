using System.Text;

namespace Holdfast.Terminals;

/// <summary>Characters onto the screen.</summary>
public sealed partial class TerminalScreen
{
    internal void NotePrinted(int width) => _printed = width;

    /// <summary>Prints characters from space to tilde.</summary>
    internal void PrintAscii(ReadOnlySpan<byte> characters)
    {
        while (!characters.IsEmpty)
        {
            // The common case in a run: as many as there is room for in this row. What is special about a character is in Print.
            var room = Columns - _buffer.X;
            if (room < 2 || _modes.Insert || _charset != Charset.Ascii)
            {
                Print(characters[0]);
                characters = characters[1..];
                continue;
            }

            var count = Math.Min(room, characters.Length);
            var (row, x) = (_buffer.Current, _buffer.X);
            if (x > 0 && row.Cells[x - 1].Width == 2) row.Empty(x - 1, _style);
            var cells = row.Cells.AsSpan(x, count);
            for (var i = 0; i < cells.Length; i++) cells[i] = new Cell { Rune = characters[i], Style = _style, Width = 1 };
            _buffer.X = x + count;
            if (_buffer.X < Columns && row.Cells[_buffer.X].IsBehindWide) row.Empty(_buffer.X, _style);
            _printed = 1;
            characters = characters[count..];
        }
    }

    internal void Print(int rune)
    {
        if (rune < 127) rune = Charsets.Translate(_charset, rune);
        var width = CharacterWidth.Of(rune);
        if (width == 0 && _printed > 0 && _buffer.X > 0)
        {
            Join(rune);
            return;
        }

        if (_buffer.X + width > Columns && !NextRow(width)) return;
        var (row, x) = (_buffer.Current, _buffer.X);
        // A combining character with nothing to combine with, where no place is left.
        if (x >= Columns) return;
        if (x > 0 && row.Cells[x - 1].Width == 2) row.Empty(x - 1, _style);
        if (_modes.Insert) row.Insert(x, width, _style);
        row.Cells[x++] = new Cell { Rune = rune, Style = _style, Width = (byte)width };
        if (width == 2) row.Cells[x++] = new Cell { Style = _style };
        if (x < Columns && row.Cells[x].IsBehindWide) row.Empty(x, _style);
        (_buffer.X, _printed) = (x, width);
    }

    /// <summary>Goes on in the next row; false when the character has no place.</summary>
    private bool NextRow(int width)
    {
        if (!_modes.Wrap)
        {
            _buffer.X = Columns - 1;
            return width < 2;
        }

        var left = _buffer.Current;
        for (var column = _buffer.X; column < Columns; column++) left.Empty(column, _style);
        _buffer.X = 0;
        if (_buffer.Y == _buffer.Bottom)
        {
            Scroll(wrapped: true);
            return true;
        }

        _buffer.Y = Math.Min(_buffer.Y + 1, Rows - 1);
        _buffer.Current.Wrapped = true;
        return true;
    }

    private void Join(int rune)
    {
        var row = _buffer.Current;
        var column = Math.Min(_buffer.X, Columns) - 1;
        if (row.Cells[column].IsBehindWide && column > 0) column--;
        row.Mark(column, new Rune(rune).ToString());
    }

    /// <summary>REP: the last character again.</summary>
    private void Repeat(int times)
    {
        var column = _buffer.X - _printed;
        if (_printed == 0 || column < 0) return;
        var (row, cell) = (_buffer.Current, _buffer.Current.Cells[column]);
        var text = cell.Rune == 0 ? "" : new Rune(cell.Rune) + row.MarksOf(cell);
        // More than fill the screen and the scrollback show nothing more.
        for (times = Math.Min(times, Rows * Columns); times > 0; times--)
        {
            foreach (var rune in text.EnumerateRunes()) Print(rune.Value);
        }
    }
}
