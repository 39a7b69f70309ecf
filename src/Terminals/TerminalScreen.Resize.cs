namespace Holdfast.Terminals;

/// <summary>Another size.</summary>
public sealed partial class TerminalScreen
{
    /// <summary>Gives the screen another size. Rows go into the scrollback and come back from it; lines that are longer than a row are laid out anew.</summary>
    public void Resize(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        if ((rows, columns) == (Rows, Columns)) return;
        foreach (var buffer in (ScreenBuffer[])[_normal, _alternate])
        {
            // Wider rows first, narrower ones last: what is cut off was laid out in other rows before.
            if (columns > Columns) Widen(buffer, columns);
            Heighten(buffer, rows, Math.Max(columns, Columns));
            if (columns != Columns && buffer.Scrollback is { } scrollback) new Reflow(buffer, scrollback, columns).Run();
            Widen(buffer, columns);
            (buffer.Top, buffer.Bottom) = (0, rows - 1);
            buffer.X = Math.Min(buffer.X, columns - 1);
            buffer.Saved = buffer.Saved with { X = Math.Min(buffer.Saved.X, columns - 1), Y = Math.Min(buffer.Saved.Y, rows - 1) };
            buffer.Tabs = columns > Columns
                ? ScreenBuffer.DefaultTabs(columns, buffer.Tabs.Count > 0 ? buffer.Tabs.Max : 0, buffer.Tabs)
                : [.. buffer.Tabs.Where(column => column < columns)];
        }

        (Rows, Columns, _printed) = (rows, columns, 0);
    }

    private static void Widen(ScreenBuffer buffer, int columns)
    {
        foreach (var row in buffer.Rows) row.Resize(columns);
    }

    private static void Heighten(ScreenBuffer buffer, int rows, int columns)
    {
        var wasBottom = buffer.Y == buffer.Rows.Count - 1;
        while (buffer.Rows.Count < rows)
        {
            // Rows come back from above only when nothing is left empty below.
            if (wasBottom && buffer.Scrollback is { Count: > 0 } above)
            {
                buffer.Rows.Insert(0, above.Pop(columns));
                buffer.Y++;
                buffer.Saved = buffer.Saved with { Y = buffer.Saved.Y + 1 };
            }
            else
            {
                buffer.Rows.Add(new Row(columns, default));
            }
        }

        while (buffer.Rows.Count > rows)
        {
            if (buffer.Y < buffer.Rows.Count - 1)
            {
                buffer.Rows.RemoveAt(buffer.Rows.Count - 1);
                continue;
            }

            buffer.Scrollback?.Push(buffer.Rows[0]);
            buffer.Rows.RemoveAt(0);
            buffer.Y--;
            buffer.Saved = buffer.Saved with { Y = Math.Max(0, buffer.Saved.Y - 1) };
        }
    }
}
