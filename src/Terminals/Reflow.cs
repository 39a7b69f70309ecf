using System.Buffers;

namespace Holdfast.Terminals;

/// <summary>
/// Gives the rows of the normal screen and its scrollback another width: lines that went on over several rows are laid out anew, as xterm.js does,
/// but for the one that the cursor is in, which its program writes again.
/// </summary>
internal sealed class Reflow(ScreenBuffer buffer, Scrollback scrollback, int columns)
{
    private readonly ArrayBufferWriter<byte> _scratch = new(256);
    private readonly List<byte[]> _out = [];

    /// <summary>Lays out all rows; the cursor stays in its row.</summary>
    public void Run()
    {
        var rows = buffer.Rows.Count;
        var oldBase = scrollback.Count;
        var oldCursor = oldBase + buffer.Y;
        var total = oldBase + LastUsedRow() + 1;
        var newCursor = oldCursor;
        for (var at = 0; at < total;)
        {
            var end = at + 1;
            while (end < total && IsWrapped(end)) end++;
            var holdsCursor = oldCursor >= at && oldCursor < end;
            if (holdsCursor) newCursor = _out.Count + oldCursor - at;
            if (holdsCursor || (end == at + 1 && Fits(at))) Keep(at, end);
            else LayOut(at, end);
            at = end;
        }

        // The cursor's row stays where it is on the screen, as long as there is enough above and below it.
        var newBase = Math.Clamp(oldBase + newCursor - oldCursor, Math.Max(0, newCursor - rows + 1), newCursor);
        newBase = Math.Max(newBase, Math.Min(newCursor, _out.Count - rows));
        scrollback.Clear();
        for (var i = 0; i < newBase; i++) scrollback.Push(_out[i]);
        for (var y = 0; y < rows; y++) buffer.Rows[y] = newBase + y < _out.Count ? Sized(CompactRow.Read(_out[newBase + y], columns)) : new Row(columns, default);
        buffer.Saved = buffer.Saved with { Y = Math.Clamp(buffer.Saved.Y + newCursor - newBase - buffer.Y, 0, rows - 1) };
        buffer.Y = newCursor - newBase;
    }

    private int LastUsedRow()
    {
        var last = buffer.Rows.Count - 1;
        while (last > buffer.Y && buffer.Rows[last].UsedLength() == 0) last--;
        return last;
    }

    private Row Sized(Row row)
    {
        row.Resize(columns);
        return row;
    }

    private byte[] Compact(int index) => index < scrollback.Count ? scrollback[index].ToArray() : CompactRow.Of(buffer.Rows[index - scrollback.Count], _scratch);

    private bool IsWrapped(int index) => index < scrollback.Count ? CompactRow.IsWrapped(scrollback[index]) : buffer.Rows[index - scrollback.Count].Wrapped;

    private bool Fits(int index) => index < scrollback.Count ? CompactRow.Fits(scrollback[index], columns) : buffer.Rows[index - scrollback.Count].UsedLength() <= columns;

    private void Keep(int from, int to)
    {
        for (var i = from; i < to; i++) _out.Add(Compact(i) is var compact && CompactRow.Fits(compact, columns) ? compact : CompactRow.Of(Sized(CompactRow.Read(compact, columns)), _scratch));
    }

    private void LayOut(int from, int to)
    {
        var row = new Row(columns, default) { Wrapped = IsWrapped(from) };
        var column = 0;
        for (var i = from; i < to; i++)
        {
            var source = CompactRow.Read(Compact(i), 1);
            var used = source.UsedLength();
            for (var at = 0; at < used; at++)
            {
                var cell = source.Cells[at];
                // A place that was left empty because a wide character did not fit.
                if (at == used - 1 && i + 1 < to && cell.Rune == 0 && cell.Width == 1) continue;
                var width = Math.Max((int)cell.Width, 1);
                if (column + width > columns)
                {
                    _out.Add(CompactRow.Of(row, _scratch));
                    row = new Row(columns, default) { Wrapped = true };
                    column = 0;
                }

                var marks = source.MarksOf(cell);
                cell.Marks = 0;
                row.Cells[column] = cell;
                if (marks.Length > 0) row.Mark(column, marks);
                if (width == 2) row.Cells[column + 1] = source.Cells[++at];
                column += width;
            }
        }

        _out.Add(CompactRow.Of(row, _scratch));
    }
}
