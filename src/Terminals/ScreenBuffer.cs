namespace Holdfast.Terminals;

/// <summary>One of the two screens: the normal one, which has a scrollback, or the alternate one of full-screen programs.</summary>
internal sealed class ScreenBuffer
{
    public ScreenBuffer(int rows, int columns, Scrollback? scrollback)
    {
        Scrollback = scrollback;
        Rows = [.. Enumerable.Range(0, rows).Select(_ => new Row(columns, default))];
        Bottom = rows - 1;
        Tabs = DefaultTabs(columns, 0, []);
    }

    public List<Row> Rows { get; }

    /// <summary>Null for the alternate screen.</summary>
    public Scrollback? Scrollback { get; }

    /// <summary>The cursor's column; as many as there are columns when the last one was written and the next character goes to the next row.</summary>
    public int X { get; set; }

    public int Y { get; set; }

    /// <summary>First and last row of the scroll region.</summary>
    public int Top { get; set; }

    public int Bottom { get; set; }

    /// <summary>Columns that have a tab stop.</summary>
    public SortedSet<int> Tabs { get; set; }

    /// <summary>What DECSC saved.</summary>
    public SavedCursor Saved { get; set; } = SavedCursor.Initial;

    public Row Current => Rows[Y];

    /// <summary>Moves the scroll region up by one row; what leaves the screen at its very top is kept.</summary>
    public void Scroll(CellStyle style, bool wrapped)
    {
        var gone = Rows[Top];
        Rows.RemoveAt(Top);
        if (Top == 0 && Scrollback is { } scrollback)
        {
            // A saved position stays with its text, as long as that moves.
            if (!scrollback.IsFull) Saved = Saved with { Y = Math.Max(0, Saved.Y - 1) };
            scrollback.Push(gone);
        }

        gone.Clear(style);
        gone.Wrapped = wrapped;
        Rows.Insert(Bottom, gone);
    }

    /// <summary>Takes the row at <paramref name="from"/> away and puts an empty one at <paramref name="to"/>.</summary>
    public void Move(int from, int to, CellStyle style)
    {
        var row = Rows[from];
        Rows.RemoveAt(from);
        row.Clear(style);
        Rows.Insert(to, row);
    }

    public int NextTab(int columns) => Math.Min(columns - 1, Tabs.GetViewBetween(X + 1, Math.Max(X + 1, columns)) is { Count: > 0 } after ? after.Min : columns - 1);

    public int PreviousTab() => X > 0 && Tabs.GetViewBetween(0, X - 1) is { Count: > 0 } before ? before.Max : 0;

    /// <summary>The stops there are, and every eighth column from <paramref name="from"/> on.</summary>
    public static SortedSet<int> DefaultTabs(int columns, int from, IEnumerable<int> stops)
    {
        var tabs = new SortedSet<int>(stops);
        for (var column = (from + 7) / 8 * 8; column < columns; column += 8) tabs.Add(column);
        return tabs;
    }
}

/// <summary>A cursor that was saved.</summary>
internal sealed record SavedCursor(int X, int Y, CellStyle Style, Charset Charset)
{
    /// <summary>What is restored when nothing was saved.</summary>
    public static readonly SavedCursor Initial = new(0, 0, default, Charset.Ascii);
}
