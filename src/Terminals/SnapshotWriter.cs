using System.Buffers;
using System.Text;

namespace Holdfast.Terminals;

/// <summary>
/// Writes a screen as the sequence that makes it: a reset, the rows from the oldest on, and what else programs have set. Only sequences are used
/// whose effect in xterm.js and here is the same.
/// </summary>
internal sealed class SnapshotWriter(IBufferWriter<byte> output)
{
    private CellStyle _style;
    private int _columns;

    /// <summary>Writes it for an xterm that has so many rows more.</summary>
    public void Write(ScreenState state, int moreRows)
    {
        _columns = state.Columns;

        // :: 1. From the beginning. What a reset does not reset is said.
        Put($"\ec\e[20l\e[?25{(state.Modes.HiddenCursor ? 'l' : 'h')}\e[{state.Modes.CursorShape} q");
        if (state.Title.Length > 0) Put($"\e]2;{state.Title}\a");

        // :: 2. The normal screen, and the alternate one over it, which keeps its saved cursor when it is not shown.
        if (!state.IsAlternate && state.Alternate.Saved != SavedCursor.Initial)
        {
            Put("\e[?47h");
            WriteSaved(state.Alternate);
            Put("\e[?47l\e[H");
        }

        WriteBuffer(state.Normal, moreRows);
        if (state.IsAlternate)
        {
            // Where it was left counts when the size changes.
            GoTo(state.Normal, state.Normal.X, state.Normal.Y, 0);
            Style(default);
            Put("\e[?47h\e[H");
            WriteBuffer(state.Alternate, 0);
        }

        // :: 3. The modes. Origin moves the cursor, so it comes before it.
        WriteModes(state.Modes);

        // :: 4. The cursor, and what the next character will look like.
        WriteCursor(state);
    }

    private void WriteBuffer(ScreenBuffer buffer, int moreRows)
    {
        WriteRows(buffer);
        Style(default);
        for (var i = 0; i < moreRows; i++) Put("\r\n");
        if (!buffer.Tabs.SetEquals(ScreenBuffer.DefaultTabs(_columns, 0, [])))
        {
            Put("\e[3g");
            foreach (var column in buffer.Tabs) Put($"\e[{column + 1}G\eH");
        }

        if (buffer.Saved != SavedCursor.Initial) WriteSaved(buffer);
        if (buffer.Top != 0 || buffer.Bottom != buffer.Rows.Count - 1) Put($"\e[{buffer.Top + 1};{buffer.Bottom + 1}r");
    }

    private void WriteSaved(ScreenBuffer buffer)
    {
        Put($"\e[{buffer.Saved.Y + 1};{buffer.Saved.X + 1}H");
        Style(buffer.Saved.Style);
        Put($"\e({Charsets.Letter(buffer.Saved.Charset)}\e7\e(B");
        Style(default);
    }

    private void WriteRows(ScreenBuffer buffer)
    {
        Row? above = null;
        var count = buffer.Scrollback?.Count ?? 0;
        for (var i = 0; i < count; i++) above = WriteRow(CompactRow.Read(buffer.Scrollback![i], _columns), above, buffer.Rows.Count > 1);
        foreach (var row in buffer.Rows) above = WriteRow(row, above, buffer.Rows.Count > 1);
    }

    private Row WriteRow(Row row, Row? above, bool canGoUp)
    {
        var filled = false;
        if (above is not null && row.Wrapped && (canGoUp || above.Cells[^1].Rune != 0 || above.Cells[^1].Width == 0))
        {
            // It goes on by itself when the row above was written to its end; else something is written there, and taken away again.
            var full = above.Cells[_columns - 1] is { Rune: not 0 } or { Width: 0 };
            filled = !full || row.Cells[0].Rune == 0 || row.Cells[0].Width != 1 || row.Cells[0].Style.Background != 0;
            if (filled) Style(default);
            if (!full) Put($"\e[{_columns}Gx");
            if (filled) Put("x");
            if (!full)
            {
                Put($"\e[A\e[{_columns}G");
                Style(above.Cells[_columns - 1].Style);
                Put("\e[X\e[B");
                Style(default);
            }

            if (filled) Put("\r");
        }
        else if (above is not null)
        {
            // A row that comes in at the bottom has the background that is set then.
            Style(default);
            Put("\r\n");
        }

        WriteCells(row, filled);
        return row;
    }

