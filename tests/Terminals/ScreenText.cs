using System.Buffers;
using System.Globalization;
using System.Text;

namespace Holdfast.Terminals.Tests;

/// <summary>All that a screen holds, as text that can be compared.</summary>
internal static class ScreenText
{
    public static string Of(TerminalScreen screen)
    {
        var state = screen.State();
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{screen.Rows}x{screen.Columns} alternate {state.IsAlternate} style {state.Style} charset {state.Charset}/{string.Join(',', state.Charsets)} level {state.Level}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{state.Modes} title '{state.Title}' printed {state.Printed}");
        Add(text, "normal", state.Normal, state.Columns, cursor: !state.IsAlternate);
        // What the alternate screen held before is gone when it is shown again.
        if (state.IsAlternate) Add(text, "alternate", state.Alternate, state.Columns, cursor: true);
        return text.ToString();
    }

    /// <summary>
    /// Whether the cursor stands behind a last column that was emptied since (no sequence brings it there without writing into that column), the first row
    /// goes on from one that is gone (which shows only when it is moved down), or a set of characters is in use that was neither chosen nor saved.
    /// </summary>
    public static bool CannotBeMade(TerminalScreen screen)
    {
        var state = screen.State();
        var buffer = state.IsAlternate ? state.Alternate : state.Normal;
        if (state.Charset != state.Charsets[state.Level] && (state.Charset != buffer.Saved.Charset || buffer.X == state.Columns)) return true;
        return buffer.X == state.Columns && buffer.Current.Cells[^1] is { Rune: 0, Width: 1 } || screen.AllRows().First().Wrapped || state.Normal.Rows[0].Wrapped && state.Normal.Scrollback!.Count == 0;
    }

    public static byte[] Snapshot(TerminalScreen screen)
    {
        var output = new ArrayBufferWriter<byte>();
        screen.WriteSnapshot(output);
        return output.WrittenSpan.ToArray();
    }

    private static void Add(StringBuilder text, string name, ScreenBuffer buffer, int columns, bool cursor)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"{name} saved {buffer.Saved} region {buffer.Top}-{buffer.Bottom} tabs {string.Join(',', buffer.Tabs)}");
        if (cursor) text.AppendLine(CultureInfo.InvariantCulture, $"cursor {buffer.X},{buffer.Y}");
        var rows = new List<Row>();
        for (var i = 0; i < (buffer.Scrollback?.Count ?? 0); i++) rows.Add(CompactRow.Read(buffer.Scrollback![i], columns));
        rows.AddRange(buffer.Rows);
        for (var i = 0; i < rows.Count; i++)
        {
            // The first row goes on from one that is not there any more.
            text.Append(i > 0 && rows[i].Wrapped ? '>' : ' ');
            foreach (ref readonly var cell in rows[i].Cells.AsSpan(0, rows[i].UsedLength()))
            {
                var style = cell.Style == default ? "" : $"{{{StyleSequence.Numbers(cell.Style)}}}";
                text.Append(cell.Rune == 0 ? (cell.Width == 0 ? "" : "·") : new Rune(cell.Rune).ToString()).Append(rows[i].MarksOf(cell)).Append(style);
                if (cell.Rune != 0 && cell.Width == 0) text.Append("<0>");
            }

            text.Append('\n');
        }
    }
}