    private void WriteCells(Row row, bool filled)
    {
        var used = row.UsedLength();
        if (filled && used == 0) Put("\e[X");
        for (var column = 0; column < used; column++)
        {
            ref readonly var cell = ref row.Cells[column];
            if (cell.Rune != 0)
            {
                WriteCell(row, cell, Charset.Ascii);
                if (cell.Width == 2) column++;
                continue;
            }

            var count = 1;
            while (column + count < used && row.Cells[column + count] is { Rune: 0 } next && next.Style == cell.Style) count++;
            if (cell.Style.Background != 0 || (filled && column == 0))
            {
                Style(cell.Style);
                Put($"\e[{count}X");
            }

            Put($"\e[{count}C");
            column += count - 1;
        }
    }

    private void WriteCell(Row row, in Cell cell, Charset charset)
    {
        // A character without a width of its own takes a place only when none was printed just before it.
        Style(cell.Style, force: cell.Width == 0);
        output.Advance(new Rune(Charsets.Back(charset, cell.Rune)).EncodeToUtf8(output.GetSpan(4)));
        if (cell.Marks != 0) Put(row.MarksOf(cell));
    }

    private void WriteModes(ScreenModes modes)
    {
        if (modes.ApplicationCursor) Put("\e[?1h");
        if (modes.ApplicationKeypad) Put("\e=");
        if (!modes.Wrap) Put("\e[?7l");
        if (modes.ReverseWrap) Put("\e[?45h");
        if (modes.Focus) Put("\e[?1004h");
        if (modes.BracketedPaste) Put("\e[?2004h");
        if (modes.Mouse != 0) Put($"\e[?{modes.Mouse}h");
        if (modes.MouseEncoding != 0) Put($"\e[?{modes.MouseEncoding}h");
        if (modes.NewLine) Put("\e[20h");
        if (modes.Origin) Put("\e[?6h");
    }

    private void WriteCursor(ScreenState state)
    {
        var buffer = state.IsAlternate ? state.Alternate : state.Normal;
        var top = state.Modes.Origin ? buffer.Top : 0;
        var last = buffer.X - state.Printed;
        var again = state.Printed > 0 && last >= 0 && last < _columns && buffer.Current.Cells[last] is var cell && cell.Rune != 0 && cell.Width == state.Printed && cell.Style == state.Style;
        // Another set than the chosen one is in use when it came back with a saved cursor, which brings it here, too.
        var restored = state.Charset != state.Charsets[state.Level];
        if (!again && !restored) GoTo(buffer, buffer.X, buffer.Y, top);
        for (var level = 0; level < 4; level++)
        {
            if (state.Charsets[level] != Charset.Ascii) Put($"\e{"()*+"[level]}{Charsets.Letter(state.Charsets[level])}");
        }

        if (state.Level > 0) Put(state.Level switch { 1 => "\x0E", 2 => "\en", _ => "\eo" });
        if (restored) Put("\e8");
        if (!again && restored) GoTo(buffer, Math.Min(buffer.X, _columns - 1), buffer.Y, top);
        // Written in any case: the cursor may have been brought behind the last column by writing there.
        Style(state.Style, force: true);
        if (state.Modes.Insert) Put("\e[4h");
        if (!again) return;

        // What comes next may refer to the character printed last: it is printed once more.
        GoTo(buffer, last, buffer.Y, top);
        if (state.Modes.Insert) Put($"\e[{state.Printed}P");
        WriteCell(buffer.Current, buffer.Current.Cells[last], state.Charset);
    }

    /// <summary>Behind the last column is where the cursor stands after that was written: it is written once more.</summary>
    private void GoTo(ScreenBuffer buffer, int x, int y, int top)
    {
        var row = buffer.Rows[y];
        var column = x;
        if (x >= _columns) column = row.Cells[_columns - 1].IsBehindWide ? _columns - 2 : _columns - 1;
        Put($"\e[{y - top + 1};{column + 1}H");
        if (x >= _columns && row.Cells[column].Rune != 0) WriteCell(row, row.Cells[column], Charset.Ascii);
    }

    private void Style(CellStyle style, bool force = false)
    {
        if (style == _style && !force) return;
        _style = style;
        Put($"\e[{(style == default ? "" : "0" + StyleSequence.Numbers(style))}m");
    }

    private void Put(string text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
